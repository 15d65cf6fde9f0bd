/** The edge: everything that comes from the network and goes to it. */
export { openEdge, syncTopic, watchTopic, type Edge, type EdgeOptions } from './edge.ts';
export { isLoopback } from './origins.ts';
