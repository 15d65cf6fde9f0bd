/** Live rows of triggers with their logs below, selection and bulk actions, wherever the list stands. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { triggers } from '../../../core/protocol/operations/index.ts';
import type { TriggerBulkAction } from '../../../core/protocol/operations/triggers.ts';
import { topicOf, type TriggersTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/index.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw, LiveRows } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import { mountSelection } from '../../components/table/selection.ts';
import type { PageRun } from '../behaviour.ts';
import { triggerQuery } from '../list-query.ts';
import { askReason, triggerActions } from './actions.ts';
import { columnCount, type TriggerListData } from './list.tsx';
import { shownLines } from './load.ts';
import { logTimeText } from './log-time.ts';
import { columnsOf, triggerLogId, TriggerLogView, TriggerRowView } from './row.tsx';
import { addressOf, triggerKey, triggerRowId } from './words.ts';

type Item = { readonly type: 'trigger'; readonly row: Trigger; readonly expanded: boolean } | { readonly type: 'log'; readonly row: Trigger; readonly lines: readonly LogEntry[] | undefined };

export function mountTriggerList(run: PageRun<unknown>, data: TriggerListData): void {
  const { root, app } = run;
  const body = root.querySelector<HTMLElement>('#trigger-rows');
  const empty = root.querySelector<HTMLElement>('#trigger-empty');
  const pager = root.querySelector<HTMLElement>('#trigger-pager');
  const bar = root.querySelector<HTMLElement>('#bulk');
  if (body === null || empty === null || pager === null || bar === null) return;
  const ofFlow = data.flow !== undefined;
  const columns = columnsOf(data.rows);
  let total = data.total;
  const selection = mountSelection(root, bar, { total: () => total });
  run.own(selection.release);
  run.own(mountFilterInput(root, app.go));

  /** Logs of the open rows, by key; undefined while they are on their way. */
  const opened = new Map<string, readonly LogEntry[] | undefined>(Object.entries(data.logs));
  /** The state of the row that a log was read at: when it moves on, the log has, too. */
  const readAt = new Map<string, string>();
  let shown: readonly Trigger[] = data.rows;
  const items = new Map<string, Item>();
  /** The same object as before when nothing of it has changed, so that only changed rows are drawn. */
  const kept = (name: string, next: Item): Item => {
    const old = items.get(name);
    if (old !== undefined && old.row === next.row && (old.type === 'trigger' ? next.type === 'trigger' && old.expanded === next.expanded : next.type === 'log' && old.lines === next.lines)) return old;
    items.set(name, next);
    return next;
  };
  const rows = new LiveRows<Item>(body, {
    key: (item) => (item.type === 'trigger' ? triggerRowId(item.row) : triggerLogId(item.row)),
    view: (item) => (item.type === 'trigger'
      ? TriggerRowView({ row: item.row, place: run.place(), ofFlow, expanded: item.expanded, columns })
      : TriggerLogView({ row: item.row, lines: item.lines, span: columnCount(columns, ofFlow), timeText: logTimeText(run.place().zone) })),
  });
  const paint = (): void => {
    rows.draw(shown.flatMap((row): readonly Item[] => {
      const key = triggerKey(row);
      const expanded = opened.has(key);
      const first = kept(triggerRowId(row), { type: 'trigger', row, expanded });
      return expanded ? [first, kept(triggerLogId(row), { type: 'log', row, lines: opened.get(key) })] : [first];
    }));
    selection.paint();
  };
  const readLog = async (row: Trigger): Promise<void> => {
    const key = triggerKey(row);
    const stamp = `${row.updatedDate ?? ''} ${row.evaluatedAt ?? ''} ${row.executionId ?? ''} ${row.problem ?? ''}`;
    if (readAt.get(key) === stamp) return;
    readAt.set(key, stamp);
    const { namespace, flowId, triggerId } = row;
    const page = await run.call(triggers.triggersLogs, { namespace, flowId, triggerId, size: shownLines });
    if (!opened.has(key)) return;
    opened.set(key, page.results);
    paint();
  };
  const readLogs = (): void => {
    for (const row of shown) if (opened.has(triggerKey(row))) readLog(row).catch((error: unknown) => app.toasts.failed(error));
  };
  run.live<TriggersTopicState>(topicOf.triggers(data.filter), (state) => {
    shown = rowsOf(state);
    total = state.total;
    // Another column is another head of the table.
    const now = columnsOf(shown);
    if ((now.execution && !columns.execution) || (now.evaluation && !columns.evaluation)) { app.reload(); return; }
    paint();
    readLogs();
    empty.hidden = shown.length > 0;
    const place = run.place();
    draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search)), total: state.total }));
  });

  run.actions({
    ...triggerActions(run, (key) => shown.find((row) => triggerKey(row) === key)),
    expand({ value }) {
      if (opened.has(value)) {
        opened.delete(value);
        readAt.delete(value);
      } else opened.set(value, undefined);
      paint();
      readLogs();
    },
    'select-none': () => selection.clear(),
    async bulk({ value }) {
      const chosen = selection.chosen();
      const place = run.place();
      const { page: _page, size: _size, sort: _sort, ...filters } = triggerQuery(new URLSearchParams(place.search), data.flow === undefined ? {} : { namespace: data.flow.namespace, flowId: data.flow.id });
      if (await bulk(run, value, { keys: chosen, ...(selection.isEverything() ? { everything: { total, filters } } : {}) })) selection.clear();
    },
  });
}

const isBackfillAction = (text: string): text is 'backfill/pause' | 'backfill/unpause' | 'backfill/delete' => text === 'backfill/pause' || text === 'backfill/unpause' || text === 'backfill/delete';
const backfillWords = { 'backfill/pause': ['Pause', 'paused'], 'backfill/unpause': ['Continue', 'continued'], 'backfill/delete': ['Delete', 'deleted'] } as const;

interface Chosen {
  readonly keys: readonly string[];
  /** Everything that fits the filters of the page, on whichever page. */
  readonly everything?: { readonly total: number; readonly filters: { readonly q?: string; readonly namespace?: string; readonly flowId?: string; readonly state?: string } };
}

/** Done, or thought over. */
async function bulk(run: PageRun<unknown>, action: string, { keys, everything }: Chosen): Promise<boolean> {
  const chosen = keys.map(addressOf);
  const names = everything === undefined ? chosen.map((one) => `${one.flowId} ${one.triggerId}`) : [];
  const what = everything !== undefined ? `all ${everything.total} triggers that match` : chosen.length === 1 ? `${chosen[0]?.flowId ?? ''} ${chosen[0]?.triggerId ?? ''}` : `${chosen.length} triggers`;
  const say = (count: number, done: string): void => run.app.toasts.done(`${count} ${count === 1 ? 'trigger' : 'triggers'} ${done}`);
  const send = async (operation: TriggerBulkAction, more: { readonly disabled?: boolean; readonly reason?: string } = {}): Promise<number> => (everything === undefined
    ? await run.call(triggers.triggersBulk, { action: operation, body: { triggers: chosen, ...more } })
    : await run.call(triggers.triggersBulkByQuery, { action: operation, ...everything.filters, ...more })).count;
  if (action === 'enable' || action === 'disable') {
    const reason = action === 'disable' ? await askReason(run, what, names) : '';
    if (reason === undefined) return false;
    say(await send('set-disabled', { disabled: action === 'disable', ...(reason === '' ? {} : { reason }) }), action === 'disable' ? 'switched off' : 'switched on');
    return true;
  }
  if (action === 'unlock') {
    if (!await run.app.dialogs.confirm({ title: `Unlock ${what}?`, text: 'Each forgets the execution it waits for, and may start another one while that still runs. Those that are not locked stay as they are.', details: names, action: `Unlock ${what}`, danger: true })) return false;
    say(await send('unlock'), 'unlocked');
    return true;
  }
  if (!isBackfillAction(action)) return false;
  const [verb, done] = backfillWords[action];
  if (action === 'backfill/delete' && !await run.app.dialogs.confirm({ title: `${verb} the backfills of ${what}?`, text: 'Dates that they have not run yet are not run. Triggers without a backfill stay as they are.', details: names, action: `${verb} backfills`, danger: true })) return false;
  const count = await send(action);
  run.app.toasts.done(`${count} ${count === 1 ? 'backfill' : 'backfills'} ${done}`);
  return true;
}
