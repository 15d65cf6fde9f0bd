/** The graph as SVG: the same on the server and in the browser. Geometry is attributes; state, selection and people are `data-*` and ARIA. */
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import { iconSprite } from '../theme/icons.ts';
import { holderOf } from './expanded.ts';
import { iconOfType, shortType } from './icon-of-type.ts';
import { nodeHeight, nodeWidth, type LaidGraph, type LaidNode } from './layout.ts';

/** What a node shows of a run. */
export interface NodeState {
  readonly state: StateType;
  /** `12.8s`; ticks while it runs. */
  readonly duration?: string;
  /** How many task runs of this task there are, when more than one. */
  readonly runs?: number;
  /** It has started a flow whose graph can be drawn inside (`closed`), or is (`open`). */
  readonly inside?: 'closed' | 'open';
}

/** A colleague's selected node. */
export interface RemoteMark {
  readonly nodeId: string;
  readonly name: string;
  readonly color: number;
}

export interface TopologyProps {
  readonly laid: LaidGraph;
  readonly label: string;
  /** By task id; of what is drawn inside of another task by node id. */
  readonly states?: ReadonlyMap<string, NodeState>;
  readonly selected?: string | undefined;
  readonly remote?: readonly RemoteMark[];
  /** The run has ended: what has no state was not taken. */
  readonly ended?: boolean;
}

const word = (state: string): string => state.charAt(0) + state.slice(1).toLowerCase();
/** Ids are mono, 7.2 px a character at 12 px, so a text can be cut without measuring. */
const cut = (text: string, chars: number): string => (text.length > chars ? `${text.slice(0, chars - 1)}…` : text);
export const taskIdOf = (one: LaidNode): string => (one.node.type === 'task' ? one.node.taskId : one.node.type === 'trigger' ? one.node.triggerId : '');
const typeOf = (one: LaidNode): string => (one.node.type === 'task' ? one.node.taskType : one.node.type === 'trigger' ? one.node.triggerType : '');

function Node({ one, state, selected, remote, tabbable, dim }: { readonly one: LaidNode; readonly state: NodeState | undefined; readonly selected: boolean; readonly remote: readonly RemoteMark[]; readonly tabbable: boolean; readonly dim: boolean }) {
  const id = taskIdOf(one);
  const type = typeOf(one);
  const people = remote[0];
  const flag = remote.map((mark) => mark.name).join(', ');
  return (
    <g class="node" id={`node-${one.node.id}`} data-node={one.node.id} data-state={state?.state} data-dim={dim ? '' : undefined} role="treeitem" tabindex={tabbable ? 0 : -1} aria-selected={selected ? 'true' : undefined}
      aria-label={`${id}, ${state === undefined ? shortType(type) : `${word(state.state)}${state.duration === undefined ? '' : `, ${state.duration}`}`}${remote.length === 0 ? '' : `, ${flag} ${remote.length === 1 ? 'is' : 'are'} here`}`} transform={`translate(${one.x} ${one.y})`}>
      <title>{`${id} · ${type}`}</title>
      {people === undefined ? null : (
        <g data-who={people.color}>
          <rect class="remote" x="-4" y="-4" width={nodeWidth + 8} height={nodeHeight + 8} rx="8" />
          <rect class="remote-flag" x="4" y="-20" width={Math.min(flag.length, 24) * 6 + 12} height="16" rx="3" />
          <text class="remote-name" x="10" y="-9">{cut(flag, 24)}</text>
        </g>
      )}
      <rect class="box" width={nodeWidth} height={nodeHeight} rx="5" />
      {state === undefined ? null : <path class="band" d="M5 0H4a4 4 0 0 0-4 4v40a4 4 0 0 0 4 4h1z" />}
      <rect class="tile" x="10" y="8" width="32" height="32" rx="4" />
      <svg class="icon-in" x="18" y="16" width="16" height="16"><use href={`${iconSprite}#${iconOfType(type)}`} /></svg>
      <text class="node-id" x="52" y="20">{cut(id, state?.runs === undefined ? 20 : 15)}</text>
      {state === undefined
        ? <text class="node-meta" x="52" y="37">{cut(shortType(type), 24)}</text>
        : (
          <>
            <svg class="state-icon" x="52" y="28" width="12" height="12"><use href={`${iconSprite}#state-${state.state.toLowerCase()}`} /></svg>
            <text class="node-state" x="68" y="38">{word(state.state)}</text>
            {state.duration === undefined ? null : <text class="node-meta" x={74 + state.state.length * 6.2} y="38">{state.duration}</text>}
          </>
        )}
      {state?.inside === undefined ? null : (
        <g class="node-expand" data-expand={one.node.id} aria-hidden="true">
          <title>{state.inside === 'open' ? 'Draw it as one task (E)' : 'Draw what it started inside (E)'}</title>
          <rect x="176" y="25" width="24" height="20" rx="3" /><svg x="182" y="29" width="12" height="12"><use href={`${iconSprite}#${state.inside === 'open' ? 'minus' : 'expand'}`} /></svg>
        </g>
      )}
      {state?.runs === undefined ? null : (
        <>
          <rect class="runs" x="168" y="8" width="30" height="16" rx="3" />
          <text class="runs-text" x="183" y="19.5">{`×${state.runs}`}</text>
        </>
      )}
    </g>
  );
}

const stateIn = (states: TopologyProps['states'], one: LaidNode): NodeState | undefined => states?.get(holderOf(one.node.id) === undefined ? taskIdOf(one) : one.node.id);

export function TopologyView({ laid, label, states, selected, remote, ended = false }: TopologyProps) {
  const byId = new Map(laid.nodes.map((one) => [one.node.id, one]));
  const stateOf = (id: string): NodeState | undefined => { const one = byId.get(id); return one === undefined ? undefined : stateIn(states, one); };
  /** Not taken: nothing of it ran, and nothing will. Whether an error branch is taken shows when it is. */
  const isIdle = (one: LaidNode | undefined): boolean => one?.node.type === 'task' && states !== undefined && stateIn(states, one) === undefined && (ended || one.node.branch === 'error');
  const current = selected ?? laid.order[0];
  const isError = (relation: string): boolean => relation === 'ERROR';
  return (
    <svg class="graph-canvas" viewBox={`0 0 ${laid.width} ${laid.height}`} preserveAspectRatio="xMidYMin meet" role="tree" aria-label={label}>
      <defs>
        <pattern id="graph-dots" width="16" height="16" patternUnits="userSpaceOnUse"><circle class="graph-dots" cx="8" cy="8" r=".75" /></pattern>
        <marker id="graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="arrow" d="M0 0l8 4-8 4z" /></marker>
      </defs>
      <rect class="graph-ground" x={-laid.width * 2} y={-laid.height * 2} width={laid.width * 5} height={laid.height * 5} fill="url(#graph-dots)" />
      {laid.clusters.map((cluster) => (
        <g role="group" aria-label={cluster.taskId} id={`cluster-${cluster.id}`}>
          <rect class="cluster" x={cluster.x} y={cluster.y} width={cluster.width} height={cluster.height} rx="8" data-kind={cluster.relation} />
        </g>
      ))}
      {laid.edges.map((edge) => (
        <g>
          <path class="edge" d={edge.path} data-kind={isError(edge.relation) ? 'error' : isIdle(byId.get(edge.to)) || isIdle(byId.get(edge.from)) ? 'idle' : undefined} data-live={stateOf(edge.to)?.state === 'RUNNING' && isTerminal(stateOf(edge.from)?.state ?? 'CREATED') ? '' : undefined} marker-end="url(#graph-arrow)" />
          {edge.label === undefined ? null : <text class="cluster-name faint-fill" x={edge.label.x} y={edge.label.y}>{cut(edge.label.text, 24)}</text>}
        </g>
      ))}
      {laid.nodes.map((one) => (
        <Node one={one} state={stateIn(states, one)} selected={one.node.id === selected} tabbable={one.node.id === current}
          remote={remote?.filter((mark) => mark.nodeId === one.node.id) ?? []} dim={isIdle(one)} />
      ))}
    </svg>
  );
}
