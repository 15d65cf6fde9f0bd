/** Home answers in order: what needs someone, what runs, how were the days. Drawn from the state of the topic `stats`, first and live. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { StatsTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/rows.ts';
import { Button } from '../../components/button/button.tsx';
import { DayChart, daysOf, StateCounts, StateLegend } from '../../components/chart/day-chart.tsx';
import { Switch } from '../../components/field/field.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Table } from '../../components/table/table.tsx';
import { Ago, Duration, Moment } from '../../components/time/time.tsx';
import { definePage, readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { triggerKey, triggerRowId } from '../triggers/words.ts';
import { loadHome, type HomeData } from './load.ts';
import { Welcome } from './welcome.tsx';

const chartDays = 30;

export const homePage = definePage<HomeData>({
  name: 'home',
  route: '/dashboards/:id?',
  also: ['/', '/home', '/welcome'],
  section: 'home',
  title: (data) => (data.welcome === undefined ? 'Overview' : 'Welcome'),
  actions: (data, place) => <Button {...(data.welcome === undefined ? { kind: 'primary' as const } : {})} icon="plus" href={to(place, '/flows/new')} disabled={readOnlyReason(place)}>{data.welcome === undefined ? 'Create flow' : 'Empty flow'}</Button>,
  load: loadHome,
  view: (data, place) => (data.welcome === undefined ? <Overview stats={data.stats} place={place} /> : <Welcome welcome={data.welcome} place={place} />),
});

export function Overview({ stats, place }: { readonly stats: StatsTopicState; readonly place: Place }) {
  const failed = rowsOf(stats.failed);
  const running = rowsOf(stats.running);
  const scheduled = rowsOf(stats.scheduled);
  const total = Object.values(stats.executionsByState).reduce((sum, count) => sum + count, 0);
  const count = (...states: readonly StateType[]): number => states.reduce((sum, state) => sum + (stats.executionsByState[state] ?? 0), 0);
  const ended = count('SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED');
  const share = (part: number): string => (ended === 0 ? '–' : `${Math.round((part / ended) * 1000) / 10}`);
  const days = daysOf(stats.daily, new Date(place.nowMs).toISOString().slice(0, 10), chartDays);
  const inDays = days.reduce((sum, day) => sum + Object.values(stats.daily[day] ?? {}).reduce((daySum, one) => daySum + (one ?? 0), 0), 0);
  const executionsOf = (query: string): string => `${to(place, '/executions')}?${query}`;
  return (
    <div class="page-pad" id="overview">
      <div class="panel figures">
        <a class="figure" href={executionsOf('state=SUCCESS')}><span class="name">Success</span><span class="value">{share(count('SUCCESS'))}<small>%</small></span></a>
        <a class="figure" href={executionsOf('state=FAILED')}><span class="name">Failure</span><span class="value">{share(count('FAILED'))}<small>%</small></span></a>
        <a class="figure" href={executionsOf('state=RUNNING,CREATED,QUEUED,RETRYING,RESTARTED,KILLING,PAUSED')}><span class="name">Running now</span><span class="value">{count('RUNNING', 'CREATED', 'RESTARTED', 'RETRYING', 'KILLING')}<small>{waitingWords(count('QUEUED'), count('PAUSED'))}</small></span></a>
        <a class="figure" href={to(place, '/executions')}><span class="name">Executions</span><span class="value">{grouped(total)}</span></a>
        <a class="figure" href={to(place, '/flows')}><span class="name">Flows</span><span class="value">{grouped(stats.flows)}<small>in {stats.namespaces} {stats.namespaces === 1 ? 'namespace' : 'namespaces'}</small></span></a>
        <a class="figure" href={to(place, '/admin/triggers')}><span class="name">Triggers</span><span class="value">{grouped(stats.triggers)}</span></a>
      </div>
      {failed.length === 0 ? null : (
        <Panel title="Needs someone" count={failed.length} alert more={{ text: 'All failed', href: executionsOf('state=FAILED,WARNING') }}>
          <Table id="failed-rows" label="Executions that need someone" columns={[{ title: 'State' }, { title: 'Flow' }, { title: 'Namespace', wide: true }, { title: 'Started', wide: true }, { title: 'When', end: true }, { title: 'Actions', silent: true }]}>
            {failed.map((row) => <FailedRow row={row} place={place} />)}
          </Table>
        </Panel>
      )}
      <div class="cols" data-cols="2-1">
        <Panel title="Executions per day" aside={<StateLegend states={['SUCCESS', 'WARNING', 'FAILED', 'RUNNING']} />}>
          <div class="panel-body">{inDays === 0 ? <Empty icon="executions" title="Nothing ran in these days"><p>Run a flow: its bar appears here as it ends.</p></Empty> : <DayChart daily={stats.daily} days={days} hrefOf={(day) => executionsOf(`startDate=${day}T00:00:00Z&endDate=${day}T23:59:59Z`)} />}</div>
        </Panel>
        <Panel title="By state" more={{ text: 'Executions', href: to(place, '/executions') }}>
          <div class="panel-body">{total === 0 ? <p class="dim">No executions yet.</p> : <StateCounts counts={stats.executionsByState} hrefOf={(state) => executionsOf(`state=${state}`)} />}</div>
        </Panel>
      </div>
      <div class="cols" data-cols="1-1">
        <Panel title="In progress" count={running.length} more={{ text: 'See all', href: executionsOf('state=RUNNING,CREATED,QUEUED,RETRYING,RESTARTED,KILLING,PAUSED') }}>
          {running.length === 0 ? <Empty icon="play" title="Nothing runs"><p>What starts appears here at once.</p></Empty> : (
            <Table id="running-rows" label="Executions in progress" columns={[{ title: 'Id' }, { title: 'Flow' }, { title: 'Duration', end: true }, { title: 'State' }]}>{running.map((row) => <RunningRow row={row} place={place} />)}</Table>
          )}
        </Panel>
        <Panel title="Next scheduled" more={{ text: 'Triggers', href: to(place, '/admin/triggers') }}>
          {scheduled.length === 0 ? <Empty icon="clock" title="Nothing is scheduled"><p>A flow with a Schedule trigger appears here with its next date.</p></Empty> : (
            <Table id="scheduled-rows" label="Next scheduled" columns={[{ title: 'On' }, { title: 'Trigger' }, { title: 'Flow' }, { title: 'Next', end: true }, { title: 'In', end: true, silent: true }]}>{scheduled.map((row) => <ScheduledRow row={row} place={place} />)}</Table>
          )}
        </Panel>
      </div>
    </div>
  );
}

function FailedRow({ row, place }: { readonly row: ExecutionHeader; readonly place: Place }) {
  const href = toExecution(place, row);
  return (
    <tr id={`failed-${row.id}`}>
      <td data-cell="side"><StatePill state={row.state.current} /></td>
      <td class="name-cell" data-cell="main"><a class="name" href={href}>{row.flowId}</a></td>
      <td class="wide"><span class="faint small">{row.namespace}</span></td>
      <td class="wide grow-cell"><span class="cut dim">{row.startedBy === undefined ? '' : `by ${row.startedBy}`}</span></td>
      <td class="end" data-cell="sub"><span class="faint small"><Ago at={row.state.endDate ?? row.state.startDate} nowMs={place.nowMs} zone={place.zone} /></span></td>
      <td class="end" data-cell="actions"><Button size="small" href={toExecution(place, row, 'logs')}>Look</Button></td>
    </tr>
  );
}

function RunningRow({ row, place }: { readonly row: ExecutionHeader; readonly place: Place }) {
  const href = toExecution(place, row);
  const state = row.state.current;
  return (
    <tr id={`running-${row.id}`}>
      <td><a class="id" href={href} title={row.id}>{row.id.slice(0, 8)}</a></td>
      <td class="cut-cell" data-cell="main"><a class="name" href={href} title={`${row.namespace}.${row.flowId}`}>{row.flowId}</a></td>
      <td class="end" data-cell="sub"><Duration startMs={Date.parse(row.state.startDate)} endMs={isTerminal(state) && row.state.endDate !== undefined ? Date.parse(row.state.endDate) : undefined} nowMs={place.nowMs} /></td>
      <td data-cell="side"><StatePill state={state} /></td>
    </tr>
  );
}

function ScheduledRow({ row, place }: { readonly row: Trigger; readonly place: Place }) {
  return (
    <tr id={`scheduled-${triggerRowId(row)}`}>
      <td data-cell="actions"><Switch on={!row.disabled && !row.sourceDisabled} label={`Trigger ${row.triggerId}`} action="switch" value={triggerKey(row)} disabled={row.sourceDisabled ? 'Its source says `disabled: true`' : readOnlyReason(place)} /></td>
      <td class="cut-cell" data-cell="main"><a class="name" href={toFlow(place, row.namespace, row.flowId, 'triggers')}>{row.triggerId}</a></td>
      <td class="cut-cell" data-cell="sub"><a class="mono dim" href={toFlow(place, row.namespace, row.flowId)}>{row.flowId}</a></td>
      <td class="end" data-cell="side">{row.nextExecutionDate === undefined ? null : <Moment at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} />}</td>
      <td class="end"><span class="faint small">{row.nextExecutionDate === undefined ? null : <Ago at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} />}</span></td>
    </tr>
  );
}

const grouped = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');
const waitingWords = (queued: number, paused: number): string => [queued > 0 ? `${queued} queued` : '', paused > 0 ? `${paused} paused` : ''].filter((words) => words !== '').join(', ');
