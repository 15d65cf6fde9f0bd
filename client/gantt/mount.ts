/**
 * The Gantt in the browser: only the rows in view (and a few around) are in the page, drawn again on a patch, on scroll and, while
 * something runs, once a second. A 5,000-child ForEach costs what forty rows cost.
 */
import { Idiomorph } from 'idiomorph';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { renderView } from '../components/view.ts';
import { ganttOf, type GanttModel } from './model.ts';
import { GanttView, type GanttMark } from './view.tsx';

export interface GanttOptions {
  readonly label: string;
  readonly state: ExecutionTopicState;
  readonly selected: string | undefined;
  readonly marks: readonly GanttMark[];
  readonly nowMs: () => number;
  readonly timeText: (ms: number) => string;
  readonly every: (intervalMs: number, call: () => void) => () => void;
  readonly onSelect: (taskRunId: string | undefined) => void;
  /** Enter, or a double click. */
  readonly onOpen: (taskRunId: string) => void;
  /** The button at the row's end, a right click, or the menu key. */
  readonly onMenu: (taskRunId: string, at: HTMLElement | { readonly x: number; readonly y: number }) => void;
}

export interface Gantt {
  update(change: Partial<Pick<GanttOptions, 'state' | 'selected' | 'marks'>>): void;
  reveal(taskRunId: string): void;
  unmount(): void;
}

/** Rows kept above and below the view, so that a fast scroll shows no gap. */
const overscan = 12;
/** A bar moves by about a pixel a tick: a short run ticks faster than a long one, and never slower than once a second. */
const tickFastMs = 250;
const tickSlowMs = 1000;
const tickShare = 0.005;

/** `element` holds the server's first rendering; it becomes live in place. */
export function mountGantt(element: HTMLElement, given: GanttOptions): Gantt {
  let options = given;
  const collapsed = new Set<string>();
  let model: GanttModel = compute();
  let stale = false;
  let frame: number | undefined;
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;

  function compute(): GanttModel {
    return ganttOf(options.state, { nowMs: options.nowMs(), collapsed, timeText: options.timeText });
  }

  const grid = (): HTMLElement | null => element.querySelector('.gantt');
  const rowHeight = (): number => {
    const row = element.querySelector('.gantt-row');
    return row instanceof HTMLElement && row.offsetHeight > 0 ? row.offsetHeight : 32;
  };

  function draw(): void {
    frame = undefined;
    if (stale) { stale = false; model = compute(); }
    const present = grid();
    const height = rowHeight();
    const top = present?.scrollTop ?? 0;
    const visible = Math.ceil((present?.clientHeight ?? 600) / height);
    const first = Math.max(0, Math.floor(top / height) - overscan);
    const rows = model.rows.slice(first, first + visible + overscan * 2);
    const text = renderView(GanttView({ label: options.label, rows, scale: model.scale, selected: options.selected, marks: options.marks, first, total: model.rows.length, rowHeight: height }));
    const hadFocus = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.closest('.gantt-row')?.id : undefined;
    if (present === null) {
      const template = document.createElement('template');
      template.innerHTML = text;
      element.replaceChildren(template.content);
    } else {
      Idiomorph.morph(present, text, { morphStyle: 'outerHTML', restoreFocus: true });
    }
    // A row that was scrolled out of the page leaves the focus with the grid, so that the keys go on working.
    if (hadFocus !== undefined && !element.contains(document.activeElement)) (document.getElementById(hadFocus) ?? grid())?.focus({ preventScroll: true });
    if (present === null) grid()?.addEventListener('scroll', schedule, { ...on, passive: true });
  }
  const schedule = (): void => { frame ??= requestAnimationFrame(draw); };

  function rowIdAt(target: EventTarget | null): string | undefined {
    const row = target instanceof Element ? target.closest('.gantt-row') : null;
    return row instanceof HTMLElement && element.contains(row) ? row.dataset['row'] : undefined;
  }

  function toggle(id: string): void {
    if (collapsed.has(id)) collapsed.delete(id);
    else collapsed.add(id);
    model = compute();
    schedule();
  }

  function select(id: string | undefined, focus: boolean): void {
    options = { ...options, selected: id };
    if (id !== undefined) reveal(id);
    draw();
    if (focus && id !== undefined) document.getElementById(`row-${id}`)?.focus({ preventScroll: true });
    options.onSelect(id);
  }

  function reveal(id: string): void {
    const index = model.rows.findIndex((row) => row.id === id);
    const present = grid();
    if (index < 0 || present === null) return;
    const height = rowHeight();
    const top = index * height;
    const head = 28;
    if (top < present.scrollTop) present.scrollTop = top;
    else if (top + height > present.scrollTop + present.clientHeight - head) present.scrollTop = top + height - present.clientHeight + head;
  }

  element.addEventListener('click', (event) => {
    const more = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-menu]') : null;
    if (more?.dataset['menu'] !== undefined) { options.onMenu(more.dataset['menu'], more); return; }
    const twist = event.target instanceof Element ? event.target.closest('[data-twist]') : null;
    if (twist instanceof HTMLElement && twist.dataset['twist'] !== undefined) { toggle(twist.dataset['twist']); return; }
    const id = rowIdAt(event.target);
    if (id !== undefined) select(id, true);
  }, on);
  element.addEventListener('dblclick', (event) => {
    const id = rowIdAt(event.target);
    if (id !== undefined) options.onOpen(id);
  }, on);
  element.addEventListener('contextmenu', (event) => {
    const id = rowIdAt(event.target);
    if (id === undefined) return;
    event.preventDefault();
    const row = document.getElementById(`row-${id}`);
    // The menu key has no place of its own.
    options.onMenu(id, event.clientX === 0 && event.clientY === 0 && row !== null ? row : { x: event.clientX, y: event.clientY });
  }, on);
  element.addEventListener('keydown', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-menu]') !== null) return;
    const id = rowIdAt(event.target) ?? options.selected;
    if (id === undefined) return;
    const index = model.rows.findIndex((row) => row.id === id);
    const row = model.rows[index];
    if (row === undefined) return;
    const go = (to: number): void => {
      event.preventDefault();
      const target = model.rows[Math.min(model.rows.length - 1, Math.max(0, to))];
      if (target !== undefined) select(target.id, true);
    };
    switch (event.key) {
      case 'ArrowDown': case 'j': go(index + 1); break;
      case 'ArrowUp': case 'k': go(index - 1); break;
      case 'Home': go(0); break;
      case 'End': go(model.rows.length - 1); break;
      case 'ArrowRight': event.preventDefault(); if (row.children > 0 && !row.expanded) toggle(row.id); else go(index + 1); break;
      case 'ArrowLeft': event.preventDefault(); if (row.expanded) toggle(row.id); else for (let up = index - 1; up >= 0; up -= 1) if ((model.rows[up]?.level ?? 1) < row.level) { go(up); break; } break;
      case 'Enter': event.preventDefault(); options.onOpen(row.id); break;
      default: break;
    }
  }, on);

  grid()?.addEventListener('scroll', schedule, { ...on, passive: true });
  let tickedMs = options.nowMs();
  const stop = options.every(tickFastMs, () => {
    const spanMs = model.scale.toMs - model.scale.fromMs;
    if (!model.live || options.nowMs() - tickedMs < Math.min(tickSlowMs, spanMs * tickShare)) return;
    tickedMs = options.nowMs();
    model = compute();
    schedule();
  });
  const sized = new ResizeObserver(schedule);
  sized.observe(element);
  draw();

  return {
    update(change) {
      // Many patches may arrive between two frames: the model is made once, when it is drawn.
      if (change.state !== undefined) stale = true;
      options = { ...options, ...change };
      schedule();
    },
    reveal(id) { reveal(id); schedule(); },
    unmount() {
      aborts.abort();
      sized.disconnect();
      stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
