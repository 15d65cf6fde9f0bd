/** What is chosen in both runs, value by value; without a choice the runs themselves. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { LogLineView, logTimeText } from '../../logs/index.ts';
import { toLogs } from '../execution/addresses.ts';
import type { Place } from '../page.ts';
import { differencesOf, type ComparedRow, type ValueDifference } from './compare.ts';

const valuesShown = 100;
const linesShown = 8;

/** The lines of the chosen task run in each run; undefined while they are read. */
export interface ComparedLines {
  readonly a: readonly LogEntry[];
  readonly b: readonly LogEntry[];
}

export function ValueDiff({ values, empty }: { readonly values: readonly ValueDifference[]; readonly empty: string }) {
  if (values.length === 0) return <p class="faint small">{empty}</p>;
  const sorted = [...values.filter((value) => value.differs), ...values.filter((value) => !value.differs)];
  const same = values.filter((value) => !value.differs).length;
  const cell = (text: string | undefined, kind: string | undefined) => (text === undefined ? <span role="cell" class="faint">missing</span> : <span role="cell" class={kind} title={text}>{text}</span>);
  return (
    <>
      <div class="value-diff" role="table" aria-label="Values in A and B">
        <div role="row"><span class="head" role="columnheader">key</span><span class="head" role="columnheader">A</span><span class="head" role="columnheader">B</span></div>
        {sorted.slice(0, valuesShown).map((value) => <div role="row"><span class="key" role="rowheader" title={value.key}>{value.key}</span>{cell(value.a, value.differs ? 'old' : undefined)}{cell(value.b, value.differs ? 'new' : undefined)}</div>)}
      </div>
      <span class="small faint">{same} of {values.length} {values.length === 1 ? 'value is' : 'values are'} the same{values.length > valuesShown ? `; the first ${valuesShown} are shown` : ''}.</span>
    </>
  );
}

/** Lines whose words the other run does not have. */
function OnlyIn({ letter, own, other, place, href }: { readonly letter: 'A' | 'B'; readonly own: readonly LogEntry[]; readonly other: readonly LogEntry[]; readonly place: Place; readonly href: string }) {
  const words = new Set(other.map((line) => line.message));
  const only = own.filter((line) => !words.has(line.message));
  return (
    <section class="stack"><h3 class="row">Log, only in {letter}<span class="grow"></span><a class="link small" href={href}>All</a></h3>
      {only.length === 0 ? <p class="faint small">No line.</p> : <div class="log-box">{only.slice(-linesShown).map((line) => <LogLineView entry={line} timeText={(ms) => logTimeText(ms, place.zone)} task="" prefix={`compare-${letter}`} />)}</div>}
    </section>
  );
}

/** Without what the system writes: an id of its own is no difference. */
const ownLabels = (labels: readonly Label[]): Readonly<Record<string, string>> => Object.fromEntries(labels.filter((label) => !label.key.startsWith('system.')).map((label) => [label.key, label.value]));

export interface CompareDrawerProps {
  readonly a: ExecutionTopicState;
  readonly b: ExecutionTopicState;
  readonly row: ComparedRow | undefined;
  readonly lines: ComparedLines | undefined;
  readonly place: Place;
}

export function CompareDrawer({ a, b, row, lines, place }: CompareDrawerProps) {
  const [left, right] = [a.execution, b.execution];
  if (left === null || right === null) return <></>;
  if (row === undefined) {
    return (
      <>
        <div class="drawer-head"><h2>The runs</h2></div>
        <div class="drawer-body" tabindex={0}>
          <section class="stack"><h3>Inputs</h3><ValueDiff values={differencesOf(left.inputs, right.inputs)} empty="Neither was given any." /></section>
          <section class="stack"><h3>Outputs of the flow</h3><ValueDiff values={differencesOf(left.outputs, right.outputs)} empty="Neither gave any." /></section>
          <section class="stack"><h3>Labels</h3><ValueDiff values={differencesOf(ownLabels(left.labels), ownLabels(right.labels))} empty="Neither has any." /></section>
          <p class="faint small">Choose a row: its outputs and lines in both runs appear here. J goes to the next difference.</p>
        </div>
      </>
    );
  }
  const [runA, runB] = [row.a?.taskRun, row.b?.taskRun];
  return (
    <>
      <div class="drawer-head"><h2 class="mono cut" title={row.key}>{row.taskId}</h2>{row.value === undefined ? null : <span class="label cut">{row.value}</span>}<span class="grow"></span><span class="change-pair">{row.a === undefined ? <span class="faint small">only in B</span> : <StatePill state={row.a.state} />}{row.b === undefined ? <span class="faint small">only in A</span> : row.stateDiffers || row.a === undefined ? <StatePill state={row.b.state} /> : null}</span><Button kind="quiet" icon="close" action="compare-unselect" title="Close" /></div>
      <div class="drawer-body" tabindex={0}>
        <section class="stack"><h3>Outputs</h3><ValueDiff values={differencesOf(runA?.outputs, runB?.outputs)} empty="Neither gave any." /></section>
        {lines === undefined ? <p class="faint small">Reading the log…</p> : (
          <>
            {runA === undefined ? null : <OnlyIn letter="A" own={lines.a} other={lines.b} place={place} href={toLogs(place, left, { taskRunId: runA.id })} />}
            {runB === undefined ? null : <OnlyIn letter="B" own={lines.b} other={lines.a} place={place} href={toLogs(place, right, { taskRunId: runB.id })} />}
          </>
        )}
      </div>
      <div class="drawer-foot"><Button icon="arrow-down" action="compare-next" title="Key: J">Next difference</Button></div>
    </>
  );
}
