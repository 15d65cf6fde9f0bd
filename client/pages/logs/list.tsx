/** Log lines of all executions, newest first; or of one flow (the flow page's tab). */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { SavedSearch } from '../../../core/protocol/entities/preferences.ts';
import { Button } from '../../components/button/button.tsx';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { pageOf, tagsOf, withFilter, withoutFilters } from '../../components/filter-bar/filters.ts';
import type { ListPreferences } from '../../components/list-settings/list-preferences.ts';
import { ListSettings } from '../../components/list-settings/list-settings.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { SavedSearches } from '../../components/saved-searches/saved-searches.tsx';
import { exactWords } from '../../components/time/words.ts';
import { plainText } from '../../logs/index.ts';
import { searchesOf } from '../list-searches.ts';
import { toExecution, toFlow, type Place } from '../page.ts';
import { logFields, logListOf } from './fields.ts';

export interface LogListData {
  readonly lines: readonly LogEntry[];
  readonly total: number;
  readonly namespaces: readonly string[];
  readonly settings: ListPreferences;
  readonly searches: readonly SavedSearch[];
  readonly flow?: { readonly namespace: string; readonly id: string };
}

export function LogList({ data, place }: { readonly data: LogListData; readonly place: Place }) {
  const { page, size } = pageOf(new URLSearchParams(place.search), data.settings.size);
  const ofFlow = data.flow !== undefined;
  const list = logListOf(ofFlow);
  return (
    <>
      <div class="toolbar">
        <FilterBar label="Filter log lines" path={place.path} search={place.search} fields={logFields(data.namespaces, ofFlow)} zone={place.zone} />
        <SavedSearches searches={searchesOf(list, data.searches)} place={place} />
        <Button kind="quiet" icon="replay" action="refresh" title="Read the newest lines" />
        <ListSettings chart={data.settings.chart} live={data.settings.live} />
      </div>
      <div class="page-pad">
        {data.settings.chart ? <section class="panel chart-panel" id="log-chart" aria-label="Log lines over time" aria-busy="true"><p class="faint small">Counting…</p></section> : null}
        <section class="panel" aria-label="Log lines">
          <div id="log-lines"><LogLines data={data} place={place} /></div>
          <div id="log-pager"><Pager path={place.path} search={place.search} page={page} size={size} total={data.total} /></div>
        </section>
      </div>
    </>
  );
}

/** The lines, without what stands around them. */
export function LogLines({ data, place }: { readonly data: Pick<LogListData, 'lines' | 'namespaces' | 'flow'>; readonly place: Place }) {
  const ofFlow = data.flow !== undefined;
  if (data.lines.length > 0) return <div class="log-list" role="log" aria-live="off" aria-label="Log lines, newest first" data-flow={ofFlow ? '' : undefined}>{data.lines.map((line) => <FoundLine line={line} place={place} ofFlow={ofFlow} />)}</div>;
  const fields = logFields(data.namespaces, ofFlow);
  const everything = `${place.path}${withoutFilters(place.search, fields)}`;
  const tags = tagsOf(place.search, fields);
  if (tags.some((tag) => tag.isPreset !== true)) return <Empty icon="filter" title="No line fits these filters"><p>Lower the level, or widen the time.</p><Button href={everything}>Clear filters</Button></Empty>;
  return <Empty icon="logs" title={tags.length > 0 ? 'Nothing was logged in the last 7 days' : 'Nothing has been logged yet'}><p>Lines of every run appear here, newest first.</p>{tags.length > 0 ? <a class="link" href={everything}>Look at all times and levels</a> : null}</Empty>;
}

const namespaceField = { name: 'namespace', title: 'namespace', comparator: 'starts with' } as const;

export function FoundLine({ line, place, ofFlow }: { readonly line: LogEntry; readonly place: Place; readonly ofFlow: boolean }) {
  const at = Date.parse(line.timestamp);
  const { namespace, flowId, executionId, position } = line;
  const source = line.taskId ?? line.triggerId;
  return (
    <div class="log-line" data-level={line.level}>
      <span class="readers"></span>
      <span class="level" title={line.level}>{line.level.slice(0, 1)}<span class="hidden-text">{line.level.slice(1)}</span></span>
      <time datetime={line.timestamp} title={line.timestamp}>{exactWords(at, place.zone).slice(0, 19)}</time>
      <span class="task found-meta">
        {ofFlow ? null : <><a class="faint" href={`${place.path}${withFilter(place.search, namespaceField, namespace)}`} title={`Only namespace ${namespace}`}>{namespace}</a><a href={toFlow(place, namespace, flowId)} title={`Flow ${namespace}.${flowId}`}>{flowId}</a></>}
        {executionId === undefined ? null : <a class="id" href={`${toExecution(place, { namespace, flowId, id: executionId }, 'logs')}${position === undefined ? '' : `?line=${position}`}`} title={`Execution ${executionId}: this line`}>{executionId.slice(0, 8)}</a>}
        {source === undefined ? null : <span class="cut" title={line.taskId === undefined ? `Trigger ${source}` : `Task ${source}`}>{source}</span>}
      </span>
      <span class="message">{plainText(line.message)}</span>
    </div>
  );
}
