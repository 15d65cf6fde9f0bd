/** The list's behaviour, wherever it stands: live rows, "3 new, show", the chart, selection, and what can be done with rows. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { charts, executions } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ExecutionsTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/index.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw, LiveRows } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import { mountSelection } from '../../components/table/selection.ts';
import type { PageRun } from '../behaviour.ts';
import { mountList } from '../list-behaviour.ts';
import { mountListPeople } from '../list-people.ts';
import { executionQuery } from '../list-query.ts';
import { toExecution } from '../page.ts';
import { execute } from '../started.ts';
import { openBulk } from './bulk.ts';
import { InputsDialog, isBulkAction, type BulkAction, type Misfit } from './bulk-dialog.tsx';
import { mountExecutionChart } from './chart.ts';
import { knownColumns, listOf } from './columns.ts';
import { executionFields } from './fields.ts';
import { HeldOrder } from './held-order.ts';
import { executionRowId, ExecutionRowView, isTimeline, type ExecutionListData, type LastTasks } from './list.tsx';
import { Timeline } from './timeline.tsx';

/** Between two looks at what the rows of a busy page do now. */
const lastTasksRestMs = 2000;
const timelineTickMs = 2000;

export function mountExecutionList(run: PageRun<unknown>, data: ExecutionListData): void {
  const { root, app } = run;
  const timeline = isTimeline(run.place().search);
  const body = root.querySelector<HTMLElement>(timeline ? '#execution-timeline' : '#execution-rows');
  const bar = root.querySelector<HTMLElement>('#bulk');
  const newer = root.querySelector<HTMLElement>('#newer');
  const empty = root.querySelector<HTMLElement>('#execution-empty');
  const pager = root.querySelector<HTMLElement>('#execution-pager');
  if (body === null || bar === null || newer === null || empty === null || pager === null) return;
  const ofFlow = data.flow !== undefined;
  let state: ExecutionsTopicState | undefined;
  let lastTasks: LastTasks = data.lastTasks;
  const total = (): number => state?.total ?? data.total;
  const fields = executionFields(data.namespaces, ofFlow);
  /** The filters of this list, without its page: for the chart, and for what is done with all that match. */
  const { page: _page, size: _size, sort: _sort, ...filters } = executionQuery(new URLSearchParams(run.place().search), { fixed: data.flow === undefined ? {} : { namespace: data.flow.namespace, flowId: data.flow.id }, fields });
  mountList({ run, list: listOf(ofFlow), fields, columns: knownColumns(ofFlow), shown: data.settings });
  const chart = mountExecutionChart(run, filters);
  const people = ofFlow ? undefined : mountListPeople(run, 'executions', { rowOf: (element) => (element.id.startsWith('execution-') ? element.id.slice('execution-'.length) : undefined), elementOf: (id) => document.getElementById(`execution-${id}`) });
  const selection = mountSelection(root, bar, { total, changed: (ids) => people?.chose(ids) });
  run.own(selection.release);

  const rows = new LiveRows<ExecutionHeader>(body, { key: executionRowId, view: (row) => ExecutionRowView({ row, place: run.place(), data: { ...data, lastTasks } }) });
  const held = new HeldOrder(data.rows.map((row) => row.id));
  const shownRows = (): readonly ExecutionHeader[] => (state === undefined ? data.rows : rowsOf({ byId: state.byId, order: held.of(state.order).shown }));
  const paintRows = (): void => {
    if (timeline) draw(body, Timeline({ rows: shownRows(), place: run.place(), ofFlow }));
    else rows.draw(shownRows());
    selection.paint();
    people?.paint();
  };
  const paint = (): void => {
    if (state === undefined) return;
    const { shown, unseen } = held.of(state.order);
    paintRows();
    // What came after the topic's first state is not in its order; what came between the page and that state is.
    const count = state.newer + unseen;
    newer.hidden = count === 0;
    const words = newer.querySelector('[data-newer-words]');
    if (words !== null) words.textContent = `${count} new, show`;
    empty.hidden = shown.length > 0;
    // An empty list has nothing that could jump: the first row is shown without being asked for.
    if (shown.length === 0 && state.newer > 0) app.reload();
    const place = run.place();
    draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search), data.settings.size), total: state.total }));
  };
  if (data.settings.live) {
    run.live<ExecutionsTopicState>(topicOf.executions(data.filter), (next) => {
      const before = state;
      state = next;
      paint();
      if (before !== undefined && before !== next) {
        chart.changed();
        followLastTasks();
      }
    });
  }
  if (timeline) run.own(app.timers.every(timelineTickMs, paintRows));

  let cancelLastTasks: (() => void) | undefined;
  run.own(() => cancelLastTasks?.());
  const followLastTasks = (): void => {
    if (!data.settings.columns.includes('task')) return;
    cancelLastTasks ??= app.timers.after(lastTasksRestMs, () => {
      cancelLastTasks = undefined;
      run.call(charts.executionsLastTasks, { ids: shownRows().map((row) => row.id).slice(0, 100) }).then((answer) => {
        if (JSON.stringify(answer) === JSON.stringify(lastTasks)) return;
        lastTasks = answer;
        // Every row may have another task now.
        rows.forget();
        paintRows();
      }, () => undefined);
    });
  };

  const rowOf = (id: string): Misfit['row'] => {
    const row = state?.byId[id] ?? data.rows.find((one) => one.id === id);
    return row === undefined ? undefined : { id: row.id, namespace: row.namespace, flowId: row.flowId, state: row.state.current };
  };
  const nameOf = (id: string): string => {
    const row = rowOf(id);
    return row === undefined ? id : `${row.flowId} ${id.slice(0, 8)}`;
  };
  const bulk = (action: BulkAction, ids: readonly string[]): void => openBulk({
    run, action, nameOf, rowOf, keep: (fitting) => selection.keep(fitting), done: () => selection.clear(),
    target: { ids, ...(selection.isEverything() && ids.length > 1 ? { everything: { total: total(), filters } } : {}) },
  });
  run.listen(root, 'dblclick', (event) => {
    const link = event.target instanceof Element && event.target.closest('a, button, input, label') === null ? event.target.closest('tr')?.querySelector<HTMLAnchorElement>('a[data-row-link], a.name') : null;
    if (link !== null && link !== undefined) app.go(link.getAttribute('href') ?? '');
  });
  run.actions({
    'bulk': ({ value }) => (isBulkAction(value) ? bulk(value, selection.chosen()) : undefined),
    'select-none': () => selection.clear(),
    'show-newer': () => {
      if (state === undefined || state.newer > 0) {
        app.reload();
        return;
      }
      held.adopt(state.order);
      paint();
      document.getElementById('main')?.scrollTo({ top: 0 });
    },
    'kill': ({ value }) => bulk('kill', [value]),
    'delete': ({ value }) => bulk('delete', [value]),
    async restart({ value }) {
      const execution = await run.call(executions.executionsRestart, { executionId: value });
      app.toasts.done('Restarted', { text: 'Watch it', href: toExecution(run.place(), execution) });
    },
    async replay({ value }) {
      const execution = await run.call(executions.executionsReplay, { executionId: value });
      app.toasts.done('Replayed as a new execution', { text: 'Watch it', href: toExecution(run.place(), execution) });
    },
    async 'run-again'({ value }) {
      const execution = await run.call(executions.executionsGet, { executionId: value });
      await execute(run, { namespace: execution.namespace, id: execution.flowId, prefill: { execution, now: true } });
    },
    async 'show-inputs'({ value }) {
      const execution = await run.call(executions.executionsGet, { executionId: value });
      const inputs = execution.inputs ?? {};
      app.dialogs.open(InputsDialog({ title: `Inputs of ${nameOf(value)}`, text: Object.keys(inputs).length === 0 ? 'It was started without inputs.' : JSON.stringify(inputs, null, 2) }));
    },
  });
}
