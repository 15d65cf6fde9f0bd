/**
 * The drawer of a task run in the browser: at the side where the page has a place for it, over the page where it has none (the log). It
 * reads what the live state does not hold: older lines, the text of the task, the log of what the task run started.
 */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { runs } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ExecutionTopicState, type LogsTopicState } from '../../../core/protocol/topics.ts';
import { listenToActions, type Actions } from '../../components/actions/actions.ts';
import type { OpenDialog } from '../../components/dialog/dialogs.ts';
import { draw } from '../../components/live/live.ts';
import type { FaceContext, Run } from './face.ts';
import { linesOfFailure } from './failure.ts';
import { taskTypesOf } from './flow-tasks.ts';
import { linesAt } from '../../gantt/index.ts';
import { TaskDialog, TaskDrawer, taskViews, type TaskView } from './task-drawer.tsx';
import { childOf, type ChildRun } from './task-parts.tsx';

export interface TaskDrawerFace {
  /** The run, its log, the choice or the moment has changed. */
  paint(): void;
  readonly actions: Actions;
  release(): void;
}

/** Of its lines the last ones; all of them are in the log. */
const linesMax = 100;
const childLinesMax = 50;

/** `actions`: all of the page, for a drawer that lies over it. */
export function mountTaskDrawer(run: Run, context: FaceContext, actions: () => Actions): TaskDrawerFace {
  const { root, app, data } = run;
  const types = taskTypesOf(data.flow);
  let view: TaskView = 'log';
  let attempt: number | undefined;
  /** What is read for the chosen task run. */
  let of: string | undefined;
  let loaded: readonly LogEntry[] = [];
  let loading = false;
  let source: string | null | undefined;
  let child: { readonly id: string; readonly stop: () => void } | undefined;
  let childRun: ChildRun | undefined;
  let dialog: OpenDialog | undefined;
  let released = false;

  function follow(taskRunId: string | undefined): void {
    of = taskRunId;
    attempt = undefined;
    loaded = [];
    source = undefined;
    child?.stop();
    child = undefined;
    childRun = undefined;
    if (taskRunId === undefined) return;
    loading = true;
    run.call(runs.logsPage, { executionId: context.executionId, taskRunId, size: linesMax }).then(({ lines }) => {
      if (of === taskRunId) { loaded = lines; loading = false; paint(); }
    }).catch(() => { loading = false; });
  }

  /** The log and the state of what it started, live. */
  function followChild(): void {
    const taskRun = of === undefined ? undefined : context.present().taskRuns[of];
    const found = taskRun === undefined ? undefined : childOf(taskRun);
    if (found === undefined || child?.id === found.id) return;
    child?.stop();
    childRun = { ...found, state: undefined, lines: [], total: 0 };
    const heard = (change: Partial<ChildRun>): void => {
      if (childRun === undefined || childRun.id !== found.id) return;
      childRun = { ...childRun, ...change };
      paint();
    };
    const stops = [
      app.connection.watch(topicOf.logs(found.id), { changed: (next) => { const logs = next as LogsTopicState; heard({ lines: logs.lines.slice(-childLinesMax), total: logs.total }); } }),
      app.connection.watch(topicOf.execution(found.id), { changed: (next) => { const { execution } = next as ExecutionTopicState; if (execution !== null && execution.state.current !== childRun?.state) heard({ state: execution.state.current, flow: { namespace: execution.namespace, flowId: execution.flowId } }); } }),
    ];
    child = { id: found.id, stop: () => { for (const stop of stops) stop(); } };
  }

  function readSource(): void {
    const taskRun = of === undefined ? undefined : context.present().taskRuns[of];
    const text = data.flow?.source;
    if (view !== 'source' || source !== undefined || taskRun === undefined) return;
    if (text === undefined) { source = null; return; }
    const mine = of;
    void import('../flow/element-source.ts').then(({ elementOf }) => {
      if (released || of !== mine) return;
      source = elementOf(text, taskRun.taskId)?.text ?? null;
      paint();
    }).catch((error: unknown) => app.toasts.failed(error, 'The source could not be read'));
  }

  function paint(): void {
    const selected = context.selected();
    if (of !== selected) follow(selected);
    const place = root.querySelector<HTMLElement>('#task-drawer') ?? dialog?.element.querySelector<HTMLElement>('[data-task-drawer]') ?? undefined;
    if (place === undefined) return;
    const state = context.state();
    const taskRun = selected === undefined ? undefined : state.taskRuns[selected];
    if (taskRun === undefined) delete place.dataset['open'];
    else place.dataset['open'] = '';
    followChild();
    readSource();
    const atMs = context.atMs();
    const lines = taskRun === undefined ? [] : linesOfFailure(taskRun, loaded, context.logs().lines);
    draw(place, TaskDrawer({
      state, lines: linesAt({ ...context.logs(), lines }, atMs).slice(-linesMax), selected, place: run.place(), view, attempt, loading, child: childRun, types,
      ...(source === undefined ? {} : { source }),
    }));
  }

  run.listen(root, 'change', (event) => changed(event.target));
  const changed = (target: EventTarget | null): void => {
    if (!(target instanceof HTMLSelectElement)) return;
    if (target.id === 'drawer-run') context.select(target.value);
    if (target.id === 'drawer-attempt') { attempt = target.value === '' ? undefined : Number(target.value); paint(); }
  };

  /** The log has no place at its side: the drawer lies over it. */
  function openOver(): void {
    if (dialog !== undefined) return;
    const opened = app.dialogs.open(TaskDialog());
    dialog = opened;
    opened.element.addEventListener('change', (event) => changed(event.target));
    // Dialogs stand outside of the page, whose actions do not hear them.
    const stop = listenToActions(opened.element, app.toasts, actions());
    void opened.closed.then(() => { stop(); dialog = undefined; });
  }

  return {
    paint,
    actions: {
      'task-view'({ value }) {
        const asked: unknown = JSON.parse(value);
        if (!Array.isArray(asked)) return;
        const [taskRunId, wanted]: readonly unknown[] = asked;
        view = taskViews.find((one) => one === wanted) ?? 'log';
        if (typeof taskRunId === 'string') context.select(taskRunId);
        if (root.querySelector('#task-drawer') === null) openOver();
        paint();
      },
      unselect() {
        if (dialog !== undefined) dialog.close();
        else context.select(undefined);
      },
      async 'task-log-delete'({ value }) {
        const taskRun = context.present().taskRuns[value];
        if (taskRun === undefined || !await app.dialogs.confirm({ title: `Delete the log of ${taskRun.taskId}?`, text: 'Its lines are gone for everybody. This can not be undone.', action: 'Delete log', danger: true })) return;
        const { count } = await run.call(runs.logsDelete, { executionId: context.executionId, taskRunId: value });
        app.toasts.done(count === 1 ? 'Deleted one line' : `Deleted ${count.toLocaleString('en-US')} lines`);
        follow(context.selected());
      },
    },
    release() {
      released = true;
      child?.stop();
      dialog?.close();
    },
  };
}
