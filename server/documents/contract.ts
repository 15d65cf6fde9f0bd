/**
 * Live documents: one Yjs document a flow, `Y.Text` under the key `source`. The server is the authority: it binds client ids to
 * participants, refuses foreign structs, attributes deletions, commits before it broadcasts.
 */
import type { ParsedFlow } from '../../core/language/model.ts';
import type { Diagnostic, Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import type { Caller } from '../access/contract.ts';
import type { FlowRecord, RevisionRecord } from '../store/tables/flows.ts';

/** One open /sync socket, as the edge gives it. `send` never drops: the transport closes instead. */
export interface SyncSocket {
  readonly id: number;
  readonly caller: Caller;
  send(frame: Uint8Array): void;
  close(code: number, reason: string): void;
}

/** A room a socket is in; the edge hands it every frame. */
export interface RoomSeat {
  /** A binary message; the bytes are only valid during the call. */
  receive(frame: Uint8Array): void;
  /** The transport has drained below its mark. */
  drained(): void;
  leave(): void;
}

/** `room` is the name under which frames are published: the transport subscribes the socket to it. */
export type Joined = { readonly type: 'joined'; readonly seat: RoomSeat; readonly room: string } | { readonly type: 'refused'; readonly code: number; readonly reason: string };

export interface Hunk {
  readonly id: string;
  /** Names exactly this change: it is another one as soon as a character of it is. */
  readonly version: string;
  readonly author: RevisionAuthor;
  /** 1-based lines in the base and in the draft. */
  readonly baseLine: number;
  readonly draftLine: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly at: string;
}

export interface DraftState {
  readonly source: string;
  /** The revision it is compared with; 0 for none. */
  readonly base: number;
  readonly baseSource: string;
  readonly differs: boolean;
  readonly hunks: readonly Hunk[];
  readonly diagnostics: readonly Diagnostic[];
  readonly ranges: Revision['ranges'];
  /** The document's birth id. */
  readonly birth: string;
}

export interface FlowAddress {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
}

export interface PublishRequest extends FlowAddress {
  /** Hunks to leave out: they stay in the draft. */
  readonly without: readonly string[];
  /** Versions of the hunks that go into the revision: refused with 409 when it would have others. Left out, whatever the draft has is published. */
  readonly seen?: readonly string[];
  /** Refused with 409 when the latest revision is another one. */
  readonly expectedRevision?: number;
  readonly message?: string;
}

export interface DiscardRequest extends FlowAddress {
  /** Hunks to discard; left out, all of them. */
  readonly hunks?: readonly string[];
  /** Versions of these hunks: refused with 409 when others would go. Left out, whatever they are by now goes. */
  readonly seen?: readonly string[];
}

export interface Documents {
  /** Opens a /sync room. `birth` is what the client believes the document's birth id to be, if it says. */
  join(room: string, socket: SyncSocket, birth: string | undefined): Joined;
  /** A new flow from a whole text: revision 1, or only a draft. */
  create(caller: Caller, source: string, options: { readonly draft: boolean }): Promise<{ readonly record: FlowRecord; readonly revision?: RevisionRecord }>;
  /** A whole text becomes a revision of exactly these bytes; three-way merged into the draft. The same bytes make no new one. */
  replace(caller: Caller, address: FlowAddress, source: string, options: { readonly expectedRevision?: number }): Promise<{ readonly record: FlowRecord; readonly revision: RevisionRecord; readonly unchanged: boolean }>;
  publish(caller: Caller, request: PublishRequest): Promise<{ readonly record: FlowRecord; readonly revision: RevisionRecord; readonly unchanged: boolean }>;
  /** Takes unpublished changes of the draft back to the latest revision, by a forward edit in the caller's name. What comes back has its first authors. */
  discardDraft(caller: Caller, request: DiscardRequest): Promise<void>;
  /** A forward edit of the draft, and a publish. */
  restore(caller: Caller, address: FlowAddress, revision: number): Promise<{ readonly record: FlowRecord; readonly revision: RevisionRecord }>;
  /** Writes `disabled: true|false` into the source as a new revision. */
  setDisabled(caller: Caller, address: FlowAddress, disabled: boolean): Promise<FlowRecord>;
  remove(caller: Caller, address: FlowAddress): Promise<void>;
  /** Waits for what is being committed: never ahead of the disk. */
  draft(address: FlowAddress): Promise<DraftState>;
  /** Who is in which room now, and since when: of several rooms the newest is where somebody is. */
  present(): readonly { readonly room: string; readonly participants: readonly { readonly id: string; readonly name: string; readonly kind: string; readonly color: number; readonly enteredAtMs: number }[] }[];
  onPresence(listener: (room: string) => void): () => void;
  /** Awareness entries that were dropped because they were not the sender's own. */
  figures(): { readonly rooms: number; readonly sockets: number; readonly droppedAwareness: number; readonly refusedUpdates: number; readonly updates: number; readonly deliveries: number };
  /** Number of the front environment's last commit of a document or revision: what the engine has to see first. */
  lastCommit(): number;
  /** Checks a source as publishing would; long ones off the loop. */
  parse(source: string): Promise<ParsedFlow>;
  /** Ends all rooms (sockets close with 1012), waits until everything is on the disk. */
  close(): Promise<void>;
}
