/** Triggers: what starts flows. Of all flows, or of one (the flow page's tab). */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, type FilterField } from '../../components/filter-bar/filters.ts';
import { Switch } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { Table } from '../../components/table/table.tsx';
import { cronWords } from '../../components/time/cron-words.ts';
import { Ago, Moment } from '../../components/time/time.tsx';
import type { IconName } from '../../theme/icons.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';

export interface TriggerListData {
  readonly rows: readonly Trigger[];
  readonly total: number;
  readonly filter: string;
  readonly namespaces: readonly string[];
  readonly flow?: { readonly namespace: string; readonly id: string };
}

const kindIcons: Readonly<Record<Trigger['kind'], IconName>> = { SCHEDULE: 'clock', POLLING: 'search', REALTIME: 'triggers', WEBHOOK: 'webhook', FLOW: 'flows' };

export const triggerRowId = (row: Trigger): string => `trigger-${row.namespace}-${row.flowId}-${row.triggerId}`.replaceAll('.', '-');
export const triggerKey = (row: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>): string => JSON.stringify([row.namespace, row.flowId, row.triggerId]);

const fields = (namespaces: readonly string[]): readonly FilterField[] => [
  { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaces.map((name) => ({ value: name, text: name })) },
  { name: 'flowId', title: 'flow', comparator: 'is', placeholder: 'its id' },
];

export function TriggerList({ data, place }: { readonly data: TriggerListData; readonly place: Place }) {
  const { page, size } = pageOf(new URLSearchParams(place.search));
  const ofFlow = data.flow !== undefined;
  const filtered = /[?&]?(q|namespace|flowId)=/.test(place.search);
  return (
    <>
      {ofFlow ? null : <div class="toolbar"><FilterBar label="Filter triggers" path={place.path} search={place.search} fields={fields(data.namespaces)} /></div>}
      <div class="page-pad">
        <section class="panel" aria-label="Triggers">
          <Table id="trigger-rows" label="Triggers" path={place.path} search={place.search} columns={[
            { title: 'On' }, { title: 'Trigger' }, ...(ofFlow ? [] : [{ title: 'Flow' }, { title: 'Namespace', wide: true }]), { title: 'Starts', wide: true }, { title: 'Next', end: true }, { title: 'Last run', end: true, wide: true }, { title: 'Note' }, { title: 'Actions', silent: true },
          ]}>
            {data.rows.map((row) => <TriggerRowView row={row} place={place} ofFlow={ofFlow} />)}
          </Table>
          <div id="trigger-empty" hidden={data.rows.length > 0}>
            {filtered ? <Empty icon="filter" title="No trigger fits these filters"><Button href={place.path}>Clear filters</Button></Empty>
              : <Empty icon="triggers" title="Nothing starts by itself yet"><p>Give a flow a <code>triggers</code> section: a Schedule, or a Webhook with its own address. It appears here when the flow is published.</p><Button href={data.flow === undefined ? to(place, '/flows') : toFlow(place, data.flow.namespace, data.flow.id, 'editor')}>{data.flow === undefined ? 'Choose a flow' : 'Open the editor'}</Button></Empty>}
          </div>
          <div id="trigger-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}

/** What it does in words: the cron sentence with its zone, or the kind. */
export function startsWords(row: Trigger): string {
  if (row.cron !== undefined) return `${cronWords(row.cron)}${row.timezone === undefined ? '' : `, ${row.timezone}`}`;
  switch (row.kind) {
    case 'SCHEDULE': return 'By schedule';
    case 'POLLING': return 'When it finds something';
    case 'REALTIME': return 'With each message';
    case 'WEBHOOK': return 'When its address is called';
    case 'FLOW': return 'After another flow';
    default: return never(row.kind);
  }
}

export function TriggerRowView({ row, place, ofFlow }: { readonly row: Trigger; readonly place: Place; readonly ofFlow: boolean }) {
  const key = triggerKey(row);
  const readOnly = readOnlyReason(place);
  const on = !row.disabled && !row.sourceDisabled;
  return (
    <tr id={triggerRowId(row)} data-dim={on ? undefined : ''}>
      <td data-cell="actions"><Switch on={on} label={`Trigger ${row.triggerId}`} action="switch" value={key} disabled={row.sourceDisabled ? 'Its source says `disabled: true`: change it in the editor' : readOnly} /></td>
      <td data-cell="main"><span class="row"><Icon name={kindIcons[row.kind]} size={14} class="faint" /><span class="name" title={row.description ?? row.type}>{row.triggerId}</span></span></td>
      {ofFlow ? null : <td data-cell="sub"><a class="mono" href={toFlow(place, row.namespace, row.flowId, 'triggers')}>{row.flowId}</a>{row.locked ? <span class="narrow-only"> · locked</span> : null}</td>}
      {ofFlow ? null : <td class="wide"><span class="dim">{row.namespace}</span></td>}
      <td class="wide cut-cell"><span class="dim" title={row.cron ?? row.type}>{startsWords(row)}</span></td>
      <td class="end num" data-cell="side">{on && row.nextExecutionDate !== undefined ? <><Moment at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /> <span class="small faint"><Ago at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /></span></> : null}</td>
      <td class="end wide">{row.date === undefined ? null : <span class="small dim"><Ago at={row.date} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
      <td>{row.locked ? <span class="row"><span class="state" data-state="WARNING"><Icon name="lock" />Locked</span>{row.executionId === undefined ? null : <a class="id" href={toExecution(place, { namespace: row.namespace, flowId: row.flowId, id: row.executionId })} title={`Waits for ${row.executionId}`}>{row.executionId.slice(0, 8)}</a>}<Button size="small" icon="unlock" action="unlock" value={key} disabled={readOnly}>Unlock</Button></span>
        : row.sourceDisabled ? <span class="small dim">off in the source</span> : row.disabled ? <span class="small dim">switched off</span> : null}</td>
      <td class="end" data-cell="more">
        <span class="row-actions"><Menu id={`menu-${triggerRowId(row)}`} title={`More for ${row.triggerId}`} small>
          {row.locked ? <MenuItem icon="unlock" action="unlock" value={key} disabled={readOnly}>Unlock</MenuItem> : null}
          <MenuItem icon="code" href={toFlow(place, row.namespace, row.flowId, 'editor')}>Open in the editor</MenuItem>
          <MenuItem icon="executions" href={`${to(place, '/executions')}?namespace=${encodeURIComponent(row.namespace)}&flowId=${encodeURIComponent(row.flowId)}`}>Executions of the flow</MenuItem>
        </Menu></span>
      </td>
    </tr>
  );
}

function never(value: never): never {
  throw new Error(`not a kind of trigger: ${String(value)}`);
}
