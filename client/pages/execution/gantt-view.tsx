/** The Gantt tab: toolbar, rows, the events below, and the chosen task run at the side. */
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { momentWords } from '../../components/time/words.ts';
import { EventsView, eventsOf, ganttOf, GanttToolbar, GanttView, isGrouping, shownMoment, spanOfRun, spanText, stateAt, type GanttModel, type GanttToolbarProps, type Grouping } from '../../gantt/index.ts';
import { logTimeText } from '../../logs/index.ts';
import { to, type Place } from '../page.ts';
import type { ExecutionData } from './load.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { TaskDrawer } from './task-drawer.tsx';

/** Rows in the first byte; the rest come with the first scroll. */
const firstRows = 60;
const firstEvents = 12;

export const rowTimeText = (place: Place) => (ms: number): string => momentWords(ms, place.nowMs, place.zone);

/** `?group=task&critical=true`: an address shows the Gantt as it was sent. */
export function ganttShapeOf(search: string): { readonly grouping: Grouping; readonly critical: boolean } {
  const query = new URLSearchParams(search);
  const group = query.get('group') ?? 'tree';
  return { grouping: isGrouping(group) ? group : 'tree', critical: query.get('critical') === 'true' };
}

/** `12 task runs, 3.6s`, or how far the shown moment is. */
export function ganttWords(model: Pick<GanttModel, 'total'>, state: ExecutionTopicState, atMs: number | undefined, nowMs: number): string {
  const { fromMs, toMs } = spanOfRun(state, nowMs);
  return `${model.total.toLocaleString('en-US')} task ${model.total === 1 ? 'run' : 'runs'}, ${atMs === undefined ? '' : `${spanText(atMs - fromMs)} of `}${spanText(toMs - fromMs)}`;
}

/** Where a choice of the second run begins. */
export const toCompare = (place: Pick<Place, 'tenant'>, executionId: string, other?: string): string => `${to(place, '/compare')}?a=${executionId}${other === undefined ? '' : `&b=${other}`}`;

export function GanttBar({ place, executionId, ...bar }: Omit<GanttToolbarProps, 'children'> & { readonly place: Place; readonly executionId: string }) {
  return <GanttToolbar {...bar}><Button kind="quiet" icon="split" href={toCompare(place, executionId)} wide>Compare with…</Button></GanttToolbar>;
}

export function GanttTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const atMs = shownMoment(data.state, place.search, place.nowMs);
  const shape = ganttShapeOf(place.search);
  const model = ganttOf(data.state, { nowMs: place.nowMs, collapsed: new Set(), timeText: rowTimeText(place), atMs, ...shape });
  const shown = stateAt(data.state, atMs);
  const events = eventsOf(data.state);
  const before = atMs === undefined ? events : events.filter((event) => event.atMs <= atMs);
  return (
    <div class="split" data-split="side" id="gantt-split">
      <section class="page gantt-page" data-fill aria-label="Gantt">
        <GanttBar {...shape} table={false} scaleMs={undefined} zoomed={false} words={ganttWords(model, data.state, atMs, place.nowMs)} place={place} executionId={data.state.execution?.id ?? ''} />
        <div id="gantt-empty" hidden={model.rows.length > 0}><Empty icon="clock" title="Nothing has begun yet"><p>Task runs appear here as soon as the first one is created.</p></Empty></div>
        <div id="gantt" data-owned=""><GanttView label="Task runs" rows={model.rows.slice(0, firstRows)} scale={model.scale} selected={undefined} marks={[]} first={0} total={model.rows.length} rowHeight={32} atMs={atMs} /></div>
        <div id="gantt-table" data-owned="" hidden></div>
        <details class="events-panel" open id="events-panel">
          <summary><Icon name="chevron-right" size={12} />Events <span class="count" id="events-count">{events.length}</span></summary>
          <div class="events" id="events" role="group" aria-label="Events, oldest first" data-owned=""><EventsView events={before.slice(-firstEvents)} first={0} total={Math.min(before.length, firstEvents)} rowHeight={28} selected={undefined} timeText={(ms) => logTimeText(ms, place.zone)} /></div>
        </details>
        <Legend />
      </section>
      <div class="splitter" role="separator" tabindex={0} aria-orientation="vertical" aria-label="Resize details" aria-valuemin={15} aria-valuemax={75} aria-valuenow={26} data-splits="gantt"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={shown} lines={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

function Legend() {
  return (
    <div class="gantt-legend" aria-hidden="true">
      <span><svg width="20" height="8"><line class="bar-queued" x1="0" x2="20" y1="4" y2="4" /></svg>waited</span>
      <span><svg width="20" height="8"><rect class="bar" data-state="SUCCESS" width="20" height="8" rx="2" /></svg>ran</span>
      <span><svg width="20" height="8"><rect class="bar" data-state="RUNNING" width="20" height="8" rx="2" /></svg>runs now</span>
      <span><svg width="20" height="8"><rect class="bar-retry" data-state="FAILED" width="20" height="8" rx="2" /></svg>an attempt that failed</span>
      <span><svg width="20" height="8"><line class="bar-gap" data-state="RETRYING" x1="0" x2="20" y1="4" y2="4" /></svg>between attempts</span>
      <span><svg width="20" height="8"><rect class="bar-outline" data-state="RUNNING" x="0.5" y="0.5" width="19" height="7" rx="2" /></svg>after the shown moment</span>
      <span><svg width="20" height="8"><rect class="critical" width="20" height="2" y="3" /></svg>critical path</span>
    </div>
  );
}
