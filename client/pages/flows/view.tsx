import { Button } from '../../components/button/button.tsx';
import { definePage, readOnlyReason, to, type Place } from '../page.ts';
import { FlowList, type FlowListData } from './list.tsx';
import { loadFlowList } from './load.ts';

export const flowsPage = definePage<FlowListData>({
  name: 'flows',
  route: '/flows',
  section: 'flows',
  title: () => 'Flows',
  actions: (data, place) => <FlowActions data={data} place={place} />,
  load: loadFlowList,
  view: (data, place) => <FlowList data={data} place={place} />,
});

function FlowActions({ data, place }: { readonly data: FlowListData; readonly place: Place }) {
  const reason = readOnlyReason(place);
  return (
    <>
      <Button kind="quiet" icon="download" title={`Export all ${data.total}`} wide href={`/api/v1/${place.tenant}/flows/export/by-query`} download="" />
      <Button icon="upload" action="import" disabled={reason} wide>Import</Button>
      <Button kind="primary" icon="plus" href={to(place, '/flows/new')} disabled={reason}>Create flow</Button>
    </>
  );
}
