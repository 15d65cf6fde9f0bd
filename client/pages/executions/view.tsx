import { Button } from '../../components/button/button.tsx';
import { definePage, readOnlyReason } from '../page.ts';
import { ExecutionList, type ExecutionListData } from './list.tsx';
import { loadExecutionList } from './load.ts';

export const executionsPage = definePage<ExecutionListData>({
  name: 'executions',
  route: '/executions',
  section: 'executions',
  title: () => 'Executions',
  actions: (_data, place) => <Button kind="primary" icon="play" action="execute" disabled={readOnlyReason(place)}>Execute</Button>,
  load: (context) => loadExecutionList(context),
  view: (data, place) => <ExecutionList data={data} place={place} />,
});
