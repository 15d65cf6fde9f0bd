/** The list of executions: of all, or of one flow (the flow page's tab). Rows are drawn here, first and live. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { SavedSearch } from '../../../core/protocol/entities/preferences.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, tagsOf, withoutFilters, withQuery, withToggled } from '../../components/filter-bar/filters.ts';
import { Labels } from '../../components/label/label.tsx';
import type { ListPreferences } from '../../components/list-settings/list-preferences.ts';
import { ListSettings } from '../../components/list-settings/list-settings.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { SavedSearches } from '../../components/saved-searches/saved-searches.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { SelectBox, Table, type Column } from '../../components/table/table.tsx';
import { Ago, Duration } from '../../components/time/time.tsx';
import { exactWords } from '../../components/time/words.ts';
import { searchesOf } from '../list-searches.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { refusalOf } from './allowed.ts';
import { ExecutionBulkBar } from './bulk-bar.tsx';
import { executionColumns, knownColumns, listOf, type ExecutionColumn } from './columns.ts';
import { executionFields, labelField } from './fields.ts';
import { Timeline } from './timeline.tsx';

export type LastTasks = Readonly<Record<string, { readonly taskId: string; readonly attempts: number }>>;

export interface ExecutionListData {
  readonly rows: readonly ExecutionHeader[];
  readonly total: number;
  /** The filter of the topic that keeps this list live. */
  readonly filter: string;
  readonly namespaces: readonly string[];
  readonly settings: ListPreferences;
  readonly searches: readonly SavedSearch[];
  /** For the column Task; empty while it is not shown. */
  readonly lastTasks: LastTasks;
  /** Set on a flow's own page: its columns and filters are left out. */
  readonly flow?: { readonly namespace: string; readonly id: string };
}

export const isTimeline = (search: string): boolean => new URLSearchParams(search).get('view') === 'timeline';
export const executionRowId = (row: ExecutionHeader): string => `execution-${row.id}`;

const sorts: Readonly<Partial<Record<ExecutionColumn, string>>> = {
  flow: 'flowId', namespace: 'namespace', state: 'state.current', start: 'state.startDate', end: 'state.endDate', duration: 'state.duration',
};
/** Dropped below 960 px. */
const wide: ReadonlySet<ExecutionColumn> = new Set(['namespace', 'labels', 'end', 'by', 'revision', 'inputs', 'task']);
const atEnd: ReadonlySet<ExecutionColumn> = new Set(['start', 'end', 'duration', 'revision']);

export function ExecutionList({ data, place }: { readonly data: ExecutionListData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const { page, size } = pageOf(query, data.settings.size);
  const ofFlow = data.flow !== undefined;
  const list = listOf(ofFlow);
  const fields = executionFields(data.namespaces, ofFlow);
  const timeline = isTimeline(place.search);
  const known = knownColumns(ofFlow);
  const view = (title: string, value: string | undefined, pressed: boolean) => <a href={`${place.path}${withQuery(place.search, { view: value, page: undefined })}`} role="button" aria-pressed={pressed ? 'true' : 'false'}>{title}</a>;
  return (
    <>
      <div class="toolbar">
        <FilterBar label="Filter executions" path={place.path} search={place.search} fields={fields} zone={place.zone} />
        <span class="segmented wide" role="group" aria-label="View">{view('Table', undefined, !timeline)}{view('Timeline', 'timeline', timeline)}</span>
        <SavedSearches searches={searchesOf(list, data.searches)} place={place} />
        <Button kind="quiet" icon="replay" action="refresh" title="Read the list again" />
        <ListSettings columns={executionColumns.filter(({ id }) => known.all.includes(id))} shown={new Set(data.settings.columns)} chart={data.settings.chart} live={data.settings.live} />
      </div>
      <div class="page-pad">
        {data.settings.chart ? <section class="panel chart-panel" id="execution-chart" aria-label="Executions over time" aria-busy="true"><p class="faint small">Counting…</p></section> : null}
        <section class="panel" aria-label="Executions">
          <ExecutionBulkBar place={place} />
          <div class="newer" id="newer" aria-live="polite" data-keep="" hidden><Button size="small" action="show-newer" icon="chevron-up"><span data-newer-words="">new executions, show</span></Button></div>
          {timeline ? <div id="execution-timeline" class="timeline-scroll"><Timeline rows={data.rows} place={place} ofFlow={ofFlow} /></div> : (
            <Table id="execution-rows" label="Executions" path={place.path} search={place.search} sorted="state.startDate:desc" columns={columnsOf(data, place)}>
              {data.rows.map((row) => <ExecutionRowView row={row} place={place} data={data} />)}
            </Table>
          )}
          <div id="execution-empty" hidden={data.rows.length > 0}><ExecutionEmpty place={place} data={data} /></div>
          <div id="execution-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}

function columnsOf(data: ExecutionListData, place: Place): readonly Column[] {
  return [
    ...(readOnlyReason(place) === undefined ? [{ title: 'Select all executions on this page', selects: true }] : []),
    ...executionColumns.filter(({ id }) => data.settings.columns.includes(id)).map(({ id, title }): Column => ({
      title, ...(sorts[id] === undefined ? {} : { sort: sorts[id] }), ...(atEnd.has(id) ? { end: true } : {}), ...(wide.has(id) ? { wide: true } : {}),
    })),
    { title: 'Actions', silent: true },
  ];
}

function ExecutionEmpty({ place, data }: { readonly place: Place; readonly data: ExecutionListData }) {
  const fields = executionFields(data.namespaces, data.flow !== undefined);
  const tags = tagsOf(place.search, fields);
  const everything = `${place.path}${withoutFilters(place.search, fields)}`;
  if (tags.some((tag) => tag.isPreset !== true)) return <Empty icon="filter" title="No execution fits these filters"><p>Remove a filter, or widen the time.</p><Button href={everything}>Clear filters</Button></Empty>;
  return (
    <Empty icon="executions" title={tags.length > 0 ? 'Nothing has run in the last 30 days' : 'Nothing has run yet'}>
      <p>Run a flow, or switch on a trigger: each run appears here at once, for everybody.</p>
      {tags.length > 0 ? <a class="link" href={everything}>Look at all times</a> : null}
      {data.flow === undefined ? <Button kind="primary" icon="flows" href={to(place, '/flows')}>Choose a flow</Button> : <Button kind="primary" icon="play-fill" href={`${toFlow(place, data.flow.namespace, data.flow.id)}?execute=true`}>Run it</Button>}
    </Empty>
  );
}

export interface ExecutionRowProps {
  readonly row: ExecutionHeader;
  readonly place: Place;
  readonly data: Pick<ExecutionListData, 'settings' | 'lastTasks' | 'flow'>;
}

export function ExecutionRowView({ row, place, data }: ExecutionRowProps) {
  const state = row.state.current;
  const readOnly = readOnlyReason(place);
  const first = data.settings.columns.find((id) => id === 'flow') ?? data.settings.columns[0];
  return (
    <tr id={executionRowId(row)}>
      {readOnly === undefined ? <td><SelectBox row={row.id} name={`execution ${row.id}`} /></td> : null}
      {executionColumns.filter(({ id }) => data.settings.columns.includes(id)).map(({ id }) => <Cell column={id} isFirst={id === first} row={row} place={place} lastTask={data.lastTasks[row.id]} />)}
      <td class="end" data-cell="actions">
        <span class="row-actions row">
          <Button kind="quiet" size="small" icon="search" href={toExecution(place, row)} title={`Open ${row.id.slice(0, 8)}`} wide />
          <Menu id={`menu-${row.id}`} title={`More for ${row.id.slice(0, 8)}`} small>
            <MenuItem icon="logs" href={toExecution(place, row, 'logs')}>Logs</MenuItem>
            <MenuItem icon="copy" action="copy" value={row.id}>Copy id</MenuItem>
            <hr />
            <MenuItem icon="restore" action="restart" value={row.id} disabled={readOnly ?? refusalOf('restart', state)}>Restart</MenuItem>
            <MenuItem icon="play" action="run-again" value={row.id} disabled={readOnly}>Execute with its inputs…</MenuItem>
            <MenuItem icon="replay" action="replay" value={row.id} disabled={readOnly ?? refusalOf('replay', state)}>Replay</MenuItem>
            <MenuItem icon="stop" action="kill" value={row.id} danger disabled={readOnly ?? refusalOf('kill', state)}>Kill</MenuItem>
            <MenuItem icon="trash" action="delete" value={row.id} danger disabled={readOnly ?? refusalOf('delete', state)}>Delete</MenuItem>
          </Menu>
        </span>
      </td>
    </tr>
  );
}

interface CellProps { readonly column: ExecutionColumn; readonly isFirst: boolean; readonly row: ExecutionHeader; readonly place: Place; readonly lastTask: LastTasks[string] | undefined }

function Cell({ column, isFirst, row, place, lastTask }: CellProps) {
  const href = toExecution(place, row);
  const startMs = Date.parse(row.state.startDate);
  const endMs = isTerminal(row.state.current) && row.state.endDate !== undefined ? Date.parse(row.state.endDate) : undefined;
  const main = isFirst ? 'main' : undefined;
  switch (column) {
    case 'id': return <td data-cell={main}><a class="id" data-row-link="" href={href} title={row.id}>{row.id.slice(0, 8)}</a></td>;
    case 'flow': return <td class="name-cell" data-cell={main}><a class="name" href={href} title={`${row.namespace}.${row.flowId}`}>{row.flowId}</a></td>;
    case 'namespace': return <td class="wide cut-cell"><a class="dim" href={toFlow(place, row.namespace, row.flowId)}>{row.namespace}</a></td>;
    case 'state': return <td data-cell="side"><StatePill state={row.state.current} /></td>;
    case 'labels': return <td class="wide"><Labels labels={shownLabels(row, place)} most={2} hrefOf={(label) => `${place.path}${withToggled(place.search, labelField, `${label.key}:${label.value}`)}`} chosen={chosenLabels(place)} /></td>;
    case 'start': return <td class="end" data-cell="sub"><span class="small dim"><Ago at={startMs} nowMs={place.nowMs} zone={place.zone} /></span></td>;
    case 'end': return <td class="end wide"><span class="small dim">{endMs === undefined ? '' : <Ago at={endMs} nowMs={place.nowMs} zone={place.zone} />}</span></td>;
    case 'duration': return <td class="end"><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={historyWords(row, place)} /></td>;
    case 'by': return <td class="wide cut-cell by-cell"><span class="dim small" title={row.startedBy}>{row.trigger?.id ?? row.startedBy ?? ''}</span></td>;
    case 'revision': return <td class="end wide"><span class="num dim" title={row.flowRevision === 0 ? 'The draft, as it was on the screen' : `Revision ${row.flowRevision}`}>{row.flowRevision === 0 ? 'draft' : row.flowRevision}</span></td>;
    case 'inputs': return <td class="wide"><Button kind="quiet" size="small" icon="code" action="show-inputs" value={row.id} title={`Inputs of ${row.id.slice(0, 8)}`} /></td>;
    case 'task': return <td class="wide cut-cell">{lastTask === undefined ? null : <span class="small"><span class="mono">{lastTask.taskId}</span>{lastTask.attempts > 1 ? <span class="faint" title={`${lastTask.attempts} attempts`}> ×{lastTask.attempts}</span> : null}</span>}</td>;
  }
}

/** Each state that it went through, when. */
const historyWords = (row: ExecutionHeader, place: Place): string => row.state.histories.map((change) => `${exactWords(Date.parse(change.date), place.zone)}  ${stateWord(change.state)}`).join('\n');

const chosenLabels = (place: Place): ReadonlySet<string> => new Set(tagsOf(place.search, [labelField]).filter((tag) => tag.field === labelField).flatMap((tag) => tag.values));
/** The server's own labels are shown only to who asked for one. */
const shownLabels = (row: ExecutionHeader, place: Place) => {
  const chosen = chosenLabels(place);
  return row.labels.filter((label) => !label.key.startsWith('system.') || chosen.has(`${label.key}:${label.value}`));
};
