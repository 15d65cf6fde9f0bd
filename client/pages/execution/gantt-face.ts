/** The Gantt with its events and the menu of a row. */
import { openMenu } from '../../components/menu/menu.ts';
import { logTimeText } from '../../logs/index.ts';
import { mountEvents, mountGantt, type GanttMark } from '../../gantt/index.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { TaskMenu } from './task-drawer.tsx';
import { rowTimeText } from './view.tsx';

/** Events are read at rest: a run of thousands of tasks changes many times a second. */
const eventsRestMs = 250;
const eventsKey = 'execution:events';

export function mountGanttFace(run: Run, context: FaceContext): Face {
  const { root, app } = run;
  const element = root.querySelector<HTMLElement>('#gantt');
  const list = root.querySelector<HTMLElement>('#events');
  const panel = root.querySelector<HTMLDetailsElement>('#events-panel');
  if (element === null || list === null || panel === null) return faceOf({});
  const marks = (): readonly GanttMark[] => context.colleagues().flatMap((one) => (one.taskRunId === undefined ? [] : [{ taskRunId: one.taskRunId, name: one.name, color: one.color, bot: one.kind === 'bot' }]));
  const gantt = mountGantt(element, {
    label: 'Task runs', state: context.state(), selected: context.selected(), marks: marks(), nowMs: () => app.clock.nowMs(), timeText: (ms) => rowTimeText(run.place())(ms),
    every: (intervalMs, call) => app.timers.every(intervalMs, call),
    onSelect: (taskRunId) => context.select(taskRunId),
    onOpen: (taskRunId) => app.go(toLogs(run.place(), context.address, { taskRunId })),
    onMenu: (taskRunId, at) => openMenu(TaskMenu({ state: context.state(), taskRunId, place: run.place() }), at, root),
  });
  if (app.session.read(eventsKey) === 'closed') panel.open = false;
  run.listen(panel, 'toggle', () => app.session.write(eventsKey, panel.open ? 'open' : 'closed'));
  const events = mountEvents(list, {
    state: context.state(), selected: context.selected(), timeText: (ms) => logTimeText(ms, run.place().zone),
    onSelect: (taskRunId) => { context.select(taskRunId); gantt.update({ selected: taskRunId }); gantt.reveal(taskRunId); },
    onCount: (count) => { const place = root.querySelector('#events-count'); if (place !== null) place.textContent = String(count); },
  });
  let cancel: (() => void) | undefined;
  return faceOf({
    changed() {
      root.querySelector('#gantt-empty')?.toggleAttribute('hidden', context.state().order.length > 0);
      gantt.update({ state: context.state() });
      cancel ??= app.timers.after(eventsRestMs, () => { cancel = undefined; events.update({ state: context.state() }); });
    },
    moved: () => gantt.update({ marks: marks() }),
    selected() {
      gantt.update({ selected: context.selected() });
      events.update({ selected: context.selected() });
    },
    release() {
      cancel?.();
      gantt.unmount();
      events.unmount();
    },
  });
}
