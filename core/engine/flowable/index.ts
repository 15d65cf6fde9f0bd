/** All structural kinds. A mapped type over the union: a kind without an entry does not compile. */
import type { FlowableKind } from '../../protocol/task-kinds.ts';
import { dag } from './dag.ts';
import { eachParallel, eachSequential, forEach } from './each.ts';
import { FlowableError, type Flowable } from './flowable.ts';
import { ifElse } from './if.ts';
import { allowFailure, badSequential, sequential } from './lists.ts';
import { parallel } from './parallel.ts';
import { pause } from './pause.ts';
import { switchCase } from './switch.ts';

/** Kinds of the language that this version does not run: the task run fails with this sentence. */
const unspoken = (name: string): Flowable => {
  const refuse = (): never => { throw new FlowableError(`${name} is not run by this version of Ensemble; use ForEach, Sequential or a Subflow instead`); };
  return { start: refuse, resume: refuse };
};

export const flowables: { readonly [Kind in FlowableKind]: Flowable } = {
  sequential, parallel, dag, if: ifElse, switch: switchCase, foreach: forEach, eachSequential, eachParallel, pause, allowFailure, badSequential,
  workingDirectory: unspoken('WorkingDirectory'), loopUntil: unspoken('LoopUntil'), forEachItem: unspoken('ForEachItem'), template: unspoken('Template'),
};

export { FlowableError, type Flowable, type FlowableContext, type Started } from './flowable.ts';
