/**
 * The pointer over the time of the Gantt: a drag over the head (or anywhere with Shift) chooses a range, Ctrl and the wheel zoom, Shift
 * and the wheel go along, and where the pointer is can be told to others.
 */
import type { Release } from '../ambient/contract.ts';
import type { GanttScale } from './scale.ts';

export interface GestureOptions {
  readonly scale: () => GanttScale;
  /** A range that is being drawn, and whether it is done; undefined when it was none. */
  readonly onRange: (range: { readonly fromMs: number; readonly toMs: number } | undefined, done: boolean) => void;
  readonly onZoom: (factor: number, aroundMs: number) => void;
  /** By a part of what is seen. */
  readonly onPan: (share: number) => void;
  readonly onPointer: (atMs: number | undefined) => void;
  readonly isZoomed: () => boolean;
}

/** A shorter drag is a click. */
const rangePxMin = 6;
const wheelFactor = 1.15;
const wheelPanShare = 0.001;

export function mountGestures(element: HTMLElement, options: GestureOptions): Release {
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;

  /** The place of the tracks: right of the names. */
  function timeAt(clientX: number): number | undefined {
    const track = element.querySelector('.gantt-head > :last-child');
    if (track === null) return undefined;
    const box = track.getBoundingClientRect();
    const share = (clientX - box.left) / Math.max(1, box.width);
    const { fromMs, toMs } = options.scale();
    return share < 0 || share > 1 ? undefined : fromMs + share * (toMs - fromMs);
  }

  let drag: { readonly id: number; readonly x: number; readonly fromMs: number } | undefined;
  element.addEventListener('pointerdown', (event) => {
    const inHead = event.target instanceof Element && event.target.closest('.gantt-head > :last-child') !== null;
    const fromMs = timeAt(event.clientX);
    if (event.button !== 0 || fromMs === undefined || !(inHead || event.shiftKey)) return;
    event.preventDefault();
    drag = { id: event.pointerId, x: event.clientX, fromMs };
    element.setPointerCapture(event.pointerId);
  }, on);
  element.addEventListener('pointermove', (event) => {
    const atMs = timeAt(event.clientX);
    options.onPointer(atMs);
    if (drag === undefined || drag.id !== event.pointerId || atMs === undefined || Math.abs(event.clientX - drag.x) < rangePxMin) return;
    options.onRange({ fromMs: drag.fromMs, toMs: atMs }, false);
  }, on);
  element.addEventListener('pointerup', (event) => {
    const ended = drag;
    drag = undefined;
    if (ended === undefined || ended.id !== event.pointerId) return;
    const atMs = timeAt(event.clientX);
    if (atMs === undefined || Math.abs(event.clientX - ended.x) < rangePxMin) { options.onRange(undefined, true); return; }
    options.onRange({ fromMs: Math.min(ended.fromMs, atMs), toMs: Math.max(ended.fromMs, atMs) }, true);
  }, on);
  element.addEventListener('pointercancel', () => { drag = undefined; options.onRange(undefined, true); }, on);
  element.addEventListener('pointerleave', () => options.onPointer(undefined), on);
  element.addEventListener('wheel', (event) => {
    const atMs = timeAt(event.clientX);
    if (atMs === undefined) return;
    if (event.ctrlKey || event.metaKey) options.onZoom(event.deltaY < 0 ? wheelFactor : 1 / wheelFactor, atMs);
    else if (options.isZoomed() && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) options.onPan((event.deltaX + (event.shiftKey ? event.deltaY : 0)) * wheelPanShare);
    else return;
    event.preventDefault();
  }, { ...on, passive: false });
  return () => aborts.abort();
}
