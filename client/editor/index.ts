/** The editor. The only room that knows Monaco; loaded when a page needs it. */
export { mountEditor, type EditorOptions, type FlowEditor } from './mount.ts';
export { useFlowSchema, useWorkers, type WorkerAddresses } from './monaco.ts';
