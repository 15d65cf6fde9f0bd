/** Sequential, AllowFailure and the test suite's BadSequential: a list, one after the other. */
import { childTasks, enabled } from '../flow-index.ts';
import type { Flowable } from './flowable.ts';

export const sequential: Flowable = { start: ({ task }) => ({ plan: { type: 'sequence', tasks: enabled(childTasks(task)) } }) };
export const allowFailure: Flowable = { ...sequential, forgives: true };
export const badSequential: Flowable = { ...sequential, neverEnds: true };
