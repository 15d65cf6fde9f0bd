/**
 * The log view in the browser. A log may have millions of lines, so the page holds a window of it: scrolling to an edge loads the next
 * page and lets go of the other end; following keeps the end in view while lines arrive. Lines wrap, so nothing is measured in advance.
 */
import { passesLevel, type LogEntry, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';
import { renderView } from '../components/view.ts';
import { plainText } from './ansi.ts';
import { findLine } from './find.ts';
import { LogLineView, type LogReader } from './view.tsx';
import { appended, arrived, firstPosition, grown, lastPosition, positionOf, prepended, windowAround, windowAtEnd, windowLinesMax, windowOfTail, type LogWindow } from './window.ts';

export interface LogFilter {
  readonly minLevel: LogLevel;
  readonly q: string;
  readonly taskRunId: string | undefined;
  /** Only what had been written by then; undefined is the present. */
  readonly atMs?: number | undefined;
}

export interface LogPage {
  /** Lines of the whole log, whatever the filter. */
  readonly total: number;
  readonly lines: readonly LogEntry[];
}

/** Matching lines at and after a position, or the last ones below it; neither: the end. */
export type LogPlace = { readonly from: number } | { readonly before: number } | Readonly<Record<never, never>>;

export interface LogStatus {
  readonly following: boolean;
  /** Lines in the whole log. */
  readonly total: number;
  readonly shown: number;
  /** The window holds all lines that match. */
  readonly whole: boolean;
  readonly loading: boolean;
  /** All of it is on the screen. */
  readonly fits: boolean;
  readonly problem: string | undefined;
}

export interface LogsOptions {
  readonly state: LogsTopicState;
  readonly filter: LogFilter;
  readonly loadPage: (filter: LogFilter, place: LogPlace, size: number) => Promise<LogPage>;
  readonly timeText: (ms: number) => string;
  readonly taskName: (entry: LogEntry) => string | undefined;
  readonly onStatus: (status: LogStatus) => void;
  /** The line that was chosen by a click, a key or a jump. */
  readonly onCurrent: (entry: LogEntry | undefined) => void;
}

export interface Logs {
  update(state: LogsTopicState): void;
  setFilter(filter: LogFilter): void;
  /** Who stands on which line, by position. */
  setReaders(readers: ReadonlyMap<number, readonly LogReader[]>): void;
  follow(): void;
  top(): void;
  /** The next line of a level after the current one, wherever in the log it is. False when there is none. */
  jump(level: LogLevel, direction: 1 | -1): Promise<boolean>;
  /** Moves the current line by one. */
  step(direction: 1 | -1): void;
  /** Shows a line by its position in the whole log, and makes it the current one. */
  show(position: number): Promise<void>;
  /** Scrolls there and leaves the current line what it is. */
  reveal(position: number): Promise<void>;
  /** No line is the current one any more. */
  leave(): void;
  copy(): string;
  unmount(): void;
}

const pageLines = 300;
const edgePx = 600;

export function mountLogs(element: HTMLElement, options: LogsOptions): Logs {
  const log = element.querySelector<HTMLElement>('.log') ?? element.appendChild(Object.assign(document.createElement('div'), { className: 'log' }));
  log.setAttribute('role', 'log');
  log.setAttribute('aria-live', 'off');
  log.tabIndex = 0;
  let { filter, state } = options;
  let shown: LogWindow = windowOfTail(state);
  let following = true;
  let loading = false;
  let problem: string | undefined;
  let current: number | undefined;
  let readers: ReadonlyMap<number, readonly LogReader[]> = new Map();
  /** Answers to questions of an older filter are not for this view any more. */
  let generation = 0;
  let closed = false;
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;

  const filtered = (): boolean => filter.minLevel !== 'TRACE' || filter.q !== '' || filter.taskRunId !== undefined || filter.atMs !== undefined;
  const matches = (entry: LogEntry): boolean => passesLevel(entry.level, filter.minLevel)
    && (filter.atMs === undefined || Date.parse(entry.timestamp) <= filter.atMs)
    && (filter.taskRunId === undefined || entry.taskRunId === filter.taskRunId)
    && (filter.q === '' || plainText(entry.message).toLowerCase().includes(filter.q.toLowerCase()));
  const textOf = (entry: LogEntry): string => {
    return renderView(LogLineView({ entry, timeText: options.timeText, task: options.taskName(entry), current: entry.position !== undefined && entry.position === current, search: filter.q, readers: entry.position === undefined ? [] : readers.get(entry.position) ?? [] }));
  };
  const fragmentOf = (list: readonly LogEntry[]): DocumentFragment => {
    const template = document.createElement('template');
    template.innerHTML = list.map(textOf).join('');
    return template.content;
  };
  const status = (): void => {
    if (!closed) options.onStatus({ following, total: state.total, shown: shown.lines.length, whole: shown.atStart && shown.atEnd, fits: shown.atStart && shown.atEnd && log.scrollHeight <= log.clientHeight + 4, loading, problem });
  };
  const toEnd = (): void => { log.scrollTop = log.scrollHeight; };

  function redraw(window: LogWindow): void {
    shown = window;
    log.replaceChildren(fragmentOf(shown.lines));
    if (following) toEnd();
    status();
  }

  /** One question at a time; what has arrived meanwhile is caught up with afterwards. */
  async function ask(work: () => Promise<() => void>): Promise<void> {
    if (loading) return;
    loading = true;
    status();
    const mine = generation;
    try {
      const place = await work();
      if (closed || mine !== generation) return;
      problem = undefined;
      place();
    } catch (error) {
      if (mine === generation) problem = error instanceof Error ? error.message : String(error);
    } finally {
      if (mine === generation) loading = false;
      if (!closed) { catchUp(); status(); }
    }
  }

  const loadEnd = (): Promise<void> => ask(async () => {
    const page = await options.loadPage(filter, {}, pageLines);
    return () => redraw(windowAtEnd(page.lines, { total: page.total, asked: pageLines }));
  });

  function older(): void {
    if (shown.atStart || loading || shown.lines.length === 0) return;
    const before = firstPosition(shown);
    void ask(async () => {
      const page = await options.loadPage(filter, { before }, pageLines);
      return () => {
        const change = prepended(shown, page.lines, pageLines);
        const height = log.scrollHeight;
        log.prepend(fragmentOf(change.added));
        log.scrollTop += log.scrollHeight - height;
        for (let index = 0; index < change.dropped; index += 1) log.lastElementChild?.remove();
        shown = change.window;
        if (!shown.atEnd) following = false;
      };
    });
  }

  function newer(): void {
    if (shown.atEnd || loading) return;
    const from = lastPosition(shown) + 1;
    void ask(async () => {
      const page = await options.loadPage(filter, { from }, pageLines);
      return () => append(appended(shown, page.lines, { total: page.total, asked: pageLines }));
    });
  }

  function append(change: { readonly window: LogWindow; readonly added: readonly LogEntry[]; readonly dropped: number }): void {
    log.append(fragmentOf(change.added));
    const height = log.scrollHeight;
    for (let index = 0; index < change.dropped; index += 1) log.firstElementChild?.remove();
    if (following) toEnd();
    else if (change.dropped > 0) log.scrollTop -= height - log.scrollHeight;
    shown = change.window;
  }

  /** Puts what the topic has brought to the end, if the page stands there. */
  function catchUp(): void {
    if (!shown.atEnd || loading || shown.readTo >= state.total) return;
    const news = arrived(shown, state, matches);
    if (news.type === 'gap' || (!following && shown.lines.length + news.lines.length > windowLinesMax)) {
      // Somebody who reads further up keeps their lines; the end is loaded when they go there.
      if (following) void loadEnd();
      else shown = { ...shown, atEnd: false };
      return;
    }
    append(grown(shown, news.lines, state.total));
  }

  log.addEventListener('scroll', () => {
    const wasFollowing = following;
    following = shown.atEnd && log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    if (log.scrollTop < edgePx) older();
    if (log.scrollTop + log.clientHeight > log.scrollHeight - edgePx) newer();
    if (wasFollowing !== following) status();
  }, { ...on, passive: true });

  log.addEventListener('click', (event) => {
    const line = event.target instanceof Element ? event.target.closest('.log-line') : null;
    if (!(line instanceof HTMLElement) || getSelection()?.isCollapsed === false || (event.target instanceof Element && event.target.closest('a, button') !== null)) return;
    setCurrent(line.dataset['position'] === undefined ? undefined : Number(line.dataset['position']));
  }, on);

  function setCurrent(position: number | undefined): void {
    log.querySelector('[aria-current="true"]')?.removeAttribute('aria-current');
    current = position;
    if (position !== undefined) document.getElementById(`line-${position}`)?.setAttribute('aria-current', 'true');
    options.onCurrent(shown.lines.find((entry) => entry.position !== undefined && entry.position === position));
  }

  function center(position: number, choose: boolean): boolean {
    const line = document.getElementById(`line-${position}`);
    if (line === null) return false;
    following = false;
    line.scrollIntoView({ block: 'center' });
    if (choose) setCurrent(position);
    status();
    return true;
  }

  async function show(position: number, choose = true): Promise<void> {
    if (center(position, choose)) return;
    const half = Math.floor(pageLines / 2);
    // What is being loaded belongs to a place that is left now.
    generation += 1;
    loading = false;
    await ask(async () => {
      const [before, after] = await Promise.all([options.loadPage(filter, { before: position }, half), options.loadPage(filter, { from: position }, half)]);
      return () => {
        following = false;
        redraw(windowAround(before.lines, after.lines, { total: after.total, asked: half }));
        if (!center(position, choose) && shown.lines.length > 0) center(positionOf(after.lines[0] ?? before.lines[before.lines.length - 1]), choose);
      };
    });
  }

  /** The window answers when it is known to reach from the current line on; else the log is read. */
  async function nextLine(level: LogLevel, direction: 1 | -1): Promise<LogEntry | undefined> {
    const at = current;
    const isNext = (entry: LogEntry): boolean => entry.level === level && (at === undefined || (direction === 1 ? positionOf(entry) > at : positionOf(entry) < at));
    const covers = at === undefined ? (direction === 1 ? shown.atStart : shown.atEnd) : shown.lines.some((entry) => entry.position === at);
    const near = covers ? (direction === 1 ? shown.lines.find(isNext) : shown.lines.findLast(isNext)) : undefined;
    return near ?? findLine({ level, direction, at, load: (place, size) => options.loadPage({ ...filter, minLevel: level }, place, size) });
  }

  redraw(shown);
  if (filtered()) void loadEnd();

  return {
    update(next) {
      const restarted = next.total < state.total;
      state = next;
      // A log that shrank was deleted and begun anew.
      if (restarted) { generation += 1; loading = false; void loadEnd(); return; }
      catchUp();
      status();
    },
    setFilter(next) {
      filter = next;
      generation += 1;
      loading = false;
      following = true;
      current = undefined;
      if (!filtered()) redraw(windowOfTail(state));
      else void loadEnd();
    },
    setReaders(next) {
      const touched = new Set([...readers.keys(), ...next.keys()]);
      readers = next;
      for (const entry of shown.lines) {
        if (entry.position === undefined || !touched.has(entry.position)) continue;
        document.getElementById(`line-${entry.position}`)?.replaceWith(fragmentOf([entry]));
      }
    },
    follow() {
      following = true;
      if (shown.atEnd) { toEnd(); status(); return; }
      generation += 1;
      loading = false;
      if (filtered()) void loadEnd();
      else redraw(windowOfTail(state));
    },
    top() {
      following = false;
      if (shown.atStart) { log.scrollTop = 0; status(); return; }
      generation += 1;
      loading = false;
      void ask(async () => {
        const page = await options.loadPage(filter, { from: 0 }, pageLines);
        return () => { redraw(windowAround([], page.lines, { total: page.total, asked: pageLines })); log.scrollTop = 0; };
      });
    },
    async jump(level, direction) {
      if (!passesLevel(level, filter.minLevel)) return false;
      const entry = await nextLine(level, direction);
      if (closed || entry?.position === undefined) return false;
      await show(entry.position);
      return true;
    },
    step(direction) {
      const index = shown.lines.findIndex((entry) => entry.position === current);
      const next = shown.lines[index < 0 ? (direction === 1 ? 0 : shown.lines.length - 1) : index + direction];
      if (next?.position === undefined) return;
      setCurrent(next.position);
      document.getElementById(`line-${next.position}`)?.scrollIntoView({ block: 'nearest' });
    },
    show: (position) => show(position),
    reveal: (position) => show(position, false),
    leave: () => setCurrent(undefined),
    copy: () => shown.lines.map((entry) => `${entry.timestamp} ${entry.level} ${plainText(entry.message)}`).join('\n'),
    unmount() {
      closed = true;
      aborts.abort();
    },
  };
}
