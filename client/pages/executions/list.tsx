/** The list of executions: of all, or of one flow (the flow page's tab). Rows are drawn here, first and live. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, stateTypes } from '../../../core/protocol/states.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, timeRanges, withFilter, type FilterField } from '../../components/filter-bar/filters.ts';
import { Labels } from '../../components/label/label.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { BulkBar } from '../../components/table/bulk-bar.tsx';
import { SelectBox, Table } from '../../components/table/table.tsx';
import { Ago, Duration } from '../../components/time/time.tsx';
import { exactWords } from '../../components/time/words.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { refusalOf } from './allowed.ts';

export interface ExecutionListData {
  readonly rows: readonly ExecutionHeader[];
  readonly total: number;
  /** The filter of the topic that keeps this list live. */
  readonly filter: string;
  readonly namespaces: readonly string[];
  /** Set on a flow's own page: its columns and filters are left out. */
  readonly flow?: { readonly namespace: string; readonly id: string };
}

const labelField: FilterField = { name: 'labels', title: 'label', comparator: 'has', many: true, placeholder: 'key:value' };

export function executionFields(namespaces: readonly string[], ofFlow: boolean): readonly FilterField[] {
  return [
    { name: 'state', title: 'state', comparator: 'in', many: true, options: stateTypes.map((state) => ({ value: state, text: stateWord(state) })) },
    ...(ofFlow ? [] : [
      { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaces.map((name) => ({ value: name, text: name })) },
      { name: 'flowId', title: 'flow', comparator: 'is', placeholder: 'its id' },
    ]),
    { name: 'timeRange', title: 'time', comparator: 'in', options: timeRanges },
    { name: 'startDate', title: 'from', comparator: 'is', placeholder: '2026-01-31T00:00:00Z' },
    { name: 'endDate', title: 'until', comparator: 'is', placeholder: '2026-01-31T00:00:00Z' },
    labelField,
    { name: 'childFilter', title: 'child', comparator: 'is', options: [{ value: 'MAIN', text: 'started by itself' }, { value: 'CHILD', text: 'started by another execution' }] },
    { name: 'triggerExecutionId', title: 'started by', comparator: 'is', placeholder: 'id of an execution' },
  ];
}

export const executionRowId = (row: ExecutionHeader): string => `execution-${row.id}`;

export function ExecutionList({ data, place }: { readonly data: ExecutionListData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const { page, size } = pageOf(query);
  const ofFlow = data.flow !== undefined;
  const filtered = [...query.keys()].some((name) => !['page', 'size', 'sort'].includes(name));
  const reason = readOnlyReason(place);
  return (
    <>
      <div class="toolbar"><FilterBar label="Filter executions" path={place.path} search={place.search} fields={executionFields(data.namespaces, ofFlow)} /></div>
      <div class="page-pad">
        <section class="panel" aria-label="Executions">
          <BulkBar what="executions">
            <Button size="small" icon="stop" action="bulk" value="kill" disabled={reason}>Kill</Button>
            <Button size="small" icon="restore" action="bulk" value="restart" disabled={reason}>Restart</Button>
            <Button size="small" icon="replay" action="bulk" value="replay" disabled={reason}>Replay</Button>
            <Button size="small" kind="danger" icon="trash" action="bulk" value="delete" disabled={reason}>Delete</Button>
          </BulkBar>
          <div class="newer" id="newer" aria-live="polite" data-keep="" hidden><Button size="small" action="show-newer" icon="chevron-up"><span data-newer-words="">new executions, show</span></Button></div>
          <Table id="execution-rows" label="Executions" path={place.path} search={place.search} columns={[
            { title: 'Select', silent: true }, { title: 'Id' }, ...(ofFlow ? [] : [{ title: 'Flow', sort: 'flowId' }, { title: 'Namespace', sort: 'namespace', wide: true }]),
            { title: 'State', sort: 'state.current' }, { title: 'Labels', wide: true }, { title: 'Started', sort: 'state.startDate', end: true }, { title: 'Duration', end: true }, { title: 'Revision', end: true, wide: true }, { title: 'By', wide: true }, { title: 'Actions', silent: true },
          ]}>
            {data.rows.map((row) => <ExecutionRowView row={row} place={place} ofFlow={ofFlow} />)}
          </Table>
          <div id="execution-empty" hidden={data.rows.length > 0}><ExecutionEmpty filtered={filtered} place={place} data={data} /></div>
          <div id="execution-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}

function ExecutionEmpty({ filtered, place, data }: { readonly filtered: boolean; readonly place: Place; readonly data: ExecutionListData }) {
  if (filtered) return <Empty icon="filter" title="No execution fits these filters"><p>Remove a filter, or widen the time.</p><Button href={place.path}>Clear filters</Button></Empty>;
  return (
    <Empty icon="executions" title="Nothing has run yet">
      <p>Run a flow, or switch on a trigger: each run appears here at once, for everybody.</p>
      {data.flow === undefined ? <Button kind="primary" icon="flows" href={to(place, '/flows')}>Choose a flow</Button> : <Button kind="primary" icon="play-fill" href={`${toFlow(place, data.flow.namespace, data.flow.id)}?execute=true`}>Run it</Button>}
    </Empty>
  );
}

export function ExecutionRowView({ row, place, ofFlow }: { readonly row: ExecutionHeader; readonly place: Place; readonly ofFlow: boolean }) {
  const state = row.state.current;
  const startMs = Date.parse(row.state.startDate);
  const endMs = isTerminal(state) && row.state.endDate !== undefined ? Date.parse(row.state.endDate) : undefined;
  const readOnly = readOnlyReason(place);
  const href = toExecution(place, row);
  const history = row.state.histories.map((change) => `${exactWords(Date.parse(change.date), place.zone)}  ${stateWord(change.state)}`).join('\n');
  return (
    <tr id={executionRowId(row)}>
      <td><SelectBox row={row.id} name={`execution ${row.id}`} /></td>
      <td data-cell={ofFlow ? 'main' : undefined}><a class="id" data-row-link="" href={href} title={row.id}>{row.id.slice(0, 8)}</a></td>
      {ofFlow ? null : <td class="name-cell" data-cell="main"><a class="name" href={href} title={`${row.namespace}.${row.flowId}`}>{row.flowId}</a></td>}
      {ofFlow ? null : <td class="wide cut-cell"><a class="dim" href={toFlow(place, row.namespace, row.flowId)}>{row.namespace}</a></td>}
      <td data-cell="side"><StatePill state={state} /></td>
      <td class="wide"><Labels labels={row.labels.filter((label) => !label.key.startsWith('system.'))} most={2} hrefOf={(label) => `${place.path}${withFilter(place.search, labelField, `${label.key}:${label.value}`)}`} /></td>
      <td class="end" data-cell="sub"><span class="small dim"><Ago at={startMs} nowMs={place.nowMs} zone={place.zone} /></span></td>
      <td class="end"><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={history} /></td>
      <td class="end wide"><span class="num dim" title={row.flowRevision === 0 ? 'The draft, as it was on the screen' : `Revision ${row.flowRevision}`}>{row.flowRevision === 0 ? 'draft' : row.flowRevision}</span></td>
      <td class="wide cut-cell by-cell"><span class="dim small" title={row.startedBy}>{row.trigger?.id ?? row.startedBy ?? ''}</span></td>
      <td class="end" data-cell="actions">
        <span class="row-actions">
          <Menu id={`menu-${row.id}`} title={`More for ${row.id.slice(0, 8)}`} small>
            <MenuItem icon="logs" href={toExecution(place, row, 'logs')}>Logs</MenuItem>
            <MenuItem icon="copy" action="copy" value={row.id}>Copy id</MenuItem>
            <hr />
            <MenuItem icon="restore" action="restart" value={row.id} disabled={readOnly ?? refusalOf('restart', state)}>Restart</MenuItem>
            <MenuItem icon="replay" action="replay" value={row.id} disabled={readOnly ?? refusalOf('replay', state)}>Replay</MenuItem>
            <MenuItem icon="stop" action="kill" value={row.id} danger disabled={readOnly ?? refusalOf('kill', state)}>Kill</MenuItem>
            <MenuItem icon="trash" action="delete" value={row.id} danger disabled={readOnly ?? refusalOf('delete', state)}>Delete</MenuItem>
          </Menu>
        </span>
      </td>
    </tr>
  );
}
