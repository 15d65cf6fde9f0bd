/** The topology tab: the graph of the draft, others' chosen nodes outlined, the source of the chosen task beside it. */
import { rangeOfTask } from '../../../core/language/index.ts';
import { openPresence } from '../../document/index.ts';
import type { Topology } from '../../topology/index.ts';
import type { PageRun } from '../behaviour.ts';
import { toFlow } from '../page.ts';
import { graphOfText } from './graph.ts';
import type { FlowData } from './load.ts';

export function mountTopologyTab(run: PageRun<FlowData>): void {
  const { root, data, app } = run;
  const host = root.querySelector<HTMLElement>('#topology');
  const drawer = root.querySelector<HTMLElement>('#task-source');
  if (host === null || drawer === null) return;
  let topology: Topology | undefined;
  let released = false;
  const presence = openPresence({ tenant: run.place().tenant, page: `flows/${data.namespace}/${data.id}` });
  run.own(() => { released = true; topology?.unmount(); presence.destroy(); });
  const remote = () => presence.people().filter((person) => !person.own).flatMap((person) => (typeof person.state['node'] === 'string' ? [{ nodeId: person.state['node'], name: person.user.name, color: person.user.color }] : []));
  run.own(presence.onPeople(() => topology?.update({ remote: remote() })));
  const show = (nodeId: string | undefined): void => {
    presence.show('node', nodeId ?? null);
    const taskId = nodeId === undefined ? undefined : nodeId.slice(nodeId.lastIndexOf('.') + 1);
    const range = taskId === undefined ? undefined : rangeOfTask(data.draft.source, taskId);
    if (taskId === undefined || range === undefined) return;
    const title = Object.assign(document.createElement('h2'), { className: 'mono cut', textContent: taskId });
    const head = Object.assign(document.createElement('div'), { className: 'drawer-head' });
    head.append(title);
    const source = Object.assign(document.createElement('pre'), { className: 'task-source', textContent: data.draft.source.slice(range.from, range.to) });
    drawer.replaceChildren(head, source);
  };
  void (async () => {
    const [graph, { mountTopology }] = await Promise.all([graphOfText(data.draft.source, run.place().tenant), import('../../topology/index.ts')]);
    if (released || graph === undefined) return;
    topology = mountTopology(host, { graph, label: `Topology of ${data.id}`, remote: remote(), onSelect: show, onOpen: () => app.go(toFlow(run.place(), data.namespace, data.id, 'editor')) });
  })().catch((error: unknown) => app.toasts.failed(error, 'The topology could not be drawn'));
}
