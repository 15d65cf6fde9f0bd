/**
 * The Gantt in the browser: only the rows in view (and a few around) are in the page, drawn again on a patch, on scroll and, while
 * something runs, once a second. A 5,000-child ForEach costs what forty rows cost.
 */
import { Idiomorph } from 'idiomorph';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { renderView } from '../components/view.ts';
import { mountGestures } from './gestures.ts';
import type { Grouping } from './grouping.ts';
import { ganttOf, type GanttModel, type GanttRow } from './model.ts';
import { windowAt, zoomed, type GanttScale, type GanttWindow } from './scale.ts';
import { GanttView, type GanttCursor, type GanttMark } from './view.tsx';

export interface GanttOptions {
  readonly label: string;
  readonly state: ExecutionTopicState;
  readonly selected: string | undefined;
  readonly marks: readonly GanttMark[];
  readonly cursors: readonly GanttCursor[];
  /** The moment that is shown; undefined is the present. */
  readonly atMs: number | undefined;
  readonly grouping: Grouping;
  readonly critical: boolean;
  /** A part of the time; undefined is the whole run. */
  readonly window: GanttWindow | undefined;
  readonly nowMs: () => number;
  readonly timeText: (ms: number) => string;
  readonly every: (intervalMs: number, call: () => void) => () => void;
  readonly onSelect: (taskRunId: string | undefined) => void;
  /** Enter, or a double click. */
  readonly onOpen: (taskRunId: string) => void;
  /** The button at the row's end, a right click, or the menu key. */
  readonly onMenu: (taskRunId: string, at: HTMLElement | { readonly x: number; readonly y: number }) => void;
  /** The bar of batches: the executions of this task run. */
  readonly onIterations: (taskRunId: string) => void;
  /** The pointer rests at this time of the run; undefined when it has gone. */
  readonly onPointer: (atMs: number | undefined) => void;
  readonly onWindow: (window: GanttWindow | undefined) => void;
  /** Drawn anew from another version of the run or another shape. */
  readonly onModel: (model: GanttModel) => void;
}

export interface Gantt {
  update(change: Partial<Pick<GanttOptions, 'state' | 'selected' | 'marks' | 'cursors' | 'atMs' | 'grouping' | 'critical' | 'window'>>): void;
  rows(): readonly GanttRow[];
  zoom(factor: number, aroundMs?: number): void;
  /** A length of time that stays; undefined is the whole run. */
  span(spanMs: number | undefined): void;
  collapseAll(collapse: boolean): void;
  reveal(taskRunId: string): void;
  unmount(): void;
}

/** Rows kept above and below the view, so that a fast scroll shows no gap. */
const overscan = 12;
/** A bar moves by about a pixel a tick: a short run ticks faster than a long one, and never slower than once a second. */
const tickFastMs = 250;
const tickSlowMs = 1000;
const tickShare = 0.005;
/** A key moves the window by this part of it. */
const panShare = 0.25;

/** `element` holds the server's first rendering; it becomes live in place. */
export function mountGantt(element: HTMLElement, given: GanttOptions): Gantt {
  let options = given;
  const collapsed = new Set<string>();
  let model: GanttModel = compute();
  let stale = false;
  let frame: number | undefined;
  let range: { readonly fromMs: number; readonly toMs: number } | undefined;
  const aborts = new AbortController();
  const on = { signal: aborts.signal } as const;

  function compute(): GanttModel {
    const made = ganttOf(options.state, { nowMs: options.nowMs(), collapsed, timeText: options.timeText, atMs: options.atMs, grouping: options.grouping, critical: options.critical, window: options.window });
    options.onModel(made);
    return made;
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
    const text = renderView(GanttView({ label: options.label, rows, scale: model.scale, selected: options.selected, marks: options.marks, first, total: model.rows.length, rowHeight: height, atMs: options.atMs, cursors: options.cursors, range }));
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

  const isHeading = (id: string): boolean => model.rows.find((row) => row.id === id)?.heading === true;
  const focusRow = (id: string): void => document.getElementById(`row-${id}`)?.focus({ preventScroll: true });
  /** A heading can be walked over, not chosen. */
  let focused: string | undefined;

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

  /** From the beginning of the run to its end, or to now. */
  const whole = (): { fromMs: number; toMs: number } => {
    const { execution } = options.state;
    const fromMs = execution === null ? 0 : Date.parse(execution.state.startDate);
    return { fromMs, toMs: Math.max(fromMs + 1, execution?.state.endDate === undefined ? options.nowMs() : Date.parse(execution.state.endDate)) };
  };
  function setWindow(window: GanttWindow | undefined): void {
    options = { ...options, window };
    model = compute();
    schedule();
    options.onWindow(window);
  }
  function zoom(factor: number, aroundMs?: number): void {
    const { scale } = model;
    // Around what is shown, else around the middle.
    const middle = options.atMs !== undefined && options.atMs >= scale.fromMs && options.atMs <= scale.toMs ? options.atMs : (scale.fromMs + scale.toMs) / 2;
    setWindow(zoomed(scale, factor, aroundMs ?? middle, whole()));
  }
  function pan(share: number): void {
    if (options.window === undefined) return;
    const spanMs = model.scale.toMs - model.scale.fromMs;
    setWindow(windowAt(model.scale.fromMs + share * spanMs, spanMs, whole()));
  }
  const releaseGestures = mountGestures(element, {
    scale: (): GanttScale => model.scale,
    onRange(next, done) {
      range = done ? undefined : next;
      if (done && next !== undefined) setWindow(windowAt(next.fromMs, next.toMs - next.fromMs, whole()));
      else schedule();
    },
    onZoom: zoom, onPan: pan, onPointer: options.onPointer, isZoomed: () => options.window !== undefined,
  });

  element.addEventListener('click', (event) => {
    const batches = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-iterations]') : null;
    if (batches?.dataset['iterations'] !== undefined) { options.onIterations(batches.dataset['iterations']); return; }
    const more = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-menu]') : null;
    if (more?.dataset['menu'] !== undefined) { options.onMenu(more.dataset['menu'], more); return; }
    const twist = event.target instanceof Element ? event.target.closest('[data-twist]') : null;
    if (twist instanceof HTMLElement && twist.dataset['twist'] !== undefined) { toggle(twist.dataset['twist']); return; }
    const id = rowIdAt(event.target);
    if (id === undefined) return;
    if (isHeading(id)) { toggle(id); focusRow(id); } else select(id, true);
  }, on);
  element.addEventListener('dblclick', (event) => {
    const id = rowIdAt(event.target);
    if (id !== undefined && !isHeading(id) && !(event.target instanceof Element && event.target.closest('[data-twist], [data-menu], [data-iterations]') !== null)) options.onOpen(id);
  }, on);
  element.addEventListener('contextmenu', (event) => {
    const id = rowIdAt(event.target);
    if (id === undefined || isHeading(id)) return;
    event.preventDefault();
    const row = document.getElementById(`row-${id}`);
    // The menu key has no place of its own.
    options.onMenu(id, event.clientX === 0 && event.clientY === 0 && row !== null ? row : { x: event.clientX, y: event.clientY });
  }, on);
  element.addEventListener('keydown', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-menu]') !== null) return;
    if (event.target instanceof Element && event.target.closest('[data-iterations]') !== null) return;
    if (zoomKey(event)) return;
    const id = rowIdAt(event.target) ?? focused ?? options.selected;
    if (id === undefined) return;
    const index = model.rows.findIndex((row) => row.id === id);
    const row = model.rows[index];
    if (row === undefined) return;
    const go = (to: number): void => {
      event.preventDefault();
      const target = model.rows[Math.min(model.rows.length - 1, Math.max(0, to))];
      if (target === undefined) return;
      focused = target.id;
      if (!target.heading) { select(target.id, true); return; }
      reveal(target.id);
      draw();
      focusRow(target.id);
    };
    switch (event.key) {
      case 'ArrowDown': case 'j': go(index + 1); break;
      case 'ArrowUp': case 'k': go(index - 1); break;
      case 'Home': go(0); break;
      case 'End': go(model.rows.length - 1); break;
      case 'ArrowRight': event.preventDefault(); if (row.children > 0 && !row.expanded) toggle(row.id); else go(index + 1); break;
      case 'ArrowLeft': event.preventDefault(); if (row.expanded) toggle(row.id); else for (let up = index - 1; up >= 0; up -= 1) if ((model.rows[up]?.level ?? 1) < row.level) { go(up); break; } break;
      case 'Enter': event.preventDefault(); if (row.heading) toggle(row.id); else options.onOpen(row.id); break;
      default: break;
    }
  }, on);

  /** The keys of the time: nearer, farther, all of it, earlier, later. */
  function zoomKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
      case '+': case '=': zoom(2); break;
      case '-': zoom(0.5); break;
      case '0': setWindow(undefined); break;
      case 'ArrowLeft': if (!event.shiftKey) return false; pan(-panShare); break;
      case 'ArrowRight': if (!event.shiftKey) return false; pan(panShare); break;
      default: return false;
    }
    event.preventDefault();
    return true;
  }

  grid()?.addEventListener('scroll', schedule, { ...on, passive: true });
  let tickedMs = options.nowMs();
  const stop = options.every(tickFastMs, () => {
    const spanMs = model.scale.toMs - model.scale.fromMs;
    // What nobody sees is not drawn, and a moment of the past stands still.
    if (!model.live || options.atMs !== undefined || document.hidden || options.nowMs() - tickedMs < Math.min(tickSlowMs, spanMs * tickShare)) return;
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
      if (change.state !== undefined || change.grouping !== undefined || change.critical !== undefined || 'atMs' in change || 'window' in change) stale = true;
      options = { ...options, ...change };
      schedule();
    },
    rows: () => model.rows,
    zoom,
    span(spanMs) {
      const run = whole();
      const endMs = options.atMs ?? run.toMs;
      setWindow(spanMs === undefined ? undefined : { ...windowAt(endMs - spanMs, spanMs, run), fromMs: Math.max(run.fromMs, endMs - spanMs), toMs: Math.max(run.fromMs, endMs - spanMs) + spanMs, following: options.atMs === undefined });
    },
    collapseAll(collapse) {
      collapsed.clear();
      // From the open tree: what stands under a collapsed row is no row.
      if (collapse) for (const row of compute().rows) if (row.children > 0) collapsed.add(row.id);
      model = compute();
      schedule();
    },
    reveal(id) { reveal(id); schedule(); },
    unmount() {
      aborts.abort();
      releaseGestures();
      sized.disconnect();
      stop();
      if (frame !== undefined) cancelAnimationFrame(frame);
    },
  };
}
