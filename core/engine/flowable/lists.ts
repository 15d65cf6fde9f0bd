/** Sequential, AllowFailure and the test suite's BadSequential: a list, one after the other. */
import type { TaskModel } from '../../language/model.ts';
import { childTasks, enabled } from '../flow-index.ts';
import type { Plan } from '../plan.ts';
import type { Flowable } from './flowable.ts';

const planOf = (task: TaskModel): Plan => ({ type: 'sequence', tasks: enabled(childTasks(task)) });

export const sequential: Flowable = { start: ({ task }) => ({ plan: planOf(task) }), resume: ({ task }) => planOf(task) };
export const allowFailure: Flowable = { ...sequential, forgives: true };
export const badSequential: Flowable = { ...sequential, neverEnds: true };
