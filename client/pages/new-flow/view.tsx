/** A new flow, empty or as a copy: its place is chosen here, the rest is written in the editor with everybody else. */
import { flows } from '../../../core/protocol/operations/index.ts';
import { Button } from '../../components/button/button.tsx';
import { FormError, TextField } from '../../components/field/field.tsx';
import { definePage, readOnlyReason, to, type PageContext } from '../page.ts';

export interface NewFlowData {
  /** The text that is copied; undefined for an empty flow. */
  readonly source: string | undefined;
  readonly from: string | undefined;
  readonly namespaces: readonly string[];
}

async function load({ ask, query }: PageContext): Promise<NewFlowData> {
  const copy = query.get('copy') ?? '';
  const [namespace, id] = copy.split('/');
  const [namespaces, draft] = await Promise.all([
    ask(flows.flowsNamespaces, {}),
    namespace !== undefined && id !== undefined && id !== '' ? ask(flows.flowsDraft, { namespace, id }) : undefined,
  ]);
  return { namespaces, source: draft?.source, from: draft === undefined ? undefined : copy };
}

export const newFlowPage = definePage<NewFlowData>({
  name: 'new-flow',
  route: '/flows/new',
  section: 'flows',
  title: (data) => (data.from === undefined ? 'New flow' : `Copy of ${data.from}`),
  crumbs: (_data, place) => [{ text: 'Flows', href: to(place, '/flows') }],
  load,
  view: (data, place) => {
    const [namespace, id] = (data.from ?? '').split('/');
    return (
      <div class="page-pad">
        <section class="panel new-flow">
          <form data-submit="create" class="execute">
            <p class="dim">Choose where it lives; both are part of its address and stay. Then write it in the editor, alone or together: nothing runs before it is published.</p>
            <TextField name="namespace" label="Namespace" value={namespace === undefined || namespace === '' ? data.namespaces[0] ?? 'company.team' : namespace} required hint="Small letters, digits, dots, dashes: company.team" autocomplete="off" />
            <TextField name="id" label="Id" value={id === undefined || id === '' ? '' : `${id}-copy`} required autofocus hint="Letters, digits, dots, dashes, underscores" autocomplete="off" />
            <FormError />
            <div class="dialog-actions"><Button href={to(place, '/flows')}>Cancel</Button><Button kind="primary" icon="plus" type="submit" disabled={readOnlyReason(place)}>{data.from === undefined ? 'Create flow' : 'Copy flow'}</Button></div>
          </form>
        </section>
      </div>
    );
  },
});
