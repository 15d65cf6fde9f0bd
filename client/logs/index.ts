/** The log of an execution: lines, colours, and a view of any length. */
export { plainText, segmentsOf } from './ansi.ts';
export { findLine } from './find.ts';
export { mountGrouped, type GroupedLogs, type LogGroup } from './grouped.ts';
export { LogMapView, positionAt } from './map.tsx';
export { mountLogs, type LogFilter, type LogPage, type LogPlace, type Logs, type LogsOptions, type LogStatus } from './mount.ts';
export { logTimeText } from './time-text.ts';
export { LogLevels, LogLineView, LogView, type LogReader } from './view.tsx';
