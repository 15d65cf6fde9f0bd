/** The topology of a flow or an execution: layout, view and behaviour. */
export { expandedGraph, holderOf } from './expanded.ts';
export { iconOfType, shortType } from './icon-of-type.ts';
export { layoutGraph, nodeHeight, nodeWidth, type LaidGraph, type Orientation } from './layout.ts';
export { mountTopology, type Topology, type TopologyOptions } from './mount.ts';
export { TopologyView, type NodeState, type RemoteMark } from './view.tsx';
