/**
 * The line between two parts, moved by pointer and by keys. `.splitter[data-splits="NAME"]` changes the size of the part after it
 * (vertical line) or before it (horizontal line) in its parent, and the size is remembered by that name.
 */
import type { Storage } from '../../ambient/contract.ts';

/** Shares of the parent, percent. */
const leastPercent = 15;
const mostPercent = 75;
const stepPercent = 2;

const isAcross = (splitter: HTMLElement): boolean => splitter.getAttribute('aria-orientation') === 'horizontal';

function setShare(splitter: HTMLElement, percent: number): void {
  const share = Math.round(Math.min(mostPercent, Math.max(leastPercent, percent)));
  const parent = splitter.parentElement;
  if (parent === null) return;
  // Geometry set by script is no inline style to the policy.
  parent.style.setProperty('--split', `${share}%`);
  parent.dataset['moved'] = '';
  splitter.setAttribute('aria-valuenow', String(share));
}

const shareOf = (splitter: HTMLElement): number => {
  // What the view says is where it stands at first; where it stands on this screen is measured.
  if (splitter.parentElement?.dataset['moved'] !== undefined) return Number(splitter.getAttribute('aria-valuenow'));
  const parent = splitter.parentElement?.getBoundingClientRect();
  const part = (isAcross(splitter) ? splitter.previousElementSibling : splitter.nextElementSibling)?.getBoundingClientRect();
  if (parent === undefined || part === undefined || parent.width === 0) return 30;
  return isAcross(splitter) ? (part.height / parent.height) * 100 : (part.width / parent.width) * 100;
};

/** Attached to a page once; lines that are drawn later are found by where the pointer or the focus is. */
export function mountSplitters(root: HTMLElement, storage: Storage): () => void {
  const key = (splitter: HTMLElement): string => `split:${splitter.dataset['splits'] ?? ''}`;
  const splitterOf = (target: EventTarget | null): HTMLElement | undefined => (target instanceof Element ? target.closest<HTMLElement>('.splitter[data-splits]') ?? undefined : undefined);
  for (const splitter of root.querySelectorAll<HTMLElement>('.splitter[data-splits]')) {
    const remembered = Number(storage.read(key(splitter)));
    if (remembered > 0) setShare(splitter, remembered);
  }
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;
  const keep = (splitter: HTMLElement): void => storage.write(key(splitter), splitter.getAttribute('aria-valuenow') ?? '');
  root.addEventListener('keydown', (event) => {
    const splitter = splitterOf(event.target);
    if (splitter === undefined) return;
    // The keys move the line, not the part: towards what is after it makes that smaller.
    const step = isAcross(splitter) ? (event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0) : (event.key === 'ArrowLeft' ? 1 : event.key === 'ArrowRight' ? -1 : 0);
    if (step === 0) return;
    event.preventDefault();
    setShare(splitter, shareOf(splitter) + step * stepPercent);
    keep(splitter);
  }, on);
  root.addEventListener('pointerdown', (event) => {
    const splitter = splitterOf(event.target);
    const parent = splitter?.parentElement;
    if (splitter === undefined || parent === null || parent === undefined) return;
    event.preventDefault();
    splitter.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      const box = parent.getBoundingClientRect();
      setShare(splitter, isAcross(splitter) ? ((moved.clientY - box.top) / box.height) * 100 : ((box.right - moved.clientX) / box.width) * 100);
    };
    splitter.addEventListener('pointermove', move, on);
    splitter.addEventListener('lostpointercapture', () => { splitter.removeEventListener('pointermove', move); keep(splitter); }, { once: true, ...on });
  }, on);
  root.addEventListener('dblclick', (event) => {
    const splitter = splitterOf(event.target);
    if (splitter === undefined) return;
    splitter.parentElement?.style.removeProperty('--split');
    delete splitter.parentElement?.dataset['moved'];
    splitter.setAttribute('aria-valuenow', String(Math.round(shareOf(splitter))));
    storage.remove(key(splitter));
  }, on);
  return () => aborts.abort();
}
