/** Who did what, newest first. */
import type { AuditEntry } from '../../../core/protocol/entities/participant.ts';
import { workspace } from '../../../core/protocol/operations/index.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, type FilterField } from '../../components/filter-bar/filters.ts';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { Table } from '../../components/table/table.tsx';
import { Moment } from '../../components/time/time.tsx';
import { auditQuery } from '../list-query.ts';
import { definePage, type Place } from '../page.ts';

export interface AuditData {
  readonly rows: readonly AuditEntry[];
  readonly total: number;
}

const fields: readonly FilterField[] = [
  { name: 'participant', title: 'who', comparator: 'is', placeholder: 'name or id' },
  { name: 'operation', title: 'what', comparator: 'is', placeholder: 'executions.kill' },
];
const outcomes: Readonly<Record<AuditEntry['outcome'], { readonly icon: 'check' | 'lock' | 'state-failed'; readonly word: string }>> = {
  done: { icon: 'check', word: 'done' }, refused: { icon: 'lock', word: 'refused' }, failed: { icon: 'state-failed', word: 'failed' },
};

export const auditPage = definePage<AuditData>({
  name: 'audit',
  route: '/admin/audit-logs',
  section: 'audit',
  title: () => 'Audit log',
  async load({ ask, query }) {
    const found = await ask(workspace.auditList, auditQuery(query));
    return { rows: found.results, total: found.total };
  },
  view: (data, place) => <AuditView data={data} place={place} />,
});

function AuditView({ data, place }: { readonly data: AuditData; readonly place: Place }) {
  const { page, size } = pageOf(new URLSearchParams(place.search));
  return (
    <>
      <div class="toolbar"><FilterBar label="Filter the audit log" path={place.path} search={place.search} fields={fields} /></div>
      <div class="page-pad">
        <section class="panel" aria-label="Audit log">
          <Table id="audit-rows" label="Audit log" columns={[{ title: 'When' }, { title: 'Who' }, { title: 'What' }, { title: 'Of what' }, { title: 'Outcome' }, { title: 'Door', wide: true }, { title: 'Address', wide: true }]}>
            {data.rows.map((row) => (
              <tr id={`audit-${row.id}`}>
                <td data-cell="side"><span class="dim"><Moment at={row.at} nowMs={place.nowMs} zone={place.zone} /></span></td>
                <td data-cell="main"><span class="row" data-gap="1" title={row.participant.id}>{row.participant.kind === 'bot' ? <Icon name="bot" size={14} label="bot" /> : null}<b>{row.participant.name}</b></span></td>
                <td><code>{row.operation}</code></td>
                <td class="grow-cell" data-cell="sub"><span class="cut mono dim" title={subjectWords(row)}><span class="narrow-only">{row.outcome === 'done' ? '' : `${outcomes[row.outcome].word}: `}{row.operation} </span>{subjectWords(row)}</span></td>
                <td><span class="row outcome" data-gap="1" data-outcome={row.outcome} title={row.reason}><Icon name={outcomes[row.outcome].icon} size={14} />{outcomes[row.outcome].word}{row.reason === undefined ? null : <span class="faint small cut">{row.reason}</span>}</span></td>
                <td class="wide"><span class="dim">{row.door}</span></td>
                <td class="wide"><span class="id">{row.address ?? ''}</span></td>
              </tr>
            ))}
          </Table>
          {data.rows.length > 0 ? null : <Empty icon="audit" title="Nothing to show">{place.search === '' ? <p>Whatever changes something is written here, with who did it.</p> : <Button href={place.path}>Clear filters</Button>}</Empty>}
          <Pager path={place.path} search={place.search} page={page} size={size} total={data.total} />
        </section>
      </div>
    </>
  );
}

const subjectWords = (row: AuditEntry): string => Object.entries(row.subject).map(([key, value]) => `${key} ${value}`).join(', ');
