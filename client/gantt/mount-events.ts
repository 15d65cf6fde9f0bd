/** The event list in the browser: windowed like the Gantt, and it stays at its end while somebody looks at the end. */
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { morphInner } from '../components/live/morph.ts';
import { renderView } from '../components/view.ts';
import { EventsView } from './events-view.tsx';
import { eventsOf, type RunEvent } from './events.ts';

export interface EventsOptions {
  readonly state: ExecutionTopicState;
  readonly selected: string | undefined;
  readonly timeText: (ms: number) => string;
  readonly onSelect: (taskRunId: string) => void;
  readonly onCount: (count: number) => void;
}

export interface Events {
  update(change: Partial<Pick<EventsOptions, 'state' | 'selected'>>): void;
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
    morphInner(element, renderView(EventsView({ events: events.slice(first, first + visible), first, total: events.length, rowHeight, selected: options.selected, timeText: options.timeText })));
  }
  const schedule = (): void => { frame ??= requestAnimationFrame(draw); };
  function read(): void {
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
    events = eventsOf(options.state);
    options.onCount(events.length);
    draw();
    if (atEnd) element.scrollTop = element.scrollHeight;
  }
  element.addEventListener('scroll', schedule, { signal: aborts.signal, passive: true });
  element.addEventListener('click', (event) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-event]') : null;
    if (row?.dataset['event'] !== undefined) options.onSelect(row.dataset['event']);
  }, { signal: aborts.signal });
  const sized = new ResizeObserver(schedule);
  sized.observe(element);
  read();
  element.scrollTop = element.scrollHeight;

  return {
    update(change) {
      const isNew = change.state !== undefined && change.state !== options.state;
      options = { ...options, ...change };
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
