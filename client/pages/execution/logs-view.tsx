/** The log of a run with its filters. */
import { isLogLevel, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { LogsTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { LogLevels, logTimeText, LogView } from '../../logs/index.ts';
import type { Place } from '../page.ts';
import { taskNameOf } from './failure.ts';
import type { ExecutionData } from './load.ts';

export const levelOfSearch = (search: string): LogLevel => {
  const wanted = new URLSearchParams(search).get('minLevel') ?? '';
  return isLogLevel(wanted) ? wanted : 'TRACE';
};
export const LevelsView = ({ logs, minLevel }: { readonly logs: LogsTopicState; readonly minLevel: LogLevel }) => <LogLevels counts={logs.counts} minLevel={minLevel} />;

export function LogsTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const execution = data.state.execution;
  return (
    <>
      <div class="toolbar log-toolbar">
        <div class="filterbar log-filter" role="search" aria-label="Filter log lines">
          <Icon name="search" />
          <select id="log-task" aria-label="Task run"><option value="">All task runs</option>{data.state.order.map((id) => <option value={id} selected={query.get('taskRunId') === id}>{taskNameOf(data.state, id)}</option>)}</select>
          <input id="log-search" type="search" aria-label="Search in messages" placeholder="Search in messages" autocomplete="off" value={query.get('q') ?? ''} />
        </div>
        <LogLevels counts={data.logs.counts} minLevel={levelOfSearch(place.search)} />
        <span class="toolbar-gap"></span>
        <span class="small faint num log-status" id="log-status" role="status"></span>
        <span class="row wide" data-gap="1"><Button kind="quiet" size="small" icon="link" action="log-link" title="Copy a link to the chosen line" />
        <Button kind="quiet" size="small" icon="chevron-up" action="log-top" title="To the first line" />
        <Button kind="quiet" size="small" icon="copy" action="log-copy" title="Copy the shown lines" /></span>
        <Button kind="quiet" size="small" icon="download" href={`/api/v1/${place.tenant}/logs/${execution?.id ?? ''}/download`} download="" title="Download the whole log" />
      </div>
      <div id="log-empty" hidden={data.logs.total > 0}><Empty icon="logs" title="No lines yet"><p>{execution !== null && isTerminal(execution.state.current) ? 'Nothing was logged by this run.' : 'Lines appear here as tasks write them.'}</p></Empty></div>
      <div class="log-wrap" id="log-view" data-owned="">
        <LogView label="Log lines" lines={data.logs.lines} timeText={(ms) => logTimeText(ms, place.zone)} taskName={(entry) => taskNameOf(data.state, entry.taskRunId)} />
        <button type="button" class="button log-tail" data-action="log-follow" id="log-tail" hidden><Icon name="arrow-down" /><span data-words="">Follow the end</span></button>
      </div>
    </>
  );
}
