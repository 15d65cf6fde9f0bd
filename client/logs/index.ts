/** The log of an execution: lines, colours, and a view of any length. */
export { plainText, segmentsOf } from './ansi.ts';
export { mountLogs, type LogFilter, type LogPage, type Logs, type LogsOptions } from './mount.ts';
export { LogLineView, LogView, type LogReader } from './view.tsx';
