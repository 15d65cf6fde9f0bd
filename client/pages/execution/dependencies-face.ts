/** The graph of related executions, live: the server follows them all over one stream. */
import type { ExecutionDependencies } from '../../../core/protocol/operations/execution-facts.ts';
import { executionFacts } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { renderView } from '../../components/view.ts';
import type { Topology } from '../../topology/index.ts';
import { toExecution } from '../page.ts';
import { graphOfRelated, relatedOf, statesOfRelated, withState } from './dependencies.ts';
import { RelatedList } from './dependencies-view.tsx';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';

const tickMs = 1000;
/** Executions that are new come in swarms: the graph is read at rest. */
const restMs = 400;

export function mountDependenciesFace(run: Run, context: FaceContext): Face {
  const { root, app, data } = run;
  const { executionId } = context;
  const element = root.querySelector<HTMLElement>('#dependencies');
  if (element === null) return faceOf({});
  let related: ExecutionDependencies = data.related ?? { nodes: [], edges: [], complete: true };
  let topology: Topology | undefined;
  let opening: Promise<void> | undefined;
  let selected: string | undefined;
  let released = false;
  let stream: EventSource | undefined;
  let again: (() => void) | undefined;

  const paintList = (): void => {
    const list = root.querySelector('#related-list');
    if (list !== null) morphOuter(list, renderView(RelatedList({ related, executionId, selected, place: run.place() })));
    const count = root.querySelector('#related-count');
    if (count !== null) count.textContent = String(related.nodes.length);
  };
  const states = () => statesOfRelated(related, app.clock.nowMs());
  const draw = async (): Promise<void> => {
    if (related.nodes.length < 2 || topology !== undefined) return;
    const { mountTopology } = await import('../../topology/index.ts');
    if (released || topology !== undefined) return;
    element.replaceChildren();
    topology = mountTopology(element, {
      graph: graphOfRelated(related), label: 'Related executions', states: states(), selected: executionId,
      onSelect: (id) => {
        selected = id;
        topology?.update({ selected: id });
        paintList();
        document.getElementById(`related-${id ?? ''}`)?.scrollIntoView({ block: 'nearest' });
      },
      onOpen: (id) => {
        const one = related.nodes.find((node) => node.executionId === id);
        if (one !== undefined && id !== executionId) app.go(toExecution(run.place(), { namespace: one.namespace, flowId: one.flowId, id }, 'dependencies'));
      },
      onProblem: (error) => app.toasts.failed(error, 'The graph could not be drawn'),
    });
  };
  const open = (): void => { opening ??= draw().catch((error: unknown) => app.toasts.failed(error, 'The graph could not be drawn')).finally(() => { opening = undefined; }); };

  const read = (): void => {
    again ??= app.timers.after(restMs, () => {
      again = undefined;
      run.call(executionFacts.executionsDependencies, { executionId, expandAll: true }).then((next) => {
        if (released) return;
        const isLarger = next.nodes.length !== related.nodes.length || next.edges.length !== related.edges.length;
        related = next;
        if (topology === undefined) open();
        else topology.update(isLarger ? { graph: graphOfRelated(related), states: states() } : { states: states() });
        paintList();
      }).catch((error: unknown) => app.toasts.failed(error, 'The related executions could not be read'));
    });
  };
  const follow = (): void => {
    if (stream !== undefined) return;
    const source = new EventSource(`/api/v1/${run.place().tenant}/executions/${executionId}/follow-dependencies?expandAll=true`);
    stream = source;
    const heard = (event: MessageEvent<string>): void => {
      const change = relatedOf(JSON.parse(event.data));
      const next = change === undefined ? undefined : withState(related, change);
      if (next === undefined) { read(); return; }
      related = next;
      topology?.update({ states: states() });
      paintList();
    };
    source.addEventListener('progress', heard);
    source.addEventListener('end', heard);
    source.addEventListener('end-all', () => { source.close(); stream = undefined; read(); });
    // A broken stream comes back by itself; what it has missed is read.
    source.addEventListener('error', read);
  };
  open();
  const isLive = (): boolean => related.nodes.length === 0 || related.nodes.some((one) => !isTerminal(one.state.current));
  if (isLive()) follow();
  const stop = app.timers.every(tickMs, () => { if (isLive()) topology?.update({ states: states() }); });
  return faceOf({
    changed() {
      const { execution } = context.present();
      // A restart makes it live again.
      if (execution !== null && !isTerminal(execution.state.current)) follow();
    },
    release() {
      released = true;
      stop();
      again?.();
      stream?.close();
      topology?.unmount();
    },
  });
}
