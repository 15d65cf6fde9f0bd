import { definePage } from '../page.ts';
import { TriggerList, type TriggerListData } from './list.tsx';
import { loadTriggerList } from './load.ts';

export const triggersPage = definePage<TriggerListData>({
  name: 'triggers',
  route: '/admin/triggers',
  also: ['/triggers'],
  section: 'triggers',
  title: () => 'Triggers',
  load: (context) => loadTriggerList(context),
  view: (data, place) => <TriggerList data={data} place={place} />,
});
