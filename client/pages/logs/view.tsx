import { definePage } from '../page.ts';
import { LogList, type LogListData } from './list.tsx';
import { loadLogList } from './load.ts';

export const logsPage = definePage<LogListData>({
  name: 'logs',
  route: '/logs',
  section: 'logs',
  title: () => 'Logs',
  load: (context) => loadLogList(context),
  view: (data, place) => <LogList data={data} place={place} />,
});
