/** The Gantt of an execution: model, view and behaviour. */
export { ganttOf, type GanttModel, type GanttRow } from './model.ts';
export { mountGantt, type Gantt, type GanttOptions } from './mount.ts';
export { spanText } from './span-text.ts';
export { GanttView, type GanttMark } from './view.tsx';
