/** Log lines of all executions, newest first; or of one flow (the flow page's tab). */
import { logLevels, type LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, timeRanges, type FilterField } from '../../components/filter-bar/filters.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { exactWords } from '../../components/time/words.ts';
import { toExecution, toFlow, type Place } from '../page.ts';

export interface LogListData {
  readonly lines: readonly LogEntry[];
  readonly total: number;
  readonly namespaces: readonly string[];
  readonly flow?: { readonly namespace: string; readonly id: string };
}

const fields = (namespaces: readonly string[], ofFlow: boolean): readonly FilterField[] => [
  { name: 'minLevel', title: 'level', comparator: 'at least', options: [...logLevels].reverse().map((level) => ({ value: level, text: level })) },
  ...(ofFlow ? [] : [
    { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaces.map((name) => ({ value: name, text: name })) },
    { name: 'flowId', title: 'flow', comparator: 'is', placeholder: 'its id' },
  ]),
  { name: 'timeRange', title: 'time', comparator: 'in', options: timeRanges },
];

export function LogList({ data, place }: { readonly data: LogListData; readonly place: Place }) {
  const { page, size } = pageOf(new URLSearchParams(place.search));
  const ofFlow = data.flow !== undefined;
  const filtered = /(^|[?&])(q|minLevel|namespace|flowId|timeRange)=/.test(place.search);
  return (
    <>
      <div class="toolbar">
        <FilterBar label="Filter log lines" path={place.path} search={place.search} fields={fields(data.namespaces, ofFlow)} />
        <Button kind="quiet" icon="replay" action="refresh" title="Read the newest lines" />
      </div>
      <div class="page-pad">
        <section class="panel" aria-label="Log lines">
          {data.lines.length === 0 ? (
            filtered ? <Empty icon="filter" title="No line fits these filters"><p>Lower the level, or widen the time.</p><Button href={place.path}>Clear filters</Button></Empty>
              : <Empty icon="logs" title="Nothing has been logged yet"><p>Lines of every run appear here, newest first.</p></Empty>
          ) : (
            <div class="log-list" role="log" aria-live="off" aria-label="Log lines, newest first">{data.lines.map((line) => <FoundLine line={line} place={place} ofFlow={ofFlow} />)}</div>
          )}
          <Pager path={place.path} search={place.search} page={page} size={size} total={data.total} />
        </section>
      </div>
    </>
  );
}

function FoundLine({ line, place, ofFlow }: { readonly line: LogEntry; readonly place: Place; readonly ofFlow: boolean }) {
  const at = Date.parse(line.timestamp);
  const href = line.executionId === undefined ? toFlow(place, line.namespace, line.flowId, 'logs') : `${toExecution(place, { namespace: line.namespace, flowId: line.flowId, id: line.executionId }, 'logs')}${line.position === undefined ? '' : `?line=${line.position}`}`;
  return (
    <div class="log-line" data-level={line.level}>
      <span class="readers"></span>
      <span class="level" title={line.level}>{line.level.slice(0, 1)}<span class="hidden-text">{line.level.slice(1)}</span></span>
      <time datetime={line.timestamp} title={line.timestamp}>{exactWords(at, place.zone).slice(0, 19)}</time>
      <a class="task" href={href} title={`${line.namespace}.${line.flowId}${line.taskId === undefined ? '' : ` ${line.taskId}`}`}>{ofFlow ? line.taskId ?? line.triggerId ?? '' : line.flowId}{ofFlow || line.taskId === undefined ? '' : ` › ${line.taskId}`}</a>
      <span class="message">{line.message}</span>
    </div>
  );
}
