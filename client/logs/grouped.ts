/**
 * The log by task run: a head each, its lines below when it is open. Lines are read when a group comes into view, so that opening ten
 * thousand groups costs what is looked at; groups that were scrolled far away let go of their lines and keep their height.
 */
import { passesLevel, type LogEntry } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';
import { renderView, type View } from '../components/view.ts';
import { plainText } from './ansi.ts';
import type { LogFilter, LogPage, LogPlace } from './mount.ts';
import { LogEarlier, LogLater, LogLineView, type LogReader } from './view.tsx';
import { positionOf } from './window.ts';

export interface LogGroup {
  readonly id: string;
  /** Changes when the head has to be drawn again. */
  readonly version: string;
}

export interface GroupedOptions {
  readonly state: LogsTopicState;
  readonly filter: LogFilter;
  readonly groups: readonly LogGroup[];
  readonly isOpen: (id: string) => boolean;
  readonly head: (id: string, open: boolean, attempt: number | undefined) => View;
  readonly loadPage: (filter: LogFilter & { readonly attempt?: number }, place: LogPlace, size: number) => Promise<LogPage>;
  readonly timeText: (ms: number) => string;
  readonly onCurrent: (entry: LogEntry | undefined) => void;
}

export interface GroupedLogs {
  update(state: LogsTopicState): void;
  setGroups(groups: readonly LogGroup[]): void;
  setFilter(filter: LogFilter): void;
  setAttempt(id: string, attempt: number | undefined): void;
  setReaders(readers: ReadonlyMap<number, readonly LogReader[]>): void;
  fold(id: string): void;
  /** Older lines of a group. */
  earlier(id: string): void;
  /** The end of a group. */
  later(id: string): void;
  foldAll(open: boolean): void;
  /** Opens the group of a line and shows it there. */
  show(entry: LogEntry): Promise<void>;
  leave(): void;
  copy(): string;
  unmount(): void;
}

interface Group {
  readonly id: string;
  version: string;
  open: boolean;
  /** Nobody has opened or closed it: it is open while it has lines. */
  untouched: boolean;
  attempt: number | undefined;
  lines: readonly LogEntry[] | undefined;
  /** There are older ones. */
  more: boolean;
  /** What arrives comes next to the last one. */
  atEnd: boolean;
  loading: boolean;
  problem: string | undefined;
  element: HTMLElement;
}

const groupLines = 100;
const groupLinesMax = 1000;
/** Heads that are added at once; the next ones come when the last is near. */
const headsStep = 200;
/** Groups that hold lines at once. */
const loadedMax = 60;

export function mountGrouped(element: HTMLElement, options: GroupedOptions): GroupedLogs {
  let { state, filter, groups: wanted } = options;
  const groups = new Map<string, Group>();
  /** In the order of their last sight. */
  const loaded = new Set<string>();
  let current: number | undefined;
  let readers: ReadonlyMap<number, readonly LogReader[]> = new Map();
  let generation = 0;
  let closed = false;
  const holder = document.createElement('div');
  holder.className = 'log log-by-task';
  holder.setAttribute('role', 'region');
  holder.setAttribute('aria-label', 'Log by task run');
  holder.tabIndex = 0;
  element.prepend(holder);
  const end = document.createElement('div');
  end.className = 'log-more';
  holder.append(end);
  const aborts = new AbortController();

  const matches = (entry: LogEntry, group: Group): boolean => entry.taskRunId === group.id && passesLevel(entry.level, filter.minLevel)
    && (group.attempt === undefined || (entry.attemptNumber ?? 0) === group.attempt)
    && (filter.atMs === undefined || Date.parse(entry.timestamp) <= filter.atMs)
    && (filter.q === '' || plainText(entry.message).toLowerCase().includes(filter.q.toLowerCase()));
  const lineText = (entry: LogEntry): string => renderView(LogLineView({ entry, timeText: options.timeText, task: '', current: entry.position !== undefined && entry.position === current, search: filter.q, readers: entry.position === undefined ? [] : readers.get(entry.position) ?? [] }));

  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      if (target === end) { grow(); continue; }
      const group = groups.get((target as HTMLElement).dataset['group'] ?? '');
      if (group !== undefined && group.open) { touch(group); if (group.lines === undefined) load(group); }
    }
  }, { root: holder, rootMargin: '400px 0px' });
  sight.observe(end);

  function touch(group: Group): void {
    loaded.delete(group.id);
    loaded.add(group.id);
    for (const id of loaded) {
      if (loaded.size <= loadedMax) break;
      const old = groups.get(id);
      loaded.delete(id);
      if (old === undefined || old.lines === undefined) continue;
      const body = bodyOf(old);
      body.style.minHeight = `${body.getBoundingClientRect().height}px`;
      old.lines = undefined;
      body.replaceChildren();
      // Observed anew: it is told when it comes into view again.
      sight.unobserve(old.element);
      sight.observe(old.element);
    }
  }

  const bodyOf = (group: Group): HTMLElement => group.element.lastElementChild as HTMLElement;

  function grow(): void {
    const from = groups.size;
    for (const { id, version } of wanted.slice(from, from + headsStep)) {
      const section = document.createElement('section');
      section.className = 'log-task';
      section.dataset['group'] = id;
      const group: Group = { id, version, open: options.isOpen(id), untouched: true, attempt: undefined, lines: undefined, more: false, atEnd: true, loading: false, problem: undefined, element: section };
      groups.set(id, group);
      section.append(document.createElement('div'), document.createElement('div'));
      bodyOf(group).className = 'log-task-lines';
      bodyOf(group).id = `log-lines-${id}`;
      drawHead(group);
      drawBody(group);
      end.before(section);
      sight.observe(section);
    }
    end.hidden = groups.size >= wanted.length;
  }

  function drawHead(group: Group): void {
    const head = group.element.firstElementChild;
    const focused = head?.contains(document.activeElement) === true ? (document.activeElement as HTMLElement).dataset['action'] : undefined;
    const template = document.createElement('template');
    template.innerHTML = renderView(options.head(group.id, group.open, group.attempt));
    const next = template.content.firstElementChild;
    if (head === null || next === null) return;
    head.replaceWith(next);
    if (focused !== undefined) next.querySelector<HTMLElement>(`[data-action="${focused}"]`)?.focus({ preventScroll: true });
  }

  function drawBody(group: Group): void {
    const body = bodyOf(group);
    body.hidden = !group.open;
    if (!group.open || group.lines === undefined) {
      if (group.open && body.style.minHeight === '') body.style.minHeight = '28px';
      body.replaceChildren();
      return;
    }
    body.style.minHeight = '';
    const words = group.problem ?? (group.lines.length === 0 ? (filter.q !== '' || filter.minLevel !== 'TRACE' ? 'No line matches.' : 'It has logged nothing.') : '');
    body.innerHTML = `${group.more ? renderView(LogEarlier({ id: group.id })) : ''}${group.lines.map(lineText).join('')}${group.atEnd ? '' : renderView(LogLater({ id: group.id }))}`;
    if (words !== '') body.append(Object.assign(document.createElement('p'), { className: 'faint small log-none', textContent: words }));
  }

  const filterOf = (group: Group): LogFilter & { readonly attempt?: number } => ({ ...filter, taskRunId: group.id, ...(group.attempt === undefined ? {} : { attempt: group.attempt }) });

  function load(group: Group): void {
    if (group.loading) return;
    group.loading = true;
    const mine = generation;
    const readTo = state.total;
    options.loadPage(filterOf(group), {}, groupLines).then(({ lines, total }) => {
      if (closed || mine !== generation) return;
      group.problem = undefined;
      group.more = lines.length === groupLines;
      group.atEnd = true;
      // What the topic has brought since the page was asked for.
      const known = new Set(lines.map((entry) => entry.position));
      group.lines = [...lines, ...state.lines.filter((entry) => positionOf(entry) >= Math.min(readTo, total) && !known.has(entry.position) && matches(entry, group))];
    }).catch((error: unknown) => {
      group.problem = error instanceof Error ? error.message : String(error);
      group.lines = [];
    }).finally(() => {
      group.loading = false;
      if (closed || mine !== generation) return;
      if (group.untouched && group.lines?.length === 0 && group.problem === undefined) setOpen(group, false);
      else keepEnd(() => drawBody(group));
    });
  }

  /** Who stands at the end stays there. */
  function keepEnd(change: () => void): void {
    const atEnd = holder.scrollTop > 0 && holder.scrollTop + holder.clientHeight >= holder.scrollHeight - 4;
    change();
    if (atEnd) holder.scrollTop = holder.scrollHeight;
  }

  function anew(): void {
    generation += 1;
    loaded.clear();
    for (const group of groups.values()) {
      group.lines = undefined;
      group.loading = false;
      if (group.untouched && group.open !== options.isOpen(group.id)) { group.open = !group.open; drawHead(group); }
      group.element.hidden = filter.taskRunId !== undefined && filter.taskRunId !== group.id;
      drawBody(group);
      sight.unobserve(group.element);
      sight.observe(group.element);
    }
  }

  function setOpen(group: Group, open: boolean): void {
    if (group.open === open) return;
    group.open = open;
    drawHead(group);
    drawBody(group);
    if (!open) { loaded.delete(group.id); return; }
    sight.unobserve(group.element);
    sight.observe(group.element);
  }

  function setCurrent(entry: LogEntry | undefined): void {
    holder.querySelector('[aria-current="true"]')?.removeAttribute('aria-current');
    current = entry?.position;
    if (current !== undefined) holder.querySelector(`#line-${current}`)?.setAttribute('aria-current', 'true');
    options.onCurrent(entry);
  }

  holder.addEventListener('click', (event) => {
    const line = event.target instanceof Element ? event.target.closest<HTMLElement>('.log-line') : null;
    if (line === null || getSelection()?.isCollapsed === false || (event.target instanceof Element && event.target.closest('a, button') !== null)) return;
    const group = groups.get(line.closest<HTMLElement>('[data-group]')?.dataset['group'] ?? '');
    setCurrent(group?.lines?.find((entry) => String(entry.position) === line.dataset['position']));
  }, { signal: aborts.signal });

  grow();
  anew();

  return {
    update(next) {
      const restarted = next.total < state.total;
      const seen = state.total;
      state = next;
      if (restarted) { anew(); return; }
      const news = new Map<string, LogEntry[]>();
      for (const entry of next.lines) {
        if (positionOf(entry) < seen || entry.taskRunId === undefined) continue;
        const list = news.get(entry.taskRunId);
        if (list === undefined) news.set(entry.taskRunId, [entry]);
        else list.push(entry);
      }
      // More has arrived than the topic keeps: what is open is read anew.
      if (next.first > seen) { anew(); return; }
      keepEnd(() => {
        for (const [id, entries] of news) {
          const group = groups.get(id);
          if (group === undefined || group.loading || !group.atEnd) continue;
          // It was closed only because it had nothing to show.
          if (!group.open && group.untouched && options.isOpen(id)) { group.lines = undefined; setOpen(group, true); continue; }
          if (group.lines === undefined) continue;
          const added = entries.filter((entry) => matches(entry, group));
          if (added.length === 0) continue;
          const all = [...group.lines, ...added];
          const dropped = Math.max(0, all.length - groupLinesMax);
          group.lines = all.slice(dropped);
          if (dropped > 0) group.more = true;
          if (dropped > 0 || group.lines.length === added.length) drawBody(group);
          else bodyOf(group).insertAdjacentHTML('beforeend', added.map(lineText).join(''));
        }
      });
    },
    setGroups(next) {
      wanted = next;
      const versions = new Map(next.map((group) => [group.id, group.version]));
      for (const group of [...groups.values()]) {
        const version = versions.get(group.id);
        if (version === undefined) {
          // A restart takes task runs away; an earlier moment does not have them yet.
          sight.unobserve(group.element);
          group.element.remove();
          groups.delete(group.id);
        } else if (version !== group.version) {
          group.version = version;
          drawHead(group);
        }
      }
      if (groups.size < Math.min(headsStep, wanted.length)) grow();
      end.hidden = groups.size >= wanted.length;
    },
    setFilter(next) {
      filter = next;
      anew();
    },
    setAttempt(id, attempt) {
      const group = groups.get(id);
      if (group === undefined) return;
      group.attempt = attempt;
      group.lines = undefined;
      drawHead(group);
      load(group);
    },
    setReaders(next) {
      const touched = new Set([...readers.keys(), ...next.keys()]);
      readers = next;
      for (const group of groups.values()) {
        for (const entry of group.lines ?? []) {
          if (entry.position === undefined || !touched.has(entry.position)) continue;
          const line = bodyOf(group).querySelector(`#line-${entry.position}`);
          if (line !== null) line.outerHTML = lineText(entry);
        }
      }
    },
    fold(id) {
      const group = groups.get(id);
      if (group === undefined) return;
      group.untouched = false;
      setOpen(group, !group.open);
    },
    earlier(id) {
      const group = groups.get(id);
      const first = group?.lines?.[0]?.position;
      if (group === undefined || group.loading || first === undefined) return;
      group.loading = true;
      const mine = generation;
      options.loadPage(filterOf(group), { before: first }, groupLines).then(({ lines }) => {
        if (closed || mine !== generation) return;
        group.more = lines.length === groupLines;
        group.lines = [...lines, ...(group.lines ?? [])].slice(0, groupLinesMax);
        const height = holder.scrollHeight;
        drawBody(group);
        holder.scrollTop += holder.scrollHeight - height;
      }).catch((error: unknown) => { group.problem = error instanceof Error ? error.message : String(error); drawBody(group); }).finally(() => { group.loading = false; });
    },
    later(id) {
      const group = groups.get(id);
      if (group !== undefined) load(group);
    },
    foldAll: (open) => { for (const group of groups.values()) { group.untouched = false; setOpen(group, open); } },
    async show(entry) {
      while (!groups.has(entry.taskRunId ?? '') && groups.size < wanted.length) grow();
      const group = groups.get(entry.taskRunId ?? '');
      if (group === undefined || entry.position === undefined) return;
      if (!group.open) setOpen(group, true);
      if (group.lines?.some((line) => line.position === entry.position) !== true) {
        const half = groupLines / 2;
        const mine = generation;
        const [before, after] = await Promise.all([options.loadPage(filterOf(group), { before: entry.position }, half), options.loadPage(filterOf(group), { from: entry.position }, half)]);
        if (closed || mine !== generation) return;
        group.lines = [...before.lines, ...after.lines];
        group.more = before.lines.length === half;
        group.atEnd = after.lines.length < half;
        drawBody(group);
      }
      touch(group);
      setCurrent(entry);
      holder.querySelector(`#line-${entry.position}`)?.scrollIntoView({ block: 'center' });
    },
    leave: () => setCurrent(undefined),
    copy: () => [...groups.values()].flatMap((group) => group.lines ?? []).map((entry) => `${entry.timestamp} ${entry.level} ${plainText(entry.message)}`).join('\n'),
    unmount() {
      closed = true;
      aborts.abort();
      sight.disconnect();
      holder.remove();
    },
  };
}
