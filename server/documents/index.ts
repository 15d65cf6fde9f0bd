/** Live documents, presence, revisions: the only room that knows Yjs on the server. */
export { createDocuments, type DocumentsOptions } from './documents.ts';
export type { DiscardRequest, Documents, DraftState, FlowAddress, Hunk, Joined, PublishRequest, RoomSeat, SyncSocket } from './contract.ts';
export type { Committed } from './publishing.ts';
export { deniedFrame } from './sync-frames.ts';
