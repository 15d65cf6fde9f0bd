/** Template: removed from the language; what it named is a flow nowadays. */
import { FlowableError, type Flowable } from './flowable.ts';

const refuse = (): never => { throw new FlowableError('There are no templates here: publish the tasks of the template as a flow, and call it with a Subflow task'); };

export const template: Flowable = { start: refuse, resume: refuse };
