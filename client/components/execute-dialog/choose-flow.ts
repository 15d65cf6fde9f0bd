/** Behaviour of the choice of a flow. The flows of a namespace are asked for when it is chosen. */
import { flows } from '../../../core/protocol/operations/index.ts';
import type { Connection } from '../../connection/index.ts';
import type { Dialogs } from '../dialog/dialogs.ts';
import { renderView } from '../view.ts';
import { ChooseFlowDialog, FlowOptions } from './choose-flow.tsx';

export interface ChooseRequest {
  readonly connection: Connection;
  readonly dialogs: Dialogs;
  /** Begin with this one, when it has flows: what the list is filtered by. */
  readonly namespace?: string | undefined;
  readonly chosen: (flow: { readonly namespace: string; readonly id: string }) => void;
}

export async function openChooseFlow({ connection, dialogs, namespace: first, chosen }: ChooseRequest): Promise<void> {
  const namespaces = await connection.call(flows.flowsNamespaces, {});
  const dialog = dialogs.open(ChooseFlowDialog({ namespaces }));
  const namespace = dialog.element.querySelector<HTMLInputElement>('[name="namespace"]');
  const id = dialog.element.querySelector<HTMLSelectElement>('[name="id"]');
  if (namespace === null || id === null) return;
  let shown = '';
  const fill = async (): Promise<void> => {
    const wanted = namespace.value.trim();
    if (wanted === shown) return;
    shown = wanted;
    id.disabled = true;
    if (!namespaces.includes(wanted)) {
      id.innerHTML = renderView(FlowOptions({ flows: [] }));
      return;
    }
    const found = await connection.call(flows.flowsOfNamespace, { namespace: wanted });
    // A namespace that was typed on since has its own answer.
    if (shown !== wanted) return;
    id.innerHTML = renderView(FlowOptions({ flows: found.map((flow) => ({ id: flow.id, disabled: flow.disabled === true })) }));
    id.disabled = found.length === 0;
  };
  const problem = dialog.element.querySelector<HTMLElement>('[data-error]');
  namespace.addEventListener('input', () => {
    fill().catch((error: unknown) => {
      if (problem === null) return;
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : String(error);
    });
  });
  const only = namespaces.length === 1 ? namespaces[0] : undefined;
  const begin = first !== undefined && namespaces.includes(first) ? first : only;
  if (begin !== undefined) {
    namespace.value = begin;
    await fill();
    id.focus();
  }
  dialog.submits(async () => {
    const wanted = namespace.value.trim();
    if (!namespaces.includes(wanted)) throw new Error(wanted === '' ? 'Choose a namespace' : `No flow is in namespace "${wanted}"`);
    await fill();
    if (id.value === '') throw new Error('Choose a flow');
    dialog.close();
    chosen({ namespace: wanted, id: id.value });
  });
}
