/** Pause: waits for people, a delay or a timeout; its (deprecated) children run after the resume. */
import type { Flowable } from './flowable.ts';
import { sequential } from './lists.ts';

export const pause: Flowable = { ...sequential, pauses: true };
