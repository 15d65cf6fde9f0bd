/** The list of flows: published ones and drafts, who edits what, how the last run went. */
import type { FlowRow } from '../../../core/protocol/entities/flow.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, withFilter, type FilterField } from '../../components/filter-bar/filters.ts';
import { Icon } from '../../components/icon/icon.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { BulkBar } from '../../components/table/bulk-bar.tsx';
import { SelectBox, Table } from '../../components/table/table.tsx';
import { Ago } from '../../components/time/time.tsx';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';

export interface FlowListData {
  readonly rows: readonly FlowRow[];
  readonly total: number;
  readonly filter: string;
  readonly namespaces: readonly string[];
}

const labelField: FilterField = { name: 'labels', title: 'label', comparator: 'has', many: true, placeholder: 'key:value' };
const fields = (namespaces: readonly string[]): readonly FilterField[] => [
  { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaces.map((name) => ({ value: name, text: name })) },
  labelField,
];

export const flowRowId = (row: FlowRow): string => `flow-${row.namespace}-${row.id}`.replaceAll('.', '-');
/** What a selection and an action carry: namespaces have dots, ids may, so the two stay apart. */
export const flowRowKey = (row: Pick<FlowRow, 'namespace' | 'id'>): string => JSON.stringify([row.namespace, row.id]);

export function FlowList({ data, place }: { readonly data: FlowListData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const { page, size } = pageOf(query);
  const reason = readOnlyReason(place);
  const filtered = ['q', 'namespace', 'labels'].some((name) => query.has(name));
  return (
    <>
      <div class="toolbar"><FilterBar label="Filter flows" path={place.path} search={place.search} fields={fields(data.namespaces)} /></div>
      <div class="page-pad">
        <section class="panel" aria-label="Flows">
          <BulkBar what="flows">
            <Button size="small" icon="download" action="export-chosen">Export</Button>
            <Button size="small" icon="pause" action="disable-chosen" disabled={reason}>Disable</Button>
            <Button size="small" icon="play" action="enable-chosen" disabled={reason}>Enable</Button>
            <Button size="small" kind="danger" icon="trash" action="delete-chosen" disabled={reason}>Delete</Button>
          </BulkBar>
          <Table id="flow-rows" label="Flows" path={place.path} search={place.search} columns={[
            { title: 'Select', silent: true }, { title: 'Flow', sort: 'id' }, { title: 'Namespace', sort: 'namespace' }, { title: 'Labels', wide: true }, { title: 'Starts by', wide: true },
            { title: 'Last state' }, { title: 'Last run', end: true }, { title: 'Revision', end: true, wide: true }, { title: 'Here now' }, { title: 'Actions', silent: true },
          ]}>
            {data.rows.map((row) => <FlowRowView row={row} place={place} />)}
          </Table>
          <div id="flow-empty" hidden={data.rows.length > 0}>
            {filtered ? <Empty icon="filter" title="No flow fits these filters"><Button href={place.path}>Clear filters</Button></Empty>
              : <Empty icon="flows" title="No flows yet"><p>Write one, or bring the ones you have: YAML or ZIP, from Kestra too.</p><span class="row"><Button kind="primary" icon="plus" href={to(place, '/flows/new')} disabled={reason}>Create flow</Button><Button icon="upload" action="import" disabled={reason}>Import</Button></span></Empty>}
          </div>
          <div id="flow-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}

export function FlowRowView({ row, place }: { readonly row: FlowRow; readonly place: Place }) {
  const key = flowRowKey(row);
  const reason = readOnlyReason(place);
  const href = toFlow(place, row.namespace, row.id, row.revision === 0 ? 'editor' : 'overview');
  const last = row.lastExecution;
  return (
    <tr id={flowRowId(row)} data-dim={row.disabled ? '' : undefined}>
      <td><SelectBox row={key} name={`${row.namespace}.${row.id}`} /></td>
      <td class="name-cell" data-cell="main"><span class="row"><a class="name cut" href={href} title={row.description === undefined ? row.id : `${row.id}\n${row.description}`}>{row.id}</a>{row.disabled ? <span class="count">disabled</span> : null}{row.revision === 0 ? <span class="count" data-kind="accent" title="Never published: it can be edited, not started by triggers">draft</span> : row.draft ? <span class="faint small" title={row.authors.length === 0 ? 'Changed since the last publish' : `Changed by ${row.authors.join(', ')}`}>edits{row.authors.length === 1 ? ` by ${row.authors[0] ?? ''}` : ''}</span> : null}</span></td>
      <td class="cut-cell" data-cell="sub"><a class="dim" href={`${place.path}${withFilter(place.search, { name: 'namespace', title: 'namespace', comparator: 'is' }, row.namespace)}`} title={`Only ${row.namespace}`}>{row.namespace}</a></td>
      <td class="wide"><Labels labels={row.labels} most={3} hrefOf={(label) => `${place.path}${withFilter(place.search, labelField, `${label.key}:${label.value}`)}`} /></td>
      <td class="wide"><span class="row faint" data-gap="1">{row.triggers.map((trigger) => <span title={`${trigger.id}, ${trigger.type.split('.').at(-1) ?? ''}`}><Icon name={/Webhook$/.test(trigger.type) ? 'webhook' : /\.flow\.|Flow$/i.test(trigger.type) ? 'flows' : 'clock'} size={14} label={trigger.id} /></span>)}</span></td>
      <td data-cell="side">{last === undefined ? <span class="faint small">never ran</span> : <a href={toExecution(place, { namespace: row.namespace, flowId: row.id, id: last.id })}><StatePill state={last.state} /></a>}</td>
      <td class="end">{last === undefined ? null : <span class="small dim"><Ago at={last.startDate} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
      <td class="end wide"><span class="num dim">{row.revision === 0 ? '' : row.revision}</span></td>
      <td>{row.present.length === 0 ? null : <Avatars people={row.present} size={20} most={4} />}</td>
      <td class="end" data-cell="actions">
        <span class="row" data-gap="1">
          <Button kind="quiet" size="small" icon="play" title={`Run ${row.id}`} href={`${toFlow(place, row.namespace, row.id)}?execute=true`} disabled={reason ?? (row.disabled ? 'It is disabled' : row.revision === 0 ? 'Publish it first, or run the draft from the editor' : undefined)} />
          <Menu id={`menu-${flowRowId(row)}`} title={`More for ${row.id}`} small>
            <MenuItem icon="code" href={toFlow(place, row.namespace, row.id, 'editor')}>Edit</MenuItem>
            <MenuItem icon="executions" href={toFlow(place, row.namespace, row.id, 'executions')}>Executions</MenuItem>
            <MenuItem icon="copy" href={`${to(place, '/flows/new')}?copy=${encodeURIComponent(`${row.namespace}/${row.id}`)}`} disabled={reason}>Copy as a new flow</MenuItem>
            <MenuItem icon="download" action="export" value={key}>Export</MenuItem>
            <hr />
            {row.disabled ? <MenuItem icon="play" action="enable" value={key} disabled={reason}>Enable</MenuItem> : <MenuItem icon="pause" action="disable" value={key} disabled={reason}>Disable</MenuItem>}
            <MenuItem icon="trash" action="delete" value={key} danger disabled={reason}>Delete</MenuItem>
          </Menu>
        </span>
      </td>
    </tr>
  );
}
