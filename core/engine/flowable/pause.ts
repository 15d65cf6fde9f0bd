/** Pause: waits for people, a delay or a timeout; its (deprecated) children run after the resume. */
import { childTasks, enabled } from '../flow-index.ts';
import type { Flowable } from './flowable.ts';

export const pause: Flowable = {
  start: ({ task }) => ({ plan: { type: 'sequence', tasks: enabled(childTasks(task)) } }),
  pauses: true,
};
