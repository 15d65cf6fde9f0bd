/** Keeps every moment and running span of the page true: once a second, all of them in one pass. */
import type { Clock, Release, Timers } from '../../ambient/contract.ts';
import { durationWords, relativeWords } from './words.ts';

const tickIntervalMs = 1000;

export function startTicking(root: ParentNode, clock: Clock, timers: Timers): Release {
  return timers.every(tickIntervalMs, () => tick(root, clock.nowMs()));
}

function tick(root: ParentNode, nowMs: number): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-tick]')) {
    const atMs = Number(element.dataset['at']);
    const words = element.dataset['tick'] === 'duration' ? durationWords(nowMs - atMs) : relativeWords(atMs, nowMs);
    // Writing only what changed keeps layout and screen readers quiet.
    if (element.textContent !== words) element.textContent = words;
  }
}
