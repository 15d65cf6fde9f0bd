/** The Gantt of an execution: model, view and behaviour. */
export { eventsOf, type RunEvent } from './events.ts';
export { EventsView } from './events-view.tsx';
export { mountEvents, type Events } from './mount-events.ts';
export { ganttOf, type GanttModel, type GanttRow } from './model.ts';
export { mountGantt, type Gantt, type GanttOptions } from './mount.ts';
export { spanText } from './span-text.ts';
export { GanttView, type GanttMark } from './view.tsx';
export { beatsOf, type Beat } from './transport.ts';
export { momentText, Transport, TransportBack, TransportBeats, TransportControls, TransportHead, TransportViewers, type TransportProps, type TransportViewer } from './transport-view.tsx';
