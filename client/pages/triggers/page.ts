import { pageScript } from '../behaviour.ts';
import { mountCalendar } from './calendar/behaviour.ts';
import { mountTriggerList } from './list-behaviour.ts';
import type { TriggersData } from './view.tsx';

export const script = pageScript<TriggersData>((run) => {
  if (run.data.view === 'calendar') mountCalendar(run, run.data.calendar);
  else mountTriggerList(run, run.data.list);
});
