import { definePage } from '../page.ts';
import { loadCalendar, type CalendarData } from './calendar/load.ts';
import { CalendarView } from './calendar/view.tsx';
import { TriggerList, type TriggerListData } from './list.tsx';
import { loadTriggerList } from './load.ts';

export type TriggersData = { readonly view: 'list'; readonly list: TriggerListData } | { readonly view: 'calendar'; readonly calendar: CalendarData };

export const triggersPage = definePage<TriggersData>({
  name: 'triggers',
  route: '/admin/triggers/:view?',
  also: ['/triggers'],
  section: 'triggers',
  title: () => 'Triggers',
  load: async (context) => (context.params['view'] === 'calendar' ? { view: 'calendar', calendar: await loadCalendar(context) } : { view: 'list', list: await loadTriggerList(context) }),
  view: (data, place) => (data.view === 'calendar' ? <CalendarView data={data.calendar} place={place} /> : <TriggerList data={data.list} place={place} />),
});
