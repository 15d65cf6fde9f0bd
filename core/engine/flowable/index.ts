/** All structural kinds. A mapped type over the union: a kind without an entry does not compile. */
import type { FlowableKind } from '../../protocol/task-kinds.ts';
import { dag } from './dag.ts';
import { eachParallel, eachSequential, forEach } from './each.ts';
import type { Flowable } from './flowable.ts';
import { ifElse } from './if.ts';
import { allowFailure, badSequential, sequential } from './lists.ts';
import { loopUntil } from './loop-until.ts';
import { parallel } from './parallel.ts';
import { pause } from './pause.ts';
import { switchCase } from './switch.ts';
import { template } from './template.ts';

export const flowables: { readonly [Kind in FlowableKind]: Flowable } = {
  sequential, parallel, dag, if: ifElse, switch: switchCase, foreach: forEach, eachSequential, eachParallel, pause, allowFailure, badSequential,
  workingDirectory: sequential, loopUntil, forEachItem: sequential, template,
};

export { FlowableError, type Flowable, type FlowableContext, type Started } from './flowable.ts';
