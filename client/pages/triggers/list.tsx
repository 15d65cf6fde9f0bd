/** Triggers: what starts flows. Of all flows, or of one (the flow page's tab), each with its log below it. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, type FilterField } from '../../components/filter-bar/filters.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { BulkBar } from '../../components/table/bulk-bar.tsx';
import { Table } from '../../components/table/table.tsx';
import { logTimeText } from './log-time.ts';
import { readOnlyReason, to, toFlow, type Place } from '../page.ts';
import { columnsOf, TriggerLogView, TriggerRowView, type TriggerColumns } from './row.tsx';
import { triggerKey } from './words.ts';
import { ViewSwitch } from './view-switch.tsx';

export interface TriggerListData {
  readonly rows: readonly Trigger[];
  readonly total: number;
  readonly filter: string;
  readonly namespaces: readonly string[];
  readonly flow?: { readonly namespace: string; readonly id: string };
  /** By key: the last lines of those that are open when the page is. */
  readonly logs: Readonly<Record<string, readonly LogEntry[]>>;
}

export const triggerFields = (namespaces: readonly string[]): readonly FilterField[] => [
  { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaces.map((name) => ({ value: name, text: name })) },
  { name: 'state', title: 'state', comparator: 'is', options: [{ value: 'ENABLED', text: 'on' }, { value: 'DISABLED', text: 'off' }] },
  { name: 'flowId', title: 'flow', comparator: 'is', placeholder: 'its id' },
];

export const columnCount = (columns: TriggerColumns, ofFlow: boolean): number => (ofFlow ? 10 : 11) + (columns.execution ? 1 : 0) + (columns.evaluation ? 1 : 0);

export function TriggerList({ data, place }: { readonly data: TriggerListData; readonly place: Place }) {
  const { page, size } = pageOf(new URLSearchParams(place.search));
  const ofFlow = data.flow !== undefined;
  const filtered = /[?&]?(q|namespace|flowId|state)=/.test(place.search);
  const reason = readOnlyReason(place);
  const columns = columnsOf(data.rows);
  return (
    <>
      {ofFlow ? null : <div class="toolbar"><FilterBar label="Filter triggers" path={place.path} search={place.search} fields={triggerFields(data.namespaces)} /><ViewSwitch current="list" place={place} /></div>}
      <div class="page-pad">
        {ofFlow ? null : <p class="dim small">The switch here wins over <code>disabled</code> in the flow. Whoever switches a trigger off leaves a reason.</p>}
        <section class="panel" aria-label="Triggers">
          <BulkBar what="triggers">
            <Button size="small" icon="play" action="bulk" value="enable" disabled={reason}>Enable</Button>
            <Button size="small" icon="pause" action="bulk" value="disable" disabled={reason}>Disable</Button>
            <Button size="small" icon="unlock" action="bulk" value="unlock" disabled={reason}>Unlock</Button>
            <span class="rule"></span>
            <Button size="small" kind="quiet" action="bulk" value="backfill/pause" disabled={reason}>Pause backfills</Button>
            <Button size="small" kind="quiet" action="bulk" value="backfill/unpause" disabled={reason}>Continue backfills</Button>
            <Button size="small" kind="quiet" action="bulk" value="backfill/delete" disabled={reason}>Delete backfills</Button>
          </BulkBar>
          <Table id="trigger-rows" label="Triggers" path={place.path} search={place.search} columns={[
            { title: 'Select', silent: true }, { title: 'Log', silent: true }, { title: 'On' }, { title: 'Trigger', sort: 'triggerId' },
            ...(ofFlow ? [{ title: 'Type', wide: true }] : [{ title: 'Flow', sort: 'flowId' }, { title: 'Namespace', sort: 'namespace', wide: true }]), { title: 'Starts', wide: true },
            ...(columns.execution ? [{ title: 'Current execution', sort: 'executionId', wide: true }] : []), ...(columns.evaluation ? [{ title: 'Evaluated since', wide: true }] : []),
            { title: 'Next', sort: 'nextExecutionDate', end: true }, { title: 'Last', end: true, wide: true }, { title: 'Note' }, { title: 'Actions', silent: true },
          ]}>
            {data.rows.flatMap((row) => {
              const lines = data.logs[triggerKey(row)];
              const view = <TriggerRowView row={row} place={place} ofFlow={ofFlow} expanded={lines !== undefined} columns={columns} />;
              return lines === undefined ? [view] : [view, <TriggerLogView row={row} lines={lines} span={columnCount(columns, ofFlow)} timeText={logTimeText(place.zone)} />];
            })}
          </Table>
          <div id="trigger-empty" hidden={data.rows.length > 0}>
            {filtered ? <Empty icon="filter" title="No trigger fits these filters"><Button href={place.path}>Clear filters</Button></Empty>
              : <Empty icon="triggers" title="Nothing starts by itself yet"><p>Give a flow a <code>triggers</code> section: a Schedule, a Webhook with its own address, or a Flow trigger. It appears here when the flow is published.</p><Button href={data.flow === undefined ? to(place, '/flows') : toFlow(place, data.flow.namespace, data.flow.id, 'editor')}>{data.flow === undefined ? 'Choose a flow' : 'Open the editor'}</Button></Empty>}
          </div>
          <div id="trigger-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}
