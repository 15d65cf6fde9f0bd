/** The graph of the flow with the states of this run on its nodes. */
import type { FlowGraphModel } from '../../../core/language/index.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { spanText } from '../../gantt/index.ts';
import type { Topology } from '../../topology/index.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';

const tickMs = 1000;
/** Of many runs of one task the loudest speaks for all. */
const loudness: readonly StateType[] = ['FAILED', 'KILLED', 'KILLING', 'PAUSED', 'RETRYING', 'RUNNING', 'WARNING', 'CANCELLED'];
const isLouder = (state: StateType, than: StateType): boolean => {
  const rank = (one: StateType): number => (loudness.includes(one) ? loudness.indexOf(one) : loudness.length);
  return rank(state) < rank(than);
};

export function mountTopologyFace(run: Run, context: FaceContext): Face {
  const { root, data, app } = run;
  const element = root.querySelector<HTMLElement>('#topology');
  const source = data.flow?.source;
  if (element === null || source === undefined) return faceOf({});
  let released = false;
  let topology: Topology | undefined;
  let graph: FlowGraphModel | undefined;

  /** The task run that speaks for each task, and how many there are. */
  const speakers = () => {
    const byTask = new Map<string, { taskRunId: string; state: StateType; runs: number }>();
    const state = context.state();
    for (const id of state.order) {
      const taskRun = state.taskRuns[id];
      if (taskRun === undefined) continue;
      const known = byTask.get(taskRun.taskId);
      const speaks = known === undefined || !isLouder(known.state, taskRun.state.current);
      byTask.set(taskRun.taskId, { taskRunId: speaks ? id : known.taskRunId, state: speaks ? taskRun.state.current : known.state, runs: (known?.runs ?? 0) + 1 });
    }
    return byTask;
  };
  const states = () => {
    const { taskRuns } = context.state();
    return new Map([...speakers()].flatMap(([taskId, { taskRunId, state, runs }]) => {
      const taskRun = taskRuns[taskRunId];
      if (taskRun === undefined) return [];
      const startMs = Date.parse(taskRun.attempts?.[0]?.state.startDate ?? taskRun.state.startDate);
      const endMs = taskRun.state.endDate === undefined ? context.atMs() ?? app.clock.nowMs() : Date.parse(taskRun.state.endDate);
      return [[taskId, { state, duration: spanText(endMs - startMs), ...(runs > 1 ? { runs } : {}) }] as const];
    }));
  };
  const taskOf = (nodeId: string | undefined): string | undefined => {
    const node = graph?.nodes.find((one) => one.id === nodeId);
    return node?.type === 'task' ? node.taskId : undefined;
  };
  const nodeOf = (taskRunId: string | undefined): string | undefined => {
    const taskId = taskRunId === undefined ? undefined : context.state().taskRuns[taskRunId]?.taskId;
    return graph?.nodes.find((one) => one.type === 'task' && one.taskId === taskId)?.id;
  };
  /** A node stands for all runs of its task: the one that is chosen already, else the one that speaks. */
  const runOf = (nodeId: string | undefined): string | undefined => {
    const taskId = taskOf(nodeId);
    if (taskId === undefined) return undefined;
    const chosen = context.selected();
    return chosen !== undefined && context.state().taskRuns[chosen]?.taskId === taskId ? chosen : speakers().get(taskId)?.taskRunId;
  };
  const remote = () => context.colleagues().flatMap((one) => {
    const nodeId = nodeOf(one.taskRunId);
    return nodeId === undefined ? [] : [{ nodeId, name: one.name, color: one.color }];
  });

  const open = async (): Promise<void> => {
    const [{ graphOfText }, { mountTopology }] = await Promise.all([import('../flow/graph.ts'), import('../../topology/index.ts')]);
    const made = await graphOfText(source, run.place().tenant);
    if (released) return;
    if (made === undefined) throw new Error('The text of this revision can not be read as a flow');
    graph = made;
    topology = mountTopology(element, {
      graph: made, label: 'Topology of this execution', states: states(), remote: remote(), selected: nodeOf(context.selected()),
      onSelect: (nodeId) => context.select(runOf(nodeId)),
      onOpen: (nodeId) => { const taskRunId = runOf(nodeId); if (taskRunId !== undefined) app.go(toLogs(run.place(), context.address, { taskRunId })); },
    });
  };
  open().catch((error: unknown) => { if (!released) app.toasts.failed(error, 'The topology could not be drawn'); });
  const stop = app.timers.every(tickMs, () => {
    const { execution } = context.state();
    if (execution !== null && context.atMs() === undefined && !document.hidden && !isTerminal(execution.state.current)) topology?.update({ states: states() });
  });
  return faceOf({
    changed: () => topology?.update({ states: states(), remote: remote() }),
    moved: () => topology?.update({ remote: remote() }),
    selected: () => topology?.update({ selected: nodeOf(context.selected()) }),
    release() {
      released = true;
      stop();
      topology?.unmount();
    },
  });
}
