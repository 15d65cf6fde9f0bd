/** The Gantt with its toolbar, its events and the menu of a row. */
import { draw } from '../../components/live/live.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { openMenu } from '../../components/menu/menu.ts';
import { renderView } from '../../components/view.ts';
import { GanttTable, isGrouping, mountEvents, mountGantt, type GanttCursor, type GanttMark, type GanttModel, type GanttWindow } from '../../gantt/index.ts';
import { logTimeText } from '../../logs/index.ts';
import { to } from '../page.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { GanttBar, ganttShapeOf, ganttWords, rowTimeText } from './gantt-view.tsx';
import { TaskMenu } from './task-drawer.tsx';

/** Events are read at rest: a run of thousands of tasks changes many times a second. */
const eventsRestMs = 250;
/** Others see the pointer at most this often. */
const pointerRestMs = 100;
const eventsKey = 'execution:events';

export function mountGanttFace(run: Run, context: FaceContext): Face {
  const { root, app } = run;
  const element = root.querySelector<HTMLElement>('#gantt');
  const table = root.querySelector<HTMLElement>('#gantt-table');
  const list = root.querySelector<HTMLElement>('#events');
  const panel = root.querySelector<HTMLDetailsElement>('#events-panel');
  if (element === null || table === null || list === null || panel === null) return faceOf({});
  let shape = ganttShapeOf(run.place().search);
  let window: GanttWindow | undefined;
  let scaleMs: number | undefined;
  let tablePage: number | undefined;
  let cursorMs: number | undefined;
  let model: GanttModel | undefined;
  const nowMs = (): number => app.clock.nowMs();

  const marks = (): readonly GanttMark[] => context.colleagues().flatMap((one) => (one.taskRunId === undefined ? [] : [{ taskRunId: one.taskRunId, name: one.name, color: one.color, bot: one.kind === 'bot' }]));
  const cursors = (): readonly GanttCursor[] => context.colleagues().flatMap((one) => {
    const atMs = one.cursorMs ?? (one.said.follows === null ? one.said.atMs : null) ?? undefined;
    return atMs === undefined ? [] : [{ name: one.name, color: one.color, atMs }];
  });
  const showMine = (): void => context.showMine({ ...(cursorMs === undefined ? {} : { cursorMs }), ...(window === undefined ? {} : { window }) });
  const paintToolbar = (): void => {
    const toolbar = root.querySelector('#gantt-toolbar');
    if (toolbar === null || model === undefined) return;
    const html = renderView(GanttBar({
      ...shape, table: tablePage !== undefined, scaleMs, zoomed: window !== undefined, words: ganttWords(model, context.present(), context.atMs(), nowMs()), place: run.place(), executionId: context.executionId,
    }));
    if (html === toolbarHtml) return;
    toolbarHtml = html;
    morphOuter(toolbar, html);
    // A morph changes what is offered, not what is chosen.
    const choose = (id: string, value: string): void => { const select = root.querySelector<HTMLSelectElement>(id); if (select !== null) select.value = value; };
    choose('#gantt-grouping', shape.grouping);
    choose('#gantt-scale', scaleMs === undefined ? '' : String(scaleMs));
  };
  let toolbarHtml = '';
  const paintTable = (): void => {
    element.hidden = tablePage !== undefined;
    table.hidden = tablePage === undefined;
    if (tablePage === undefined || model === undefined) { table.replaceChildren(); return; }
    draw(table, GanttTable({ rows: model.rows, page: tablePage, timeText: (ms) => logTimeText(ms, run.place().zone) }));
  };
  let cancelTable: (() => void) | undefined;

  const gantt = mountGantt(element, {
    label: 'Task runs', state: context.present(), atMs: context.atMs(), selected: context.selected(), marks: marks(), cursors: cursors(), window, ...shape,
    nowMs, timeText: (ms) => rowTimeText(run.place())(ms),
    every: (intervalMs, call) => app.timers.every(intervalMs, call),
    onSelect: (taskRunId) => context.select(taskRunId),
    onOpen: (taskRunId) => app.go(toLogs(run.place(), context.address, { taskRunId })),
    onMenu: (taskRunId, at) => openMenu(TaskMenu({ state: context.state(), taskRunId, place: run.place() }), at, root),
    onIterations: () => app.go(`${to(run.place(), '/executions')}?triggerExecutionId=${context.executionId}`),
    onPointer(atMs) {
      if (cursorMs === atMs) return;
      cursorMs = atMs;
      pointing ??= app.timers.after(pointerRestMs, () => { pointing = undefined; showMine(); });
    },
    onWindow(next) {
      window = next;
      if (next === undefined || (scaleMs !== undefined && Math.abs(next.toMs - next.fromMs - scaleMs) > 1)) scaleMs = undefined;
      showMine();
      paintToolbar();
    },
    onModel(next) {
      model = next;
      paintToolbar();
      if (tablePage !== undefined) cancelTable ??= app.timers.after(eventsRestMs, () => { cancelTable = undefined; paintTable(); });
    },
  });
  let pointing: (() => void) | undefined;

  if (app.session.read(eventsKey) === 'closed') panel.open = false;
  run.listen(panel, 'toggle', () => app.session.write(eventsKey, panel.open ? 'open' : 'closed'));
  const events = mountEvents(list, {
    state: context.present(), atMs: context.atMs(), selected: context.selected(), timeText: (ms) => logTimeText(ms, run.place().zone),
    onSelect: (taskRunId) => { if (taskRunId === undefined) return; context.select(taskRunId); gantt.update({ selected: taskRunId }); gantt.reveal(taskRunId); },
    onMoment: (atMs) => context.moment.moveTo(atMs),
    onCount: (count) => { const place = root.querySelector('#events-count'); if (place !== null) place.textContent = String(count); },
  });
  let cancel: (() => void) | undefined;

  const reshape = (change: Partial<typeof shape>): void => {
    shape = { ...shape, ...change };
    context.writeAddress((query) => {
      if (shape.grouping === 'tree') query.delete('group');
      else query.set('group', shape.grouping);
      if (shape.critical) query.set('critical', 'true');
      else query.delete('critical');
    });
    gantt.update(shape);
    paintToolbar();
  };
  run.listen(root, 'change', (event) => {
    const target = event.target;
    if (!(target instanceof HTMLSelectElement)) return;
    if (target.id === 'gantt-grouping' && isGrouping(target.value)) reshape({ grouping: target.value });
    if (target.id === 'gantt-scale') {
      scaleMs = target.value === '' ? undefined : Number(target.value);
      gantt.span(scaleMs);
    }
  });
  run.listen(table, 'click', (event) => {
    const id = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-row]')?.dataset['row'] : undefined;
    if (id !== undefined) context.select(id);
  });
  /** The zoom of whom I follow. */
  const mirror = (): void => {
    const mode = context.moment.mode();
    const leader = mode.state === 'following' ? context.colleagues().find((one) => one.id === mode.id && one.tab === 'gantt') : undefined;
    if (leader === undefined || JSON.stringify(leader.window) === JSON.stringify(window)) return;
    window = leader.window;
    gantt.update({ window });
    paintToolbar();
  };

  return faceOf({
    changed() {
      root.querySelector('#gantt-empty')?.toggleAttribute('hidden', context.present().order.length > 0);
      gantt.update({ state: context.present(), atMs: context.atMs() });
      events.update({ atMs: context.atMs() });
      cancel ??= app.timers.after(eventsRestMs, () => { cancel = undefined; events.update({ state: context.present() }); });
    },
    moved() {
      gantt.update({ marks: marks(), cursors: cursors() });
      mirror();
    },
    selected() {
      gantt.update({ selected: context.selected() });
      events.update({ selected: context.selected() });
    },
    actions: {
      'gantt-critical': () => reshape({ critical: !shape.critical }),
      'gantt-collapse': () => gantt.collapseAll(true),
      'gantt-expand': () => gantt.collapseAll(false),
      'gantt-in': () => gantt.zoom(2),
      'gantt-out': () => gantt.zoom(0.5),
      'gantt-fit': () => gantt.span(undefined),
      'gantt-table'() { tablePage = tablePage === undefined ? 0 : undefined; paintTable(); paintToolbar(); },
      'gantt-page'({ value }) { tablePage = Math.max(0, Number(value)); paintTable(); },
    },
    release() {
      cancel?.();
      cancelTable?.();
      pointing?.();
      gantt.unmount();
      events.unmount();
    },
  });
}
