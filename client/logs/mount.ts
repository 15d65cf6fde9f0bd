/**
 * The log view in the browser. A log may have millions of lines, so the page holds a window of it: scrolling to an edge loads the next
 * page and lets go of the other end; following keeps the end in view while lines arrive. Lines wrap, so nothing is measured in advance.
 */
import { isLogLevel, passesLevel, type LogEntry, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';
import { renderView } from '../components/view.ts';
import { plainText } from './ansi.ts';
import { LogLineView, type LogReader } from './view.tsx';

export interface LogFilter {
  readonly minLevel: LogLevel;
  readonly q: string;
  readonly taskRunId: string | undefined;
}

export interface LogPage {
  readonly total: number;
  readonly first: number;
  readonly lines: readonly LogEntry[];
}

export interface LogsOptions {
  readonly state: LogsTopicState;
  readonly filter: LogFilter;
  /** A page of the filtered log by position in it; without `from` its end. */
  readonly loadPage: (filter: LogFilter, from: number | undefined, size: number) => Promise<LogPage>;
  readonly timeText: (ms: number) => string;
  readonly taskName: (entry: LogEntry) => string | undefined;
  /** Whether the end is followed, how many lines match, and what failed: the toolbar shows it. */
  readonly onStatus: (status: { readonly following: boolean; readonly total: number; readonly first: number; readonly shown: number; readonly loading: boolean; readonly problem: string | undefined }) => void;
  readonly onCurrent: (position: number | undefined) => void;
}

export interface Logs {
  update(state: LogsTopicState): void;
  setFilter(filter: LogFilter): void;
  setReaders(readers: ReadonlyMap<number, LogReader>): void;
  follow(): void;
  top(): void;
  /** The next line of a level from the current one; wraps to nothing, not around. */
  jump(level: LogLevel, direction: 1 | -1): Promise<void>;
  /** Shows a line by its position in the whole log. */
  show(position: number): Promise<void>;
  copy(): string;
  unmount(): void;
}

const pageLines = 300;
const windowLinesMax = 900;
const edgePx = 600;

export function mountLogs(element: HTMLElement, options: LogsOptions): Logs {
  const log = element.querySelector<HTMLElement>('.log') ?? element.appendChild(Object.assign(document.createElement('div'), { className: 'log' }));
  log.setAttribute('role', 'log');
  log.setAttribute('aria-live', 'off');
  log.tabIndex = 0;
  let { filter, state } = options;
  let lines: LogEntry[] = [...state.lines];
  /** Index of `lines[0]` in the filtered log. */
  let first = state.first;
  let total = state.total;
  let following = true;
  let loading = false;
  let problem: string | undefined;
  let current: number | undefined;
  let readers: ReadonlyMap<number, LogReader> = new Map();
  let generation = 0;
  let closed = false;
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;
  const filtered = (): boolean => filter.minLevel !== 'TRACE' || filter.q !== '' || filter.taskRunId !== undefined;
  const matches = (entry: LogEntry): boolean => passesLevel(entry.level, filter.minLevel)
    && (filter.taskRunId === undefined || entry.taskRunId === filter.taskRunId)
    && (filter.q === '' || plainText(entry.message).toLowerCase().includes(filter.q.toLowerCase()));

  const textOf = (entry: LogEntry): string => {
    const reader = entry.position === undefined ? undefined : readers.get(entry.position);
    return renderView(LogLineView({ entry, timeText: options.timeText, task: options.taskName(entry), current: entry.position !== undefined && entry.position === current, search: filter.q, readers: reader === undefined ? [] : [reader] }));
  };
  const fragmentOf = (list: readonly LogEntry[]): DocumentFragment => {
    const template = document.createElement('template');
    template.innerHTML = list.map(textOf).join('');
    return template.content;
  };
  const status = (): void => { if (!closed) options.onStatus({ following, total, first, shown: lines.length, loading, problem }); };
  const toEnd = (): void => { log.scrollTop = log.scrollHeight; };

  function redraw(): void {
    log.replaceChildren(fragmentOf(lines));
    if (following) toEnd();
    status();
  }

  async function load(from: number | undefined, place: (page: LogPage) => void): Promise<void> {
    if (loading) return;
    loading = true;
    status();
    const mine = generation;
    try {
      const page = await options.loadPage(filter, from, pageLines);
      if (closed || mine !== generation) return;
      problem = undefined;
      total = page.total;
      place(page);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    } finally {
      if (mine === generation) loading = false;
      status();
    }
  }

  const loadEnd = (): Promise<void> => load(undefined, (page) => { lines = [...page.lines]; first = page.first; redraw(); });

  function older(): void {
    if (first === 0 || loading) return;
    const from = Math.max(0, first - pageLines);
    void load(from, (page) => {
      const fresh = page.lines.slice(0, first - page.first);
      const before = log.scrollHeight;
      log.prepend(fragmentOf(fresh));
      log.scrollTop += log.scrollHeight - before;
      lines = [...fresh, ...lines];
      first = page.first;
      trim('end');
    });
  }

  function newer(): void {
    if (first + lines.length >= total || loading) return;
    void load(first + lines.length, (page) => {
      const fresh = page.lines.slice(Math.max(0, first + lines.length - page.first));
      log.append(fragmentOf(fresh));
      lines = [...lines, ...fresh];
      trim('start');
    });
  }

  function trim(end: 'start' | 'end'): void {
    const surplus = lines.length - windowLinesMax;
    if (surplus <= 0) return;
    if (end === 'start') {
      const before = log.scrollHeight;
      for (let index = 0; index < surplus; index += 1) log.firstElementChild?.remove();
      if (!following) log.scrollTop -= before - log.scrollHeight;
      lines = lines.slice(surplus);
      first += surplus;
    } else {
      for (let index = 0; index < surplus; index += 1) log.lastElementChild?.remove();
      lines = lines.slice(0, lines.length - surplus);
    }
  }

  log.addEventListener('scroll', () => {
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    const wasFollowing = following;
    following = atEnd && first + lines.length >= total;
    if (log.scrollTop < edgePx) older();
    else if (log.scrollTop + log.clientHeight > log.scrollHeight - edgePx) newer();
    if (wasFollowing !== following) status();
  }, { ...on, passive: true });

  log.addEventListener('click', (event) => {
    const line = event.target instanceof Element ? event.target.closest('.log-line') : null;
    if (!(line instanceof HTMLElement) || getSelection()?.isCollapsed === false) return;
    setCurrent(line.dataset['position'] === undefined ? undefined : Number(line.dataset['position']));
  }, on);

  function setCurrent(position: number | undefined): void {
    log.querySelector('[aria-current="true"]')?.removeAttribute('aria-current');
    current = position;
    if (position !== undefined) document.getElementById(`line-${position}`)?.setAttribute('aria-current', 'true');
    options.onCurrent(position);
  }

  function center(position: number): boolean {
    const line = document.getElementById(`line-${position}`);
    if (line === null) return false;
    following = false;
    line.scrollIntoView({ block: 'center' });
    setCurrent(position);
    return true;
  }

  redraw();
  if (filtered()) void loadEnd();

  return {
    update(next) {
      const previousTotal = state.total;
      state = next;
      if (next.total < previousTotal) { generation += 1; loading = false; void loadEnd(); return; }
      const known = lines[lines.length - 1]?.position ?? -1;
      const fresh = next.lines.filter((entry) => (entry.position ?? 0) > known && (entry.position ?? 0) >= previousTotal && matches(entry));
      const contiguous = first + lines.length >= total;
      total = filtered() ? total + fresh.length : next.total;
      if (!contiguous || fresh.length === 0) { status(); return; }
      if (!following && lines.length >= windowLinesMax) { status(); return; }
      // Lines fell out of the topic's tail between two patches: read the end anew instead of showing a hole.
      if (!filtered() && first + lines.length + fresh.length < total) { if (following) void loadEnd(); else status(); return; }
      log.append(fragmentOf(fresh));
      lines = [...lines, ...fresh];
      if (following) { trim('start'); toEnd(); }
      status();
    },
    setFilter(next) {
      filter = next;
      generation += 1;
      loading = false;
      following = true;
      if (!filtered() && state.lines.length > 0) { lines = [...state.lines]; first = state.first; total = state.total; redraw(); return; }
      void loadEnd();
    },
    setReaders(next) {
      const touched = new Set([...readers.keys(), ...next.keys()]);
      readers = next;
      for (const entry of lines) {
        if (entry.position === undefined || !touched.has(entry.position)) continue;
        document.getElementById(`line-${entry.position}`)?.replaceWith(fragmentOf([entry]));
      }
    },
    follow() {
      following = true;
      if (first + lines.length < total) void loadEnd();
      else { toEnd(); status(); }
    },
    top() {
      following = false;
      if (first === 0) { log.scrollTop = 0; status(); return; }
      void load(0, (page) => { lines = [...page.lines]; first = page.first; redraw(); log.scrollTop = 0; });
    },
    async jump(level, direction) {
      const start = current === undefined ? (direction === 1 ? -1 : lines.length) : lines.findIndex((entry) => entry.position === current);
      for (let index = start + direction; index >= 0 && index < lines.length; index += direction) {
        const entry = lines[index];
        if (entry !== undefined && isLogLevel(entry.level) && entry.level === level && entry.position !== undefined) { center(entry.position); return; }
      }
      if (direction === -1 && first > 0) await load(Math.max(0, first - pageLines), (page) => { lines = [...page.lines, ...lines.slice(0, windowLinesMax - page.lines.length)]; first = page.first; redraw(); });
      else if (direction === 1 && first + lines.length < total) await load(first + lines.length, (page) => { lines = [...lines.slice(-(windowLinesMax - page.lines.length)), ...page.lines]; first = page.first + page.lines.length - lines.length; redraw(); });
      const again = direction === 1 ? lines.find((entry) => entry.level === level && (entry.position ?? 0) > (current ?? -1)) : [...lines].reverse().find((entry) => entry.level === level && (entry.position ?? 0) < (current ?? Number.MAX_SAFE_INTEGER));
      if (again?.position !== undefined) center(again.position);
    },
    async show(position) {
      if (center(position)) return;
      following = false;
      await load(Math.max(0, position - Math.floor(pageLines / 2)), (page) => { lines = [...page.lines]; first = page.first; redraw(); });
      center(position);
    },
    copy: () => lines.map((entry) => `${entry.timestamp} ${entry.level} ${plainText(entry.message)}`).join('\n'),
    unmount() {
      closed = true;
      aborts.abort();
    },
  };
}
