/** The live text of a flow in this page, and who is where: the only door to Yjs besides the editor and bots. */
export { openFlowDocument, type FlowDocument, type FlowDocumentOptions } from './flow-document.ts';
export { openPresence, type Presence, type PresenceOptions } from './presence.ts';
export { announcementOf, forgetOthersOnDisconnect, peopleOf } from './shared.ts';
export type { Edit } from './flow-document.ts';
export type { Announcement, Closed, DocumentStatus, Person } from './shared.ts';
