/** The topology tab: the graph of the live draft, others' chosen nodes outlined, the source of the chosen task beside it. */
import { openFlowDocument } from '../../document/index.ts';
import { draw } from '../../components/live/live.ts';
import type { Topology } from '../../topology/index.ts';
import type { PageRun } from '../behaviour.ts';
import { toFlow } from '../page.ts';
import { elementOf } from './element-source.ts';
import { graphOfText } from './graph.ts';
import type { FlowData } from './load.ts';
import { remoteNodes } from './remote-nodes.ts';
import { ElementPanel } from './topology-view.tsx';

const graphRestMs = 150;

export function mountTopologyTab(run: PageRun<FlowData>): void {
  const { root, data, app } = run;
  const host = root.querySelector<HTMLElement>('#topology');
  const drawer = root.querySelector<HTMLElement>('#task-source');
  if (host === null || drawer === null) return;
  let topology: Topology | undefined;
  let selected: string | undefined;
  let released = false;
  let cancel: (() => void) | undefined;
  const flowDocument = openFlowDocument({ tenant: run.place().tenant, namespace: data.namespace, id: data.id, birth: data.draft.birth });
  run.own(() => { released = true; cancel?.(); topology?.unmount(); flowDocument.destroy(); });
  const text = (): string => (flowDocument.isSynced() ? flowDocument.text.toString() : data.draft.source);
  run.own(flowDocument.onPeople((people) => topology?.update({ remote: remoteNodes(people) })));
  run.own(flowDocument.onStatus(() => {
    const closed = flowDocument.closed();
    if (closed !== undefined) app.toasts.failed(new Error(closed.words), 'No longer live');
  }));

  const paintPanel = (): void => draw(drawer, ElementPanel({ element: selected === undefined ? undefined : elementOf(text(), selected), editor: toFlow(run.place(), data.namespace, data.id, 'editor') }));
  const paint = async (): Promise<void> => {
    const graph = await graphOfText(text(), run.place().tenant);
    if (released || graph === undefined || (graph.nodes.length === 0 && topology !== undefined)) return;
    if (topology !== undefined) { topology.update({ graph }); paintPanel(); return; }
    const { mountTopology } = await import('../../topology/index.ts');
    if (released || topology !== undefined) return;
    topology = mountTopology(host, {
      graph, label: `Topology of ${data.id}`, remote: remoteNodes(flowDocument.people()),
      onSelect: (nodeId) => {
        selected = nodeId;
        flowDocument.show('node', nodeId ?? null);
        paintPanel();
      },
      onOpen: (nodeId) => {
        const element = elementOf(text(), nodeId);
        app.go(`${toFlow(run.place(), data.namespace, data.id, 'editor')}${element === undefined ? '' : `?line=${element.line}`}`);
      },
    });
  };
  const soon = (): void => {
    cancel?.();
    cancel = app.timers.after(graphRestMs, () => { paint().catch((error: unknown) => app.toasts.failed(error, 'The topology could not be drawn')); });
  };
  flowDocument.text.observe(soon);
  run.own(() => flowDocument.text.unobserve(soon));
  soon();
}
