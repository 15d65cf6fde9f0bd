import type { FlowRow } from '../../../core/protocol/entities/flow.ts';
import { flowKey } from '../../../core/protocol/ids.ts';
import { flows } from '../../../core/protocol/operations/index.ts';
import { topicOf, type FlowsTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/index.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw, LiveRows } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import { mountSelection } from '../../components/table/selection.ts';
import { pageScript } from '../behaviour.ts';
import { openImport } from './import.ts';
import { flowRowId, FlowRowView, type FlowListData } from './list.tsx';
import { exportFlows } from './transfer.ts';

interface Address { readonly namespace: string; readonly id: string }

export const script = pageScript<FlowListData>((run) => {
  const { root, app, data } = run;
  const body = root.querySelector<HTMLElement>('#flow-rows');
  const bar = root.querySelector<HTMLElement>('#bulk');
  const empty = root.querySelector<HTMLElement>('#flow-empty');
  const pager = root.querySelector<HTMLElement>('#flow-pager');
  if (body === null || bar === null || empty === null || pager === null) return;
  const selection = mountSelection(root, bar);
  run.own(selection.release);
  run.own(mountFilterInput(root, app.go));
  const rows = new LiveRows<FlowRow>(body, { key: flowRowId, view: (row) => FlowRowView({ row, place: run.place() }) });
  let state: FlowsTopicState | undefined;
  const sorted = new URLSearchParams(run.place().search).has('sort');
  run.live<FlowsTopicState>(topicOf.flows(data.filter), (next) => {
    state = next;
    // The topic has the workspace's own order. A list that the reader sorted keeps its rows, and each is brought up to date.
    const shown = sorted ? data.rows.map((row) => next.byId[flowKey(row.namespace, row.id)] ?? row) : rowsOf(next);
    rows.draw(shown);
    selection.paint();
    empty.hidden = shown.length > 0;
    const place = run.place();
    draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search)), total: next.total }));
  });

  /** Who has one of these open now: a deletion should know. */
  const watchers = (chosen: readonly Address[]): string => {
    const here = (state === undefined ? data.rows : rowsOf(state)).filter((row) => chosen.some((one) => one.id === row.id && one.namespace === row.namespace)).flatMap((row) => row.present.map((who) => who.name));
    return here.length === 0 ? '' : ` ${[...new Set(here)].join(', ')} ${here.length === 1 ? 'has' : 'have'} it open now.`;
  };
  const what = (chosen: readonly Address[]): string => (chosen.length === 1 ? `${chosen[0]?.namespace ?? ''}.${chosen[0]?.id ?? ''}` : `${chosen.length} flows`);
  const names = (chosen: readonly Address[]): readonly string[] => (chosen.length === 1 ? [] : chosen.map((one) => `${one.namespace}.${one.id}`));
  const remove = async (chosen: readonly Address[]): Promise<void> => {
    if (!await app.dialogs.confirm({ title: `Delete ${what(chosen)}?`, text: `Triggers stop at once. Executions and revisions stay and can be looked at.${watchers(chosen)}`, details: names(chosen), action: chosen.length === 1 ? 'Delete flow' : `Delete ${what(chosen)}`, danger: true })) return;
    const answer = await run.call(flows.flowsDeleteMany, { body: [...chosen] });
    app.toasts.done(`Deleted ${answer.count} ${answer.count === 1 ? 'flow' : 'flows'}`);
    selection.clear();
  };
  const able = async (chosen: readonly Address[], on: boolean): Promise<void> => {
    const answer = await run.call(on ? flows.flowsEnableMany : flows.flowsDisableMany, { body: [...chosen] });
    app.toasts.done(`${on ? 'Enabled' : 'Disabled'} ${answer.count} ${answer.count === 1 ? 'flow' : 'flows'}`);
    selection.clear();
  };
  const chosen = (): readonly Address[] => selection.chosen().map(addressOf);
  run.actions({
    'import': () => openImport(run),
    'select-none': () => selection.clear(),
    'export-chosen': () => exportFlows(run.place().tenant, chosen()),
    'disable-chosen': () => able(chosen(), false),
    'enable-chosen': () => able(chosen(), true),
    'delete-chosen': () => remove(chosen()),
    'export': ({ value }) => exportFlows(run.place().tenant, [addressOf(value)]),
    'disable': ({ value }) => able([addressOf(value)], false),
    'enable': ({ value }) => able([addressOf(value)], true),
    'delete': ({ value }) => remove([addressOf(value)]),
  });
});

function addressOf(key: string): Address {
  const parts: unknown = JSON.parse(key);
  if (!Array.isArray(parts) || typeof parts[0] !== 'string' || typeof parts[1] !== 'string') throw new Error(`Not the key of a flow: ${key}`);
  return { namespace: parts[0], id: parts[1] };
}
