import { definePage } from '../page.ts';
import { ExecutionList, type ExecutionListData } from './list.tsx';
import { loadExecutionList } from './load.ts';

export const executionsPage = definePage<ExecutionListData>({
  name: 'executions',
  route: '/executions',
  section: 'executions',
  title: () => 'Executions',
  load: (context) => loadExecutionList(context),
  view: (data, place) => <ExecutionList data={data} place={place} />,
});
