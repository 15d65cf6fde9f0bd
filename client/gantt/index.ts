/** The Gantt of an execution: model, view and behaviour. */
export { barsOf, type Bar } from './bars.ts';
export { eventsOf, type RunEvent } from './events.ts';
export { EventsView } from './events-view.tsx';
export { mountEvents, type Events } from './mount-events.ts';
export { groupings, isGrouping, type Grouping } from './grouping.ts';
export { progressOf, type Progress } from './iterations.ts';
export { ganttOf, isLouder, type GanttModel, type GanttRow } from './model.ts';
export { scaleOf, type GanttScale, type GanttWindow } from './scale.ts';
export { linesAt, momentOfSearch, shownMoment, spanOfRun, stateAt, taskRunAt } from './state-at.ts';
export { mountGantt, type Gantt, type GanttOptions } from './mount.ts';
export { spanText } from './span-text.ts';
export { GanttTable } from './table-view.tsx';
export { GanttToolbar, type GanttToolbarProps } from './toolbar-view.tsx';
export { GanttView, type GanttCursor, type GanttMark } from './view.tsx';
export { beatsOf, type Beat } from './transport.ts';
export { momentText, Transport, TransportBack, TransportBeats, TransportButtons, TransportHead, TransportTime, TransportViewers, type TransportProps, type TransportViewer } from './transport-view.tsx';
