/** The executions of the list as bars over time, a lane a flow. Each bar leads to its execution, each lane to the flow's own list; the table is the same as text. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { withFilter } from '../../components/filter-bar/filters.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { durationWords, exactWords, momentWords } from '../../components/time/words.ts';
import { toExecution, type Place } from '../page.ts';
import { lanesOf } from './lanes.ts';

const lineHeight = 14;
const lanePad = 8;
/** Two lines of text beside it. */
const laneHeightMin = 44;

export function Timeline({ rows, place, ofFlow }: { readonly rows: readonly ExecutionHeader[]; readonly place: Place; readonly ofFlow: boolean }) {
  const { fromMs, toMs, lanes, ticks } = lanesOf(rows, place.nowMs);
  const x = (atMs: number): number => Math.round(((atMs - fromMs) / (toMs - fromMs)) * 10_000) / 100;
  return (
    <div class="timeline" role="list" aria-label="Executions over time, by flow">
      <div class="timeline-head" aria-hidden="true"><span></span><svg width="100%" height="20">{ticks.map((at) => <text class="axis" x={`${x(at)}%`} y="14" text-anchor={x(at) > 94 ? 'end' : x(at) < 3 ? 'start' : 'middle'}>{momentWords(at, place.nowMs, place.zone)}</text>)}</svg></div>
      {lanes.map((lane) => {
        const height = Math.max(laneHeightMin, lane.lines * lineHeight + lanePad);
        const pad = (height - lane.lines * lineHeight) / 2;
        return (
          <div class="timeline-lane" role="listitem" id={`lane-${lane.namespace}-${lane.flowId}`.replaceAll('.', '-')}>
            <a class="timeline-name" href={ofFlow ? place.path : `${place.path}${withFilter(withFilter(place.search, flowField, lane.flowId), namespaceField, lane.namespace)}`} title={`Only ${lane.namespace}.${lane.flowId}`}><span class="cut mono">{lane.flowId}</span><span class="cut faint small">{lane.namespace}</span></a>
            <svg class="chart" width="100%" height={height} role="group" aria-label={`${lane.flowId}: ${lane.bars.length} ${lane.bars.length === 1 ? 'execution' : 'executions'}`}>
              {ticks.map((at) => <line class="grid" x1={`${x(at)}%`} x2={`${x(at)}%`} y1="0" y2={height} />)}
              {lane.bars.map((bar) => {
                const words = `${lane.flowId} ${bar.id.slice(0, 8)}, ${stateWord(bar.state)}, ${exactWords(bar.startMs, place.zone).slice(0, 19)}, ${durationWords(bar.endMs - bar.startMs)}`;
                const width = Math.max(0.25, x(bar.endMs) - x(bar.startMs));
                return (
                  <a href={toExecution(place, bar)} id={`bar-${bar.id}`} aria-label={words}>
                    <title>{words}</title>
                    <rect class="hit" x={`${Math.min(x(bar.startMs), 99)}%`} y={pad + bar.line * lineHeight} width={`${Math.max(1, width)}%`} height={lineHeight} />
                    <rect data-state={bar.state} data-live={bar.isLive ? '' : undefined} x={`${Math.min(x(bar.startMs), 99.75)}%`} y={pad + bar.line * lineHeight + 2} width={`${width}%`} height={lineHeight - 4} rx="2" />
                  </a>
                );
              })}
            </svg>
          </div>
        );
      })}
    </div>
  );
}

const flowField = { name: 'flowId', title: 'flow', comparator: 'is' } as const;
const namespaceField = { name: 'namespace', title: 'namespace', comparator: 'starts with' } as const;
