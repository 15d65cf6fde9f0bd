/** The calendar stays true: a trigger that changes, starts or is switched draws it again, for everybody who looks. */
import { triggers } from '../../../../core/protocol/operations/index.ts';
import { topicOf, type TriggersTopicState } from '../../../../core/protocol/topics.ts';
import { mountFilterInput } from '../../../components/filter-bar/filter-input.ts';
import { draw } from '../../../components/live/live.ts';
import { topicFilter, triggerQuery } from '../../list-query.ts';
import type { PageRun } from '../../behaviour.ts';
import { triggerActions } from '../actions.ts';
import { triggerKey } from '../words.ts';
import { calendarInput, shownDays, type CalendarData } from './load.ts';
import { CalendarGrid, SwitchedOff } from './view.tsx';

/** Changes of this time are asked for together. */
const restMs = 500;
/** The present hour is marked; it moves on. */
const minuteMs = 60_000;

export function mountCalendar(run: PageRun<unknown>, first: CalendarData): void {
  let data = first;
  const { app } = run;
  run.own(mountFilterInput(run.root, app.go));
  const paint = (): void => {
    const [grid, off] = [run.root.querySelector('#trigger-calendar'), run.root.querySelector('#trigger-off')];
    const place = run.place();
    if (grid !== null) draw(grid, CalendarGrid({ data, place }));
    if (off !== null) draw(off, SwitchedOff({ data, place }));
  };
  let cancel: (() => void) | undefined;
  run.own(() => cancel?.());
  const again = async (): Promise<void> => {
    cancel = undefined;
    const place = run.place();
    const query = new URLSearchParams(place.search);
    const { days, endMs } = shownDays(query, place.zone, place.nowMs);
    data = { ...data, days, calendar: await run.call(triggers.triggersCalendar, calendarInput(query, days, endMs)) };
    paint();
  };
  const filter = triggerQuery(new URLSearchParams(run.place().search));
  run.live<TriggersTopicState>(topicOf.triggers(topicFilter({ ...filter, page: 1, size: 1000 })), () => {
    cancel ??= app.timers.after(restMs, () => { again().catch((error: unknown) => app.toasts.failed(error)); });
  });
  run.own(app.timers.every(minuteMs, paint));
  run.actions(triggerActions(run, (key) => data.calendar.rows.find((row) => triggerKey(row.trigger) === key)?.trigger));
}
