/** Two runs compared: what differs in figures, their task runs on one time, and the values of what is chosen side by side. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { Button } from '../../components/button/button.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration, Moment } from '../../components/time/time.tsx';
import { spanText } from '../../gantt/index.ts';
import { definePage, to, toExecution, toFlow, type Place } from '../page.ts';
import { compared, type ComparedRow, type Comparison } from './compare.ts';
import { CompareDrawer } from './drawer.tsx';
import { loadCompare, type CompareData } from './load.ts';
import { CompareRows, signedSpan, type Alignment } from './rows.tsx';

/** Rows in the first byte; the rest come with the first scroll. */
const firstRows = 40;
export const rowHeight = 40;

export interface CompareShape {
  readonly align: Alignment;
  readonly only: boolean;
}
export function shapeOf(search: string): CompareShape {
  const query = new URLSearchParams(search);
  return { align: query.get('align') === 'task' ? 'task' : 'start', only: query.get('only') === 'differs' };
}
export const shownRows = (comparison: Comparison, { only }: CompareShape): readonly ComparedRow[] => (only ? comparison.rows.filter((row) => row.differs) : comparison.rows);
export const toComparison = (place: Pick<Place, 'tenant'>, a: string, b?: string): string => `${to(place, '/compare')}?a=${a}${b === undefined ? '' : `&b=${b}`}`;

function Side({ letter, execution, place }: { readonly letter: 'A' | 'B'; readonly execution: ExecutionHeader; readonly place: Place }) {
  const startMs = Date.parse(execution.state.startDate);
  return (
    <>
      <span class="run-letter" data-run={letter}>{letter}</span>
      <div class="stack grow">
        <span class="row"><a class="mono-title" href={toExecution(place, execution)}>{execution.id.slice(0, 8)}</a><StatePill state={execution.state.current} /><Duration startMs={startMs} endMs={execution.state.endDate === undefined ? undefined : Date.parse(execution.state.endDate)} nowMs={place.nowMs} /></span>
        <span class="small faint cut"><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} />, {execution.flowRevision === 0 ? 'a draft' : `revision ${execution.flowRevision}`}, by {execution.startedBy ?? 'nobody known'}</span>
      </div>
    </>
  );
}

export function CompareHead({ a, b, place }: { readonly a: ExecutionHeader; readonly b: ExecutionHeader; readonly place: Place }) {
  return (
    <div class="runs-head" id="compare-head" role="group" aria-label="The two runs">
      <Side letter="A" execution={a} place={place} />
      <Side letter="B" execution={b} place={place} />
      <span class="row"><Button kind="quiet" icon="sort" href={toComparison(place, b.id, a.id)}>Swap</Button><Button kind="quiet" icon="search" href={toComparison(place, a.id)}>Another B</Button></span>
    </div>
  );
}

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

export function CompareFigures({ comparison, a, b, place }: { readonly comparison: Comparison; readonly a: ExecutionHeader; readonly b: ExecutionHeader; readonly place: Place }) {
  const { figures } = comparison;
  const attempts = figures.attempts;
  return (
    <dl class="figures compare-figures" id="compare-figures">
      <div class="figure"><dt>Duration</dt><dd class="value">{signedSpan(comparison.spanB - comparison.spanA)}<small>{spanText(comparison.spanA)} to {spanText(comparison.spanB)}</small></dd></div>
      <div class="figure"><dt>State</dt><dd class="value">{figures.states}<small>{plural(figures.states, 'task run differs', 'task runs differ')}</small></dd></div>
      <div class="figure"><dt>Attempts</dt><dd class="value">{attempts > 0 ? `+${attempts}` : String(attempts).replace('-', '−')}<small>in B</small></dd></div>
      <div class="figure"><dt>Only in one</dt><dd class="value">{figures.onlyA + figures.onlyB}<small>{figures.onlyA} in A, {figures.onlyB} in B</small></dd></div>
      <div class="figure"><dt>Outputs</dt><dd class="value">{figures.outputsDiffer}<small>{plural(figures.outputsDiffer, 'value differs', 'values differ')}, {figures.outputsSame} same</small></dd></div>
      <div class="figure"><dt>Flow</dt><dd class="value">{a.flowRevision === b.flowRevision ? <>{b.flowRevision}<small>the same</small></> : <>{a.flowRevision}<small>to {b.flowRevision}, <a class="link" href={toFlow(place, b.namespace, b.flowId, 'revisions')}>revisions</a></small></>}</dd></div>
    </dl>
  );
}

export function CompareToolbar({ shape, comparison }: { readonly shape: CompareShape; readonly comparison: Comparison }) {
  const differ = comparison.rows.filter((row) => row.differs).length;
  return (
    <div class="toolbar" id="compare-toolbar" role="toolbar" aria-label="Comparison">
      <div class="segmented" role="group" aria-label="Times begin">
        <button type="button" data-action="compare-align" data-value="start" aria-pressed={shape.align === 'start'}>From the start</button>
        <button type="button" data-action="compare-align" data-value="task" aria-pressed={shape.align === 'task'}>Each task</button>
      </div>
      <Button kind="quiet" icon="filter" action="compare-only" pressed={shape.only}>Only what differs</Button>
      <span class="toolbar-gap"></span>
      <span class="small faint num wide">{differ} of {comparison.rows.length} {plural(comparison.rows.length, 'row differs', 'rows differ')}</span>
      <span class="gantt-legend wide" aria-hidden="true"><span><svg width="20" height="8"><rect class="bar" data-state="SUCCESS" width="20" height="8" rx="2" /></svg>A</span><span><svg width="20" height="8"><rect class="bar-b" data-state="SUCCESS" x="1" y="1" width="18" height="6" rx="2" /></svg>B</span></span>
    </div>
  );
}

/** A smaller difference of two runs needs no explanation. */
const waitedMs = 500;

/** The largest shares of the difference, in words. */
export function CompareReasons({ comparison }: { readonly comparison: Comparison }) {
  const { reasons } = comparison;
  const delta = comparison.spanB - comparison.spanA;
  return (
    <div class="gantt-legend row" id="compare-reasons">{reasons.length === 0 ? <span class="small faint">{Math.abs(delta) < waitedMs ? 'No task run takes much longer or shorter.' : `${signedSpan(delta)}, and no task run explains it: it is the waiting between them.`}</span> : (
      <span class="small dim"><b>{signedSpan(delta)}:</b> {reasons.map((row, index) => <>{index === 0 ? '' : ', '}<span class="mono">{row.taskId}{row.value === undefined ? '' : ` ${row.value}`}</span> {row.a === undefined ? `only in B, ${spanText(row.b?.spanMs ?? 0)}` : row.b === undefined ? `only in A, ${spanText(row.a.spanMs ?? 0)}` : signedSpan(row.deltaMs ?? 0)}</>)}.</span>
    )}</div>
  );
}

function Choose({ a, others, place }: { readonly a: ExecutionHeader; readonly others: readonly ExecutionHeader[]; readonly place: Place }) {
  return (
    <div class="page-pad compare-choose">
      <section class="panel" aria-label="Choose the second run">
        <div class="panel-head"><h2>Compare {a.id.slice(0, 8)} with…</h2></div>
        {others.length === 0 ? <Empty icon="executions" title="No other run of this flow"><p>Give the id of any execution below.</p></Empty> : (
          <table class="table"><thead><tr><th>Execution</th><th>State</th><th>Started</th><th class="end">Duration</th><th class="wide">Revision</th></tr></thead><tbody>
            {others.map((one) => (
              <tr>
                <td class="mono" data-cell="main"><a class="link" href={toComparison(place, a.id, one.id)}>{one.id.slice(0, 8)}</a></td><td data-cell="side"><StatePill state={one.state.current} /></td>
                <td><Moment at={one.state.startDate} nowMs={place.nowMs} zone={place.zone} /></td><td class="end"><Duration startMs={Date.parse(one.state.startDate)} endMs={one.state.endDate === undefined ? undefined : Date.parse(one.state.endDate)} nowMs={place.nowMs} /></td><td class="wide num">{one.flowRevision}</td>
              </tr>
            ))}
          </tbody></table>
        )}
        <form class="panel-body row" method="get" action={to(place, '/compare')}><input type="hidden" name="a" value={a.id} /><label class="row grow"><span class="small dim">Another execution</span><span class="input grow"><input name="b" required placeholder="its id" autocomplete="off" spellcheck={false} class="mono" /></span></label><button class="button" type="submit">Compare</button></form>
      </section>
    </div>
  );
}

function CompareView({ data, place }: { readonly data: CompareData; readonly place: Place }) {
  const a = data.a.execution;
  const b = data.b?.execution;
  if (a === null) return <Empty icon="search" title="This execution is gone"><p>Somebody has deleted it.</p></Empty>;
  if (data.b === undefined || b === null || b === undefined) return <Choose a={a} others={data.others} place={place} />;
  const shape = shapeOf(place.search);
  const comparison = compared(data.a, data.b, place.nowMs);
  const rows = shownRows(comparison, shape);
  return (
    <>
      <CompareHead a={a} b={b} place={place} />
      <CompareFigures comparison={comparison} a={a} b={b} place={place} />
      <div class="split" data-split="side" id="compare-split">
        <section class="page gantt-page" data-fill aria-label="Task runs of both">
          <CompareToolbar shape={shape} comparison={comparison} />
          <div id="compare-rows" data-owned=""><CompareRows rows={rows.slice(0, firstRows)} first={0} total={rows.length} rowHeight={rowHeight} spanMs={comparison.spanMs} align={shape.align} selected={undefined} marks={[]} /></div>
          <CompareReasons comparison={comparison} />
        </section>
        <div class="splitter" role="separator" tabindex={0} aria-orientation="vertical" aria-label="Resize details" aria-valuemin={15} aria-valuemax={75} aria-valuenow={26} data-splits="compare"></div>
        <aside class="drawer" id="compare-drawer" aria-label="In both runs"><CompareDrawer a={data.a} b={data.b} row={undefined} lines={undefined} place={place} /></aside>
      </div>
    </>
  );
}

export const comparePage = definePage<CompareData>({
  name: 'compare',
  route: '/compare',
  section: 'executions',
  fill: true,
  rail: 'narrow',
  title: () => 'Compare runs',
  crumbs: (data, place) => (data.a.execution === null ? [] : [{ text: 'Executions', href: to(place, '/executions') }, { text: data.a.execution.flowId, href: toFlow(place, data.a.execution.namespace, data.a.execution.flowId, 'executions') }]),
  actions: (data) => (data.b === undefined ? <></> : <Button icon="link" action="compare-link">Copy link</Button>),
  load: loadCompare,
  view: (data, place) => <CompareView data={data} place={place} />,
});
