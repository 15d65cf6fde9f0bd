/** Where and for whom something is rendered, and the addresses of the app. Pure. */
import type { Participant } from '../../core/protocol/entities/participant.ts';

export interface Viewer extends Participant {
  /** An open local workspace without users. */
  readonly open: boolean;
}

/** Where and for whom a page is rendered: all that a view may know besides its data. It is JSON, so that the browser has the same. */
export interface Place {
  readonly tenant: string;
  /** The address below the origin, without the query: `/ui/main/flows`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** The query's text, without `?`. */
  readonly search: string;
  readonly viewer: Viewer;
  readonly nowMs: number;
  /** The reader's time zone, as the browser said in a cookie. */
  readonly zone: string;
}

/** The address of something in the same workspace. */
export const to = (place: Pick<Place, 'tenant'>, path: string): string => `/ui/${place.tenant}${path}`;
export const toFlow = (place: Pick<Place, 'tenant'>, namespace: string, id: string, tab = 'overview'): string =>
  to(place, `/flows/edit/${encodeURIComponent(namespace)}/${encodeURIComponent(id)}/${tab}`);
export const toExecution = (place: Pick<Place, 'tenant'>, execution: { readonly namespace: string; readonly flowId: string; readonly id: string }, tab = 'gantt'): string =>
  to(place, `/executions/${encodeURIComponent(execution.namespace)}/${encodeURIComponent(execution.flowId)}/${execution.id}/${tab}`);
/** May this viewer change things? Viewers see every action, disabled, with this reason. */
export const readOnlyReason = (place: Pick<Place, 'viewer'>): string | undefined =>
  place.viewer.role === 'viewer' ? 'You may look, not change: ask an administrator for the role editor' : undefined;
