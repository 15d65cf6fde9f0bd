/** The Concurrency tab: how many slots are taken, what happens to more, and who holds or waits for one. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Table } from '../../components/table/table.tsx';
import { Ago, Duration } from '../../components/time/time.tsx';
import { toExecution, toFlow, type Place } from '../page.ts';
import { holdingStates, limitOf, type ConcurrencyLimit } from './concurrency.ts';
import type { FlowData } from './load.ts';

const behaviours: Readonly<Record<ConcurrencyLimit['behavior'], string>> = {
  QUEUE: 'more wait until a slot is free', CANCEL: 'more are cancelled at once', FAIL: 'more fail at once',
};

export function ConcurrencyTab({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const limit = limitOf(data.flow);
  if (limit === undefined) {
    return (
      <Empty icon="workers" title="No limit of concurrent runs">
        <p>As many executions of this flow run at once as are started. Give it a limit in its source:</p>
        <pre class="execute-curl mono">{'concurrency:\n  limit: 2\n  behavior: QUEUE'}</pre>
        <Button kind="primary" icon="code" href={toFlow(place, data.namespace, data.id, 'editor')}>Open the editor</Button>
      </Empty>
    );
  }
  return <div class="page-pad" id="concurrency"><ConcurrencyBody limit={limit} rows={data.concurrency?.rows ?? []} total={data.concurrency?.total ?? 0} place={place} /></div>;
}

export function ConcurrencyBody({ limit, rows, total, place }: { readonly limit: ConcurrencyLimit; readonly rows: readonly ExecutionHeader[]; readonly total: number; readonly place: Place }) {
  const held = rows.filter((row) => holdingStates.includes(row.state.current)).length;
  const waiting = rows.filter((row) => row.state.current === 'QUEUED').length;
  const share = Math.min(100, Math.round((held / Math.max(1, limit.limit)) * 100));
  return (
    <>
      <Panel label="Slots">
        <div class="slots" role="group" aria-label="Slots">
          <p class="slots-figure"><b>{held}</b> of {limit.limit} {limit.limit === 1 ? 'slot' : 'slots'} taken{waiting === 0 ? '' : `, ${waiting} waiting`}</p>
          <span class="env" title={behaviours[limit.behavior]}>{limit.behavior}</span><span class="dim small">{behaviours[limit.behavior]}</span>
        </div>
        <div class="panel-body"><span class="meter slots-meter" role="progressbar" aria-label="Slots taken" aria-valuemin={0} aria-valuemax={limit.limit} aria-valuenow={Math.min(held, limit.limit)} data-full={held >= limit.limit ? '' : undefined}><svg aria-hidden="true"><rect width={`${share}%`} height="4" /></svg></span></div>
      </Panel>
      <Panel title="Running, paused and waiting" count={total}>
        {rows.length === 0 ? <Empty icon="executions" title="Nothing runs now"><p>Executions that hold a slot or wait for one stand here, the oldest first.</p></Empty> : (
          <Table id="concurrency-rows" label="Executions that hold a slot or wait for one" columns={[{ title: 'Id' }, { title: 'State' }, { title: 'Started', end: true }, { title: 'Duration', end: true }, { title: 'By', wide: true }]}>
            {rows.map((row) => (
              <tr id={`slot-${row.id}`}>
                <td data-cell="main"><a class="id" data-row-link="" href={toExecution(place, row)} title={row.id}>{row.id.slice(0, 8)}</a></td>
                <td data-cell="side"><StatePill state={row.state.current} /></td>
                <td class="end" data-cell="sub"><span class="small dim"><Ago at={row.state.startDate} nowMs={place.nowMs} zone={place.zone} /></span></td>
                <td class="end"><Duration startMs={Date.parse(row.state.startDate)} nowMs={place.nowMs} /></td>
                <td class="wide"><span class="dim small">{row.trigger?.id ?? row.startedBy ?? ''}</span></td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
    </>
  );
}
