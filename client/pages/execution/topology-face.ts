/**
 * The graph of the flow with the states of this run on its nodes. A task that has started a flow can be drawn with that flow inside,
 * whose run is followed live as well, at any depth.
 */
import type { FlowGraphModel } from '../../../core/language/index.ts';
import { executions } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { topicOf, type ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { openMenu } from '../../components/menu/menu.ts';
import { renderView } from '../../components/view.ts';
import { stateAt } from '../../gantt/index.ts';
import type { NodeState, Orientation, Topology } from '../../topology/index.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { nodeStatesOf, speakersOf } from './node-states.ts';
import { TaskMenu } from './task-drawer.tsx';
import { type Child, childOf, toChild } from './task-parts.tsx';
import { ChildMenu, NoGraph } from './topology-parts.tsx';

const tickMs = 1000;
const orientationKey = 'topology:orientation';
const seam = '::';

/** A flow that a task has started, drawn inside of it. */
interface Inside {
  readonly address: Child;
  readonly graph: FlowGraphModel;
  state: ExecutionTopicState | undefined;
  readonly stop: () => void;
}

export function mountTopologyFace(run: Run, context: FaceContext): Face {
  const { root, data, app } = run;
  const element = root.querySelector<HTMLElement>('#topology');
  const source = data.flow?.source;
  if (element === null || source === undefined) return faceOf({});
  let released = false;
  let topology: Topology | undefined;
  let graph: FlowGraphModel | undefined;
  const insides = new Map<string, Inside>();
  /** A node of another execution is chosen here, and no task run of this one. */
  let chosenInside: string | undefined;
  const nowMs = (): number => context.atMs() ?? app.clock.nowMs();

  /** The run that a node is of, and its task: the page's own, or one that is drawn inside. */
  const placeOf = (nodeId: string | undefined): { readonly holder: string | undefined; readonly taskId: string; readonly state: ExecutionTopicState } | undefined => {
    if (nodeId === undefined) return undefined;
    const at = nodeId.lastIndexOf(seam);
    const holder = at < 0 ? undefined : nodeId.slice(0, at);
    const inside = holder === undefined ? undefined : insides.get(holder);
    const node = (holder === undefined ? graph : inside?.graph)?.nodes.find((one) => one.id === (at < 0 ? nodeId : nodeId.slice(at + seam.length)));
    const state = holder === undefined ? context.state() : inside?.state === undefined ? undefined : stateAt(inside.state, context.atMs());
    return node?.type === 'task' && state !== undefined ? { holder, taskId: node.taskId, state } : undefined;
  };
  /** What the task of a node has started. */
  const startedBy = (nodeId: string): Inside['address'] | undefined => {
    const place = placeOf(nodeId);
    // As it is now: the outputs of the past do not tell yet.
    const present = place?.holder === undefined ? context.present() : insides.get(place.holder)?.state;
    const speaker = place === undefined || present === undefined ? undefined : speakersOf(present).get(place.taskId);
    const taskRun = speaker === undefined ? undefined : present?.taskRuns[speaker.taskRunId];
    return taskRun === undefined ? undefined : childOf(taskRun);
  };
  const states = (): ReadonlyMap<string, NodeState> => {
    const all = new Map<string, NodeState>();
    const add = (nodes: FlowGraphModel['nodes'], state: ExecutionTopicState, prefix: string): void => {
      const own = nodeStatesOf(state, nowMs());
      for (const node of nodes) {
        const shown = node.type === 'task' ? own.get(node.taskId) : undefined;
        if (node.type !== 'task' || shown === undefined) continue;
        const nodeId = prefix + node.id;
        const child = insides.has(nodeId) ? 'open' : startedBy(nodeId) === undefined ? undefined : 'closed';
        all.set(prefix === '' ? node.taskId : nodeId, { ...shown, ...(child === undefined ? {} : { inside: child }) });
      }
    };
    if (graph !== undefined) add(graph.nodes, context.state(), '');
    for (const [holderId, inside] of insides) if (inside.state !== undefined) add(inside.graph.nodes, stateAt(inside.state, context.atMs()), `${holderId}${seam}`);
    return all;
  };
  const nodeOf = (taskRunId: string | undefined): string | undefined => {
    const taskId = taskRunId === undefined ? undefined : context.present().taskRuns[taskRunId]?.taskId;
    return graph?.nodes.find((one) => one.type === 'task' && one.taskId === taskId)?.id;
  };
  /** A node stands for all runs of its task: the one that is chosen already, else the one that speaks. */
  const runOf = (nodeId: string | undefined): string | undefined => {
    const place = placeOf(nodeId);
    if (place === undefined || place.holder !== undefined) return undefined;
    const chosen = context.selected();
    return chosen !== undefined && context.state().taskRuns[chosen]?.taskId === place.taskId ? chosen : speakersOf(context.state()).get(place.taskId)?.taskRunId;
  };
  const remote = () => context.colleagues().flatMap((one) => {
    const nodeId = nodeOf(one.taskRunId);
    return nodeId === undefined ? [] : [{ nodeId, name: one.name, color: one.color }];
  });
  const ended = (): boolean => isTerminal(context.state().execution?.state.current ?? 'CREATED');
  const drawn = async (): Promise<FlowGraphModel> => {
    const { expandedGraph } = await import('../../topology/index.ts');
    return expandedGraph(graph ?? { nodes: [], edges: [], clusters: [] }, new Map([...insides].map(([id, inside]) => [id, inside.graph])));
  };

  async function expand(nodeId: string): Promise<void> {
    if (insides.has(nodeId)) {
      for (const [id, inside] of [...insides]) if (id === nodeId || id.startsWith(`${nodeId}${seam}`)) { inside.stop(); insides.delete(id); }
    } else {
      const address = startedBy(nodeId);
      if (address === undefined) { app.announce('This task has started no flow'); return; }
      const { graphOfText } = await import('../flow/graph.ts');
      const flow = await run.call(executions.executionsFlow, { executionId: address.id });
      const inner = await graphOfText(flow.source ?? '', run.place().tenant);
      if (released || inner === undefined) return;
      const stop = app.connection.watch(topicOf.execution(address.id), { changed(next) {
        const inside = insides.get(nodeId);
        // The server's topic table promises this shape for this topic.
        if (inside !== undefined) { inside.state = next as ExecutionTopicState; topology?.update({ states: states() }); }
      } });
      insides.set(nodeId, { address, graph: inner, state: undefined, stop });
    }
    topology?.update({ graph: await drawn(), states: states() });
  }

  const openNode = (nodeId: string): void => {
    const place = placeOf(nodeId);
    const inside = place?.holder === undefined ? undefined : insides.get(place.holder);
    if (inside !== undefined) { window.open(toChild(run.place(), inside.address, 'gantt'), '_blank', 'noopener'); return; }
    const taskRunId = runOf(nodeId);
    if (taskRunId !== undefined) app.go(toLogs(run.place(), context.address, { taskRunId }));
  };
  const openNodeMenu = (nodeId: string, at: { readonly x: number; readonly y: number }): void => {
    const place = placeOf(nodeId);
    const inside = place?.holder === undefined ? undefined : insides.get(place.holder);
    const taskRunId = runOf(nodeId);
    if (inside !== undefined && place !== undefined) openMenu(ChildMenu({ taskId: place.taskId, href: toChild(run.place(), inside.address, 'gantt') }), at, root);
    else if (taskRunId !== undefined) openMenu(TaskMenu({ state: context.state(), taskRunId, place: run.place() }), at, root);
  };

  const open = async (): Promise<void> => {
    const [{ graphOfText }, { mountTopology }] = await Promise.all([import('../flow/graph.ts'), import('../../topology/index.ts')]);
    const made = await graphOfText(source, run.place().tenant);
    if (released) return;
    if (made === undefined || made.nodes.length === 0) throw new Error('The text of this revision can not be read as a flow');
    graph = made;
    const turned = app.session.read(orientationKey);
    topology = mountTopology(element, {
      graph: made, label: 'Topology of this execution', states: states(), remote: remote(), selected: nodeOf(context.selected()), ended: ended(),
      pictureName: `${context.address.flowId}-${context.executionId.slice(0, 8)}`, onProblem: (error) => app.toasts.failed(error, 'The picture could not be made'),
      ...(turned === 'right' ? { orientation: turned } : {}), onOrientation: (orientation: Orientation) => app.session.write(orientationKey, orientation),
      onSelect(nodeId) {
        chosenInside = placeOf(nodeId)?.holder === undefined ? undefined : nodeId;
        context.select(runOf(nodeId));
      },
      onOpen: openNode, onMenu: openNodeMenu,
      onExpand: (nodeId) => { expand(nodeId).catch((error: unknown) => app.toasts.failed(error, 'What this task started could not be drawn')); },
    });
  };
  open().catch((error: unknown) => {
    if (!released) element.innerHTML = renderView(NoGraph({ reason: error instanceof Error ? error.message : String(error) }));
  });
  const stop = app.timers.every(tickMs, () => {
    const { execution } = context.state();
    if (execution !== null && context.atMs() === undefined && !document.hidden && !isTerminal(execution.state.current)) topology?.update({ states: states() });
  });
  return faceOf({
    changed: () => topology?.update({ states: states(), remote: remote(), ended: ended() }),
    moved: () => topology?.update({ remote: remote() }),
    selected: () => topology?.update({ selected: nodeOf(context.selected()) ?? chosenInside }),
    release() {
      released = true;
      stop();
      for (const inside of insides.values()) inside.stop();
      topology?.unmount();
    },
  });
}
