/** The log of a run with its filters, by time or by task run. */
import { logLevels, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../../core/protocol/topics.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { Duration } from '../../components/time/time.tsx';
import { LogLevels, logTimeText, LogView } from '../../logs/index.ts';
import { iconOfType } from '../../topology/index.ts';
import { refusalOf } from '../executions/allowed.ts';
import { readOnlyReason, type Place } from '../page.ts';
import { taskNameOf } from './failure.ts';
import { levelOf, logChoices, logForms, openChoices, type LogForm, type OpenChoice } from './log-choices.ts';
import type { ExecutionData } from './load.ts';
import type { Colleague } from './people.ts';

export const LevelsView = ({ logs, minLevel, cursor }: { readonly logs: LogsTopicState; readonly minLevel: LogLevel; readonly cursor?: LogLevel | undefined }) => <LogLevels counts={logs.counts} minLevel={minLevel} cursor={cursor} />;

const formTitles: Readonly<Record<LogForm, string>> = { time: 'By time', task: 'By task' };
const openTitles: Readonly<Record<OpenChoice, string>> = { all: 'All open at first', failed: 'Only failed open at first', none: 'All closed at first' };

/** The same log as a file, through the same filter. */
export function downloadAddress(place: Pick<Place, 'tenant'>, executionId: string, filter: { readonly minLevel: LogLevel; readonly taskRunId?: string | undefined; readonly q?: string | undefined }): string {
  const query = new URLSearchParams();
  if (filter.minLevel !== 'TRACE') query.set('minLevel', filter.minLevel);
  if (filter.taskRunId !== undefined && filter.taskRunId !== '') query.set('taskRunId', filter.taskRunId);
  if (filter.q !== undefined && filter.q !== '') query.set('q', filter.q);
  const text = query.toString();
  return `/api/v1/${place.tenant}/logs/${executionId}/download${text === '' ? '' : `?${text}`}`;
}

export function LogForms({ form, open }: { readonly form: LogForm; readonly open: OpenChoice }) {
  return (
    <span class="row" id="log-forms" data-gap="1">
      <span class="segmented" role="group" aria-label="Order of lines">{logForms.map((one) => <button type="button" data-action="log-form" data-value={one} aria-pressed={one === form ? 'true' : 'false'}>{formTitles[one]}</button>)}</span>
      {form === 'time' ? null : (
        <>
          <Button kind="quiet" size="small" icon="expand" action="log-open-all" title="Expand all" />
          <Button kind="quiet" size="small" icon="minus" action="log-close-all" title="Collapse all" />
          <span class="input wide" data-quiet=""><select id="log-open" aria-label="Which task runs are open at first">{openChoices.map((one) => <option value={one} selected={one === open}>{openTitles[one]}</option>)}</select></span>
        </>
      )}
    </span>
  );
}

/** Offered when another level is shown than logs are opened with. */
export function LevelDefault({ minLevel, kept }: { readonly minLevel: LogLevel; readonly kept: LogLevel }) {
  return <span class="wide" id="log-level-default">{minLevel === kept ? null : <Button kind="quiet" size="small" icon="save-view" action="log-level-keep" title={`Open logs with ${minLevel === 'TRACE' ? 'all levels' : `${levelWord(minLevel)} and above`} from now on`} />}</span>;
}

/** Colleagues who stand on a line: a click goes there. */
export function LogReaders({ colleagues }: { readonly colleagues: readonly Colleague[] }) {
  const there = colleagues.filter((one) => one.line !== undefined);
  return <span class="row log-readers" id="log-readers" data-gap="1">{there.slice(0, 5).map((one) => <button type="button" class="log-reader" data-action="log-show" data-value={String(one.line)} title={`${one.name} reads line ${(one.line ?? 0) + 1}: go there`} aria-label={`To the line that ${one.name} reads`}><Avatar who={one} size={20} /></button>)}</span>;
}

export interface GroupHeadProps {
  readonly state: ExecutionTopicState;
  readonly taskRunId: string;
  readonly open: boolean;
  readonly attempt: number | undefined;
  readonly types: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** The line of a task run in the log by task. */
export function GroupHead({ state, taskRunId, open, attempt, types, nowMs }: GroupHeadProps) {
  const taskRun = state.taskRuns[taskRunId];
  if (taskRun === undefined) return <div class="log-group"></div>;
  const type = types.get(taskRun.taskId);
  const attempts = taskRun.attempts ?? [];
  const startMs = Date.parse(attempts[0]?.state.startDate ?? taskRun.state.startDate);
  const endMs = taskRun.state.endDate === undefined ? undefined : Date.parse(taskRun.state.endDate);
  return (
    <div class="log-group" role="group" aria-label={taskNameOf(state, taskRunId)}>
      <button type="button" class="log-fold" data-action="log-fold" data-value={taskRunId} aria-expanded={open ? 'true' : 'false'} aria-controls={`log-lines-${taskRunId}`}>
        <Icon name={open ? 'chevron-down' : 'chevron-right'} size={14} />{type === undefined ? null : <Icon name={iconOfType(type)} size={14} />}<span class="mono cut">{taskRun.taskId}</span>{taskRun.value === undefined ? null : <span class="label cut">{taskRun.value}</span>}
      </button>
      <span class="grow"></span>
      {attempts.length < 2 ? null : <span class="input" data-quiet=""><select data-attempt-of={taskRunId} aria-label={`Attempt of ${taskRun.taskId}`}><option value="" selected={attempt === undefined}>{attempts.length} attempts</option>{attempts.map((one, index) => <option value={String(index)} selected={index === attempt}>Attempt {index + 1}: {stateWord(one.state.current).toLowerCase()}</option>)}</select></span>}
      <Duration startMs={startMs} endMs={endMs} nowMs={nowMs} title={`From ${taskRun.state.startDate}${taskRun.state.endDate === undefined ? '' : ` to ${taskRun.state.endDate}`}`} />
      <StatePill state={taskRun.state.current} />
      <Button kind="quiet" size="small" icon="more" action="log-task-menu" value={taskRunId} title={`Actions for ${taskRun.taskId}`} />
    </div>
  );
}

const levelWord = (level: LogLevel): string => level.charAt(0) + level.slice(1).toLowerCase();

export function LogsTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const execution = data.state.execution;
  const choices = data.logChoices ?? logChoices({});
  const minLevel = levelOf(place.search, choices);
  const state = execution?.state.current ?? 'SUCCESS';
  const canRestart = execution !== null && isTerminal(state) && refusalOf('restart', state) === undefined;
  return (
    <>
      <div class="toolbar log-toolbar">
        <div class="filterbar log-filter" role="search" aria-label="Filter log lines">
          <Icon name="search" />
          <select id="log-task" aria-label="Task run"><option value="">All task runs</option>{data.state.order.map((id) => <option value={id} selected={query.get('taskRunId') === id}>{taskNameOf(data.state, id)}</option>)}</select>
          <select id="log-level" aria-label="Lowest level">{logLevels.map((level) => <option value={level} selected={level === minLevel}>{level === 'TRACE' ? 'All levels' : level === 'ERROR' ? 'Errors only' : `${levelWord(level)} and above`}</option>)}</select>
          <input id="log-search" type="search" aria-label="Search in messages" placeholder="Search in messages" autocomplete="off" value={query.get('q') ?? ''} />
        </div>
        <LogLevels counts={data.logs.counts} minLevel={minLevel} />
        <LogForms form={choices.form} open={choices.open} />
        <LevelDefault minLevel={minLevel} kept={choices.level} />
        <span class="toolbar-gap"></span>
        <LogReaders colleagues={[]} />
        <span class="small faint num log-status" id="log-status" role="status"></span>
        <span class="row" data-gap="1">
          {canRestart ? <Button kind="quiet" size="small" icon="replay" action="restart" title="Restart from where it failed" disabled={readOnlyReason(place)} /> : null}
          <span class="row wide" data-gap="1"><Button kind="quiet" size="small" icon="link" action="log-link" title="Copy a link to the chosen line" />
          <Button kind="quiet" size="small" icon="chevron-up" action="log-top" title="To the first line" /></span>
          <Button kind="quiet" size="small" icon="copy" action="log-copy" title="Copy the log" />
          <a class="button" id="log-download" data-kind="quiet" data-size="small" data-only="icon" href={downloadAddress(place, execution?.id ?? '', { minLevel, taskRunId: query.get('taskRunId') ?? '', q: query.get('q') ?? '' })} download="" title="Download what the filter shows" aria-label="Download what the filter shows"><Icon name="download" /></a>
        </span>
      </div>
      <div id="log-empty" hidden={data.logs.total > 0}><Empty icon="logs" title="No lines yet"><p>{execution !== null && isTerminal(execution.state.current) ? 'Nothing was logged by this run.' : 'Lines appear here as tasks write them.'}</p></Empty></div>
      <div class="log-wrap" id="log-view" data-owned="">
        <LogView label="Log lines" lines={data.logs.lines} timeText={(ms) => logTimeText(ms, place.zone)} taskName={(entry) => taskNameOf(data.state, entry.taskRunId)} />
        <div class="log-map" id="log-map"></div>
        <button type="button" class="button log-tail" data-action="log-follow" id="log-tail" hidden><Icon name="arrow-down" /><span data-words="">Follow the end</span></button>
      </div>
    </>
  );
}
