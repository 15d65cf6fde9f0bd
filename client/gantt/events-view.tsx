/** The list of events under the Gantt; only the rows in view are in the page. */
import { Icon } from '../components/icon/icon.tsx';
import type { IconName } from '../theme/icons.ts';
import type { RunEvent } from './events.ts';

export interface EventsProps {
  readonly events: readonly RunEvent[];
  readonly first: number;
  readonly total: number;
  readonly rowHeight: number;
  readonly selected: string | undefined;
  /** What came after this moment is dimmed. */
  readonly atMs?: number | undefined;
  readonly timeText: (ms: number) => string;
}

export function EventsView({ events, first, total, rowHeight, selected, atMs, timeText }: EventsProps) {
  return (
    <>
      <svg class="gantt-space" width="1" height={first * rowHeight} aria-hidden="true" />
      {events.map((event) => (
        <button type="button" class="event" id={`event-${event.id}`} data-event={event.taskRunId ?? ''} data-at={event.atMs} data-after={atMs !== undefined && event.atMs > atMs ? '' : undefined} aria-current={event.taskRunId !== undefined && event.taskRunId === selected ? 'true' : undefined}>
          <time datetime={new Date(event.atMs).toISOString()}>{timeText(event.atMs)}</time>
          <Icon name={`state-${event.state.toLowerCase()}` as IconName} size={14} class="state-icon" state={event.state} />
          <span class="mono">{event.name}</span>
          <span>{event.what}</span>
          <span class="detail wide">{event.detail}</span>
        </button>
      ))}
      <svg class="gantt-space" width="1" height={Math.max(0, total - first - events.length) * rowHeight} aria-hidden="true" />
    </>
  );
}
