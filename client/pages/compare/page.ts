/** Behaviour of the comparison: both runs are live, rows are windowed, and colleagues see which row one looks at. */
import { runs } from '../../../core/protocol/operations/index.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { topicOf, type ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { localStore } from '../../ambient/index.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { draw } from '../../components/live/live.ts';
import { morphInner, morphOuter } from '../../components/live/morph.ts';
import { lettersOn } from '../../components/shell/letters.ts';
import { isTyping } from '../../components/shell/shortcut-keys.ts';
import { mountSplitters } from '../../components/split/splitting.ts';
import { renderView, type View } from '../../components/view.ts';
import { openPresence } from '../../document/index.ts';
import type { GanttMark } from '../../gantt/index.ts';
import { pageScript } from '../behaviour.ts';
import { compared, type ComparedRow, type Comparison } from './compare.ts';
import { CompareDrawer, type ComparedLines } from './drawer.tsx';
import type { CompareData } from './load.ts';
import { CompareRows } from './rows.tsx';
import { CompareFigures, CompareHead, CompareReasons, CompareToolbar, rowHeight, shapeOf, shownRows } from './view.tsx';

const overscan = 10;
/** Runs that go on are compared again at rest. */
const restMs = 250;
const linesRead = 200;

export const script = pageScript<CompareData>((run) => {
  const { root, data, app } = run;
  const element = root.querySelector<HTMLElement>('#compare-rows');
  const idA = data.a.execution?.id;
  const idB = data.b?.execution?.id;
  if (element === null || idA === undefined || idB === undefined || data.b === undefined) return;
  let a: ExecutionTopicState = data.a;
  let b: ExecutionTopicState = data.b;
  let shape = shapeOf(run.place().search);
  let comparison: Comparison = compared(a, b, app.clock.nowMs());
  let rows: readonly ComparedRow[] = shownRows(comparison, shape);
  let selected: string | undefined = new URLSearchParams(run.place().search).get('row') ?? undefined;
  let lines: ComparedLines | undefined;
  let marks: readonly GanttMark[] = [];
  let frame: number | undefined;

  const presence = openPresence({ tenant: run.place().tenant, page: `compare/${idA}/${idB}` });
  run.own(() => presence.destroy());
  const paintPeople = (): void => {
    const people = presence.people();
    const place = document.getElementById('page-people');
    if (place !== null) draw(place, Avatars({ people: [...new Map(people.map((person) => [person.user.id, person.user])).values()] }));
    marks = people.filter((person) => !person.own && person.user.id !== run.place().viewer.id).flatMap((person) => {
      const row = person.state['row'];
      return typeof row === 'string' ? [{ taskRunId: row, name: person.user.name, color: person.user.color, bot: person.user.kind === 'bot' }] : [];
    });
    schedule();
  };

  const grid = (): HTMLElement | null => element.querySelector('.gantt');
  function drawRows(): void {
    frame = undefined;
    if (element === null) return;
    const present = grid();
    const first = Math.max(0, Math.floor((present?.scrollTop ?? 0) / rowHeight) - overscan);
    const visible = Math.ceil((present?.clientHeight ?? 600) / rowHeight) + overscan * 2;
    const hadFocus = present?.contains(document.activeElement) === true;
    morphInner(element, renderView(CompareRows({ rows: rows.slice(first, first + visible), first, total: rows.length, rowHeight, spanMs: comparison.spanMs, align: shape.align, selected, marks })));
    if (hadFocus && !element.contains(document.activeElement)) grid()?.focus({ preventScroll: true });
  }
  const schedule = (): void => { frame ??= requestAnimationFrame(drawRows); };
  const replace = (id: string, view: View): void => { const old = document.getElementById(id); if (old !== null) morphOuter(old, renderView(view)); };
  const paintDrawer = (): void => {
    const drawer = root.querySelector('#compare-drawer');
    if (drawer !== null) draw(drawer, CompareDrawer({ a, b, row: rowOf(selected), lines, place: run.place() }));
  };
  const rowOf = (key: string | undefined): ComparedRow | undefined => (key === undefined ? undefined : comparison.rows.find((row) => row.key === key));
  const paint = (): void => {
    comparison = compared(a, b, app.clock.nowMs());
    rows = shownRows(comparison, shape);
    const place = run.place();
    if (a.execution !== null && b.execution !== null) {
      replace('compare-head', CompareHead({ a: a.execution, b: b.execution, place }));
      replace('compare-figures', CompareFigures({ comparison, a: a.execution, b: b.execution, place }));
    }
    replace('compare-toolbar', CompareToolbar({ shape, comparison }));
    replace('compare-reasons', CompareReasons({ comparison }));
    schedule();
    paintDrawer();
  };

  const readLines = async (key: string): Promise<void> => {
    const row = rowOf(key);
    const of = async (executionId: string, taskRunId: string | undefined): Promise<readonly LogEntry[]> => (taskRunId === undefined ? [] : (await run.call(runs.logsPage, { executionId, taskRunId, size: linesRead })).lines);
    const read = { a: await of(idA, row?.a?.taskRun.id), b: await of(idB, row?.b?.taskRun.id) };
    if (selected !== key) return;
    lines = read;
    paintDrawer();
  };
  function select(key: string | undefined): void {
    selected = key;
    lines = undefined;
    presence.show('row', key ?? null);
    const query = new URLSearchParams(location.search);
    if (key === undefined) query.delete('row');
    else query.set('row', key);
    history.replaceState(history.state, '', `${location.pathname}?${query}`);
    const index = rows.findIndex((row) => row.key === key);
    const present = grid();
    if (present !== null && index >= 0) {
      const top = index * rowHeight;
      if (top < present.scrollTop) present.scrollTop = top;
      else if (top + rowHeight * 2 > present.scrollTop + present.clientHeight) present.scrollTop = top + rowHeight * 2 - present.clientHeight;
    }
    drawRows();
    paintDrawer();
    if (key !== undefined) readLines(key).catch((error: unknown) => app.toasts.failed(error, 'The lines could not be read'));
  }
  const focusSelected = (): void => element.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
  const step = (direction: 1 | -1, onlyDifferent: boolean): void => {
    const at = rows.findIndex((row) => row.key === selected);
    for (let index = at < 0 && direction === -1 ? rows.length - 1 : at + direction; index >= 0 && index < rows.length; index += direction) {
      const row = rows[index];
      if (row !== undefined && (!onlyDifferent || row.differs)) { select(row.key); focusSelected(); return; }
    }
    app.announce(direction === 1 ? 'No further row' : 'No earlier row');
  };
  const reshape = (change: Partial<typeof shape>): void => {
    shape = { ...shape, ...change };
    const query = new URLSearchParams(location.search);
    if (shape.align === 'task') query.set('align', 'task');
    else query.delete('align');
    if (shape.only) query.set('only', 'differs');
    else query.delete('only');
    history.replaceState(history.state, '', `${location.pathname}?${query}`);
    paint();
  };

  run.listen(element, 'click', (event) => {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    if (key !== undefined) { select(key); focusSelected(); }
  });
  element.addEventListener('scroll', schedule, { capture: true, passive: true });
  run.own(() => element.removeEventListener('scroll', schedule, { capture: true }));
  run.listen(document, 'keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    if (event.key.length === 1 && !lettersOn()) return;
    switch (event.key) {
      case 'j': step(1, true); break;
      case 'k': step(-1, true); break;
      case 'ArrowDown': if (!element.contains(document.activeElement)) return; step(1, false); break;
      case 'ArrowUp': if (!element.contains(document.activeElement)) return; step(-1, false); break;
      case 'Escape': if (selected === undefined) return; select(undefined); break;
      default: return;
    }
    event.preventDefault();
  });
  run.own(mountSplitters(root, localStore));
  run.own(presence.onPeople(paintPeople));

  let cancel: (() => void) | undefined;
  const changed = (): void => { cancel ??= app.timers.after(restMs, () => { cancel = undefined; paint(); }); };
  run.own(() => { cancel?.(); if (frame !== undefined) cancelAnimationFrame(frame); });
  run.live<ExecutionTopicState>(topicOf.execution(idA), (next) => { a = next; changed(); });
  run.live<ExecutionTopicState>(topicOf.execution(idB), (next) => { b = next; changed(); });
  const sized = new ResizeObserver(schedule);
  sized.observe(element);
  run.own(() => sized.disconnect());
  paintPeople();
  if (selected !== undefined) select(selected);

  run.actions({
    'compare-align': ({ value }) => reshape({ align: value === 'task' ? 'task' : 'start' }),
    'compare-only': () => reshape({ only: !shape.only }),
    'compare-next': () => step(1, true),
    'compare-unselect': () => select(undefined),
    async 'compare-link'() { await navigator.clipboard.writeText(location.href); app.toasts.done('Copied the link to this comparison'); },
  });
});
