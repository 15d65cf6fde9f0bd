/** The event list in the browser: windowed like the Gantt, and it stays at its end while somebody looks at the end. */
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { morphInner } from '../components/live/morph.ts';
import { renderView } from '../components/view.ts';
import { EventsView } from './events-view.tsx';
import { eventsOf, type RunEvent } from './events.ts';

export interface EventsOptions {
  readonly state: ExecutionTopicState;
  /** The moment that is shown: later events are dimmed, and the last one before it stays in view. Undefined is the present. */
  readonly atMs: number | undefined;
  readonly selected: string | undefined;
  readonly timeText: (ms: number) => string;
  /** An event was chosen: the task run of which it tells (undefined: the execution), and its moment. */
  readonly onSelect: (taskRunId: string | undefined) => void;
  readonly onMoment: (atMs: number) => void;
  readonly onCount: (count: number) => void;
}

export interface Events {
  update(change: Partial<Pick<EventsOptions, 'state' | 'selected' | 'atMs'>>): void;
  unmount(): void;
}

const rowHeight = 28;
const overscan = 8;

/** `element` scrolls. */
export function mountEvents(element: HTMLElement, given: EventsOptions): Events {
  let options = given;
  let events: readonly RunEvent[] = [];
  let frame: number | undefined;
  const aborts = new AbortController();

  function draw(): void {
    frame = undefined;
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - overscan);
    const visible = Math.ceil(element.clientHeight / rowHeight) + overscan * 2;
    morphInner(element, renderView(EventsView({ events: events.slice(first, first + visible), first, total: events.length, rowHeight, selected: options.selected, atMs: options.atMs, timeText: options.timeText })));
  }
  const schedule = (): void => { frame ??= requestAnimationFrame(draw); };
  function read(): void {
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
    events = eventsOf(options.state);
    options.onCount(events.length);
    draw();
    if (atEnd && options.atMs === undefined) element.scrollTop = element.scrollHeight;
  }
  /** The last event that had happened. */
  function reveal(atMs: number): void {
    const after = events.findIndex((event) => event.atMs > atMs);
    const top = ((after < 0 ? events.length : after) - 1) * rowHeight;
    if (top < element.scrollTop || top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = Math.max(0, top - element.clientHeight / 2);
  }
  element.addEventListener('scroll', schedule, { signal: aborts.signal, passive: true });
  element.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-event]') : null;
    const atMs = Number(row?.dataset['at']);
    if (row === null || Number.isNaN(atMs)) return;
    options.onSelect(row.dataset['event'] === '' ? undefined : row.dataset['event']);
    options.onMoment(atMs);
  }, { signal: aborts.signal });
  const sized = new ResizeObserver(schedule);
  sized.observe(element);
  read();
  if (options.atMs === undefined) element.scrollTop = element.scrollHeight;
  else reveal(options.atMs);

  return {
    update(change) {
      const isNew = change.state !== undefined && change.state !== options.state;
      const moved = 'atMs' in change && change.atMs !== options.atMs;
      options = { ...options, ...change };
      if (moved && options.atMs !== undefined) reveal(options.atMs);
      else if (moved) element.scrollTop = element.scrollHeight;
      if (isNew) read();
      else schedule();
    },
    unmount() {
      aborts.abort();
      sized.disconnect();
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
