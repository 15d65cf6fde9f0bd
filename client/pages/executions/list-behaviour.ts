/** The list's behaviour, wherever it stands: live rows, "3 new, show", selection, and what can be done with rows. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { executions } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ExecutionsTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/index.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw, LiveRows } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import { mountSelection } from '../../components/table/selection.ts';
import type { PageRun } from '../behaviour.ts';
import { toExecution } from '../page.ts';
import { HeldOrder } from './held-order.ts';
import { executionRowId, ExecutionRowView, type ExecutionListData } from './list.tsx';

type BulkAction = 'kill' | 'restart' | 'replay' | 'delete';
const consequences: Readonly<Record<BulkAction, { readonly verb: string; readonly text: string; readonly danger: boolean }>> = {
  kill: { verb: 'Kill', text: 'Running tasks are stopped now, also in executions that these started.', danger: true },
  restart: { verb: 'Restart', text: 'Each goes on from the task that failed, under the same id.', danger: false },
  replay: { verb: 'Replay', text: 'Each becomes a new execution, from the start.', danger: false },
  delete: { verb: 'Delete', text: 'They go with their logs, metrics and files. This can not be undone.', danger: true },
};

export function mountExecutionList(run: PageRun<unknown>, data: ExecutionListData): void {
  const { root, app } = run;
  const body = root.querySelector<HTMLElement>('#execution-rows');
  const bar = root.querySelector<HTMLElement>('#bulk');
  const newer = root.querySelector<HTMLElement>('#newer');
  const empty = root.querySelector<HTMLElement>('#execution-empty');
  const pager = root.querySelector<HTMLElement>('#execution-pager');
  if (body === null || bar === null || newer === null || empty === null || pager === null) return;
  const ofFlow = data.flow !== undefined;
  const selection = mountSelection(root, bar);
  run.own(selection.release);
  run.own(mountFilterInput(root, app.go));

  const rows = new LiveRows<ExecutionHeader>(body, { key: executionRowId, view: (row) => ExecutionRowView({ row, place: run.place(), ofFlow }) });
  const held = new HeldOrder(data.rows.map((row) => row.id));
  let state: ExecutionsTopicState | undefined;
  const paint = (): void => {
    if (state === undefined) return;
    const { shown, unseen } = held.of(state.order);
    rows.draw(rowsOf({ byId: state.byId, order: shown }));
    selection.paint();
    // What came after the topic's first state is not in its order; what came between the page and that state is.
    const count = state.newer + unseen;
    newer.hidden = count === 0;
    const words = newer.querySelector('[data-newer-words]');
    if (words !== null) words.textContent = `${count} new, show`;
    empty.hidden = shown.length > 0;
    // An empty list has nothing that could jump: the first row is shown without being asked for.
    if (shown.length === 0 && state.newer > 0) app.reload();
    const place = run.place();
    draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search)), total: state.total }));
  };
  run.live<ExecutionsTopicState>(topicOf.executions(data.filter), (next) => {
    state = next;
    paint();
  });

  const nameOf = (id: string): string => {
    const row = state?.byId[id] ?? data.rows.find((one) => one.id === id);
    return row === undefined ? id : `${row.flowId} ${id.slice(0, 8)}`;
  };
  const bulk = async (action: BulkAction, ids: readonly string[]): Promise<void> => {
    const { verb, text, danger } = consequences[action];
    const what = ids.length === 1 ? nameOf(ids[0] ?? '') : `${ids.length} executions`;
    if (!await app.dialogs.confirm({ title: `${verb} ${what}?`, text, details: ids.length === 1 ? [] : ids.map(nameOf), action: `${verb} ${ids.length === 1 ? 'execution' : what}`, danger })) return;
    const answer = await run.call(executions.executionsBulk, { action, body: [...ids] });
    app.toasts.done(`${verb}: ${answer.count} ${answer.count === 1 ? 'execution' : 'executions'}`);
    selection.clear();
  };
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
  });
}

const isBulkAction = (text: string): text is BulkAction => text in consequences;
