/**
 * The live document of one flow. A frame is judged, applied, journaled and committed; only then others see it. The server's
 * answer to a state vector is computed at a moment when the document is exactly what a commit holds.
 */
import * as Y from 'yjs';
import type { Diagnostic, Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import type { Participant } from '../../core/protocol/entities/participant.ts';
import type { Caller } from '../access/contract.ts';
import type { Reader, Write } from '../store/contract.ts';
import type { FlowRecord } from '../store/tables/flows.ts';
import { Attribution } from './attribution.ts';
import type { Batch, Commits } from './commits.ts';
import { judgeUpdate, type Judgement } from './guard.ts';
import { draftHunks, type PlacedHunk } from './hunks.ts';
import { changesOf, type Change } from './blame.ts';
import { authorWrite, baseWrite, clientWrite, compactionWrites, loadDocument, originalWrite, updateWrite, type DocumentName } from './journal.ts';
import { authoredEdits, sliceRanges, type AuthoredText } from './ranges.ts';
import { Room, type RoomHouse, type Seat } from './room.ts';
import { differenceFrame, stateVectorFrame, updateFrame, type SyncFrame } from './sync-frames.ts';
import { textEdits, type TextEdit } from './text-edits.ts';

/** Who caused a transaction of the document. */
interface Origin {
  readonly participantId: string;
  readonly socketId: number | undefined;
  /** Who wrote the inserted text first is said by whoever inserts it: it is not looked for in what the participant removed before. */
  readonly credited?: boolean;
}

interface PendingUpdate extends Origin {
  readonly update: Uint8Array;
}

export interface Snapshot {
  readonly source: string;
  readonly ranges: Revision['ranges'];
  readonly changes: readonly Change[];
}

/** Something to answer from a document that is exactly what is committed. */
interface Question {
  read(): void;
  deliver(): void;
  /** The disk has failed: there will be no answer. */
  fail(error: unknown): void;
}

export interface FlowRoomOptions {
  readonly name: string;
  readonly house: RoomHouse;
  readonly commits: Commits;
  readonly reader: Reader;
  readonly record: FlowRecord;
  /** A change was applied: diagnostics are due soon. */
  readonly changed: (room: FlowRoom) => void;
  readonly updated: () => void;
}

/** More journal than this is compacted even while people are there. */
const tailBytesMax = 4 * 1024 * 1024;
const tailCountMax = 64;
/** A participant who brings more client ids than this in one connection is no person's browser. */
const newClientsPerUpdateMax = 1000;

export const authorOf = (participant: Participant, credential: Caller['credential']['type']): RevisionAuthor => ({
  id: participant.id,
  name: participant.name,
  kind: participant.kind === 'bot' ? 'bot' : credential === 'system' ? 'api' : 'person',
  color: participant.color,
});

export class FlowRoom extends Room {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly attribution = new Attribution();
  readonly #commits: Commits;
  readonly #reader: Reader;
  readonly #document: DocumentName;
  readonly #changed: (room: FlowRoom) => void;
  readonly #updated: () => void;
  /** The flow's header as it will be after what is on its way. */
  record: FlowRecord;
  seed: string;
  /** What the draft is compared with: the text of the latest revision. */
  baseSource: string;
  diagnostics: readonly Diagnostic[] = [];
  /** Held by operations: a room in use is not unloaded. */
  uses = 0;
  /** Announced by awareness and not used yet: kept in memory until its first character is committed. */
  readonly #early = new Map<number, string>();
  #sequence: number;
  #tailCount: number;
  #tailBytes: number;
  #pending: PendingUpdate[] = [];
  #broadcasts: { readonly update: Uint8Array; readonly socketId: number | undefined }[] = [];
  #writes: Write[] = [];
  #questions: Question[] = [];
  #flushWaiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #committing = false;
  #compacting = false;
  #closed = false;

  constructor(options: FlowRoomOptions & { readonly baseSource: string }) {
    super(options.name, options.house);
    this.#commits = options.commits;
    this.#reader = options.reader;
    this.#changed = options.changed;
    this.#updated = options.updated;
    this.record = options.record;
    this.baseSource = options.baseSource;
    this.#document = { tenant: options.record.tenant, birth: options.record.birth };
    this.doc = new Y.Doc({ gc: true });
    this.doc.clientID = randomClientId(options.house);
    this.text = this.doc.getText('source');
    const loaded = loadDocument(options.reader, this.#document, this.doc, this.attribution);
    this.#sequence = loaded.sequence;
    this.#tailCount = loaded.tailCount;
    this.#tailBytes = loaded.tailBytes;
    this.seed = loaded.seed;
    this.doc.on('afterTransaction', (transaction: Y.Transaction) => this.#observe(transaction));
    this.doc.on('update', (update: Uint8Array, origin: unknown) => this.#collect(update, originOf(origin)));
  }

  // ---- identity of client ids

  override ownerOf(clientId: number): string | undefined {
    const binding = this.attribution.bindings.get(clientId);
    if (binding !== undefined) return binding.server ? 'server' : binding.participantId;
    return this.#early.get(clientId);
  }

  override bind(clientId: number, participantId: string): void {
    this.#early.set(clientId, participantId);
  }

  #bindForGood(clientId: number, participantId: string, server: boolean): void {
    if (this.attribution.bindings.has(clientId)) return;
    this.#early.delete(clientId);
    this.attribution.bindings.set(clientId, { participantId, server });
    this.#put(clientWrite(this.#document, clientId, { participantId, server }));
  }

  #know(author: RevisionAuthor): void {
    const known = this.attribution.authors.get(author.id);
    if (known !== undefined && known.name === author.name && known.color === author.color && known.kind === author.kind) return;
    this.attribution.authors.set(author.id, author);
    this.#put(authorWrite(this.#document, author));
  }

  // ---- frames

  protected override welcome(seat: Seat): void {
    // Without it a client never sends what it wrote offline.
    seat.socket.send(stateVectorFrame(Y.encodeStateVector(this.doc)));
  }

  protected override receiveSync(seat: Seat, frame: Exclude<SyncFrame, { readonly type: 'awareness' | 'queryAwareness' | 'broken' }>): void {
    if (frame.type === 'stateVector') {
      this.#answer(seat, frame.stateVector.slice());
      return;
    }
    if (frame.type === 'difference') seat.answered = true;
    this.#receiveUpdate(seat, frame.update);
  }

  #answer(seat: Seat, stateVector: Uint8Array): void {
    let difference: Uint8Array | undefined;
    let failure: string | undefined;
    this.ask({
      read: () => {
        try {
          difference = Y.encodeStateAsUpdate(this.doc, stateVector);
        } catch (error) {
          failure = error instanceof Error ? error.message : 'broken';
        }
      },
      deliver: () => {
        if (!seat.open) return;
        if (difference === undefined) this.refuse(seat, 4400, `the state vector cannot be read: ${failure ?? 'broken'}`);
        else seat.socket.send(differenceFrame(difference));
      },
      // Its socket is closed with all others.
      fail: () => {},
    });
  }

  /** Reads the document when it equals a commit, delivers when that commit is done. At once when nothing is on its way. */
  ask(question: Question): void {
    if (this.#commits.failure !== undefined) question.fail(this.#commits.failure);
    else if (this.#clean()) {
      question.read();
      question.deliver();
    } else this.#questions.push(question);
  }

  whenCommitted<T>(read: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: { readonly value: T } | { readonly error: unknown } | undefined;
      this.ask({
        read: () => {
          try {
            answer = { value: read() };
          } catch (error) {
            answer = { error };
          }
        },
        deliver: () => {
          if (answer === undefined) return;
          if ('value' in answer) resolve(answer.value);
          else reject(answer.error);
        },
        fail: reject,
      });
    });
  }

  #clean(): boolean {
    return !this.#committing && this.#pending.length === 0 && this.#writes.length === 0 && this.#broadcasts.length === 0;
  }

  #receiveUpdate(seat: Seat, update: Uint8Array): void {
    const judged = judgeUpdate(this.doc, this.text, update);
    switch (judged.type) {
      case 'nothingNew':
        break;
      case 'refused':
        this.refuse(seat, judged.code, judged.reason);
        break;
      case 'gap':
        this.#gap(seat);
        break;
      case 'news':
        this.#receiveNews(seat, update, judged);
        break;
      default:
        judged satisfies never;
    }
  }

  #receiveNews(seat: Seat, update: Uint8Array, judged: Extract<Judgement, { readonly type: 'news' }>): void {
    const { caller } = seat.socket;
    const refusal = this.#refusalOf(caller, judged.clients);
    if (refusal !== undefined) {
      this.refuse(seat, refusal.code, refusal.reason);
      return;
    }
    const origin: Origin = { participantId: caller.participant.id, socketId: seat.socket.id };
    this.#know(authorOf(caller.participant, caller.credential.type));
    // Before it is applied: whoever asks meanwhile must find the writer.
    for (const clientId of judged.clients) this.#bindForGood(clientId, caller.participant.id, false);
    try {
      Y.applyUpdate(this.doc, update, origin);
    } catch (error) {
      this.house.ambient.logger.error('A document update could not be applied', { room: this.name, participant: caller.participant.id, error });
      this.refuse(seat, 4400, 'the update cannot be applied');
      return;
    }
    if (judged.carriageReturn) this.#removeCarriageReturns(caller.participant.id);
    // Characters that wait for others would be handed out without ever being committed.
    if (this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null) {
      this.doc.store.pendingStructs = null;
      this.doc.store.pendingDs = null;
      this.#gap(seat);
    }
  }

  #refusalOf(caller: Caller, clients: readonly number[]): { readonly code: 4403 | 4413; readonly reason: string } | undefined {
    if (!this.house.access.mayWrite(caller, this.record.namespace)) return { code: 4403, reason: `${caller.participant.name} may read this flow, not change it` };
    if (clients.length > newClientsPerUpdateMax) return { code: 4413, reason: `an update may come from ${newClientsPerUpdateMax} clients` };
    const foreign = clients.some((clientId) => {
      const owner = this.ownerOf(clientId);
      return owner !== undefined && owner !== caller.participant.id;
    });
    return foreign ? { code: 4403, reason: 'the update has characters under the client id of somebody else' } : undefined;
  }

  /**
   * A client that was offline may type before it has seen our state vector: that update has a gap, and the difference which
   * follows holds it again. After the difference there is no excuse.
   */
  #gap(seat: Seat): void {
    if (seat.answered) this.refuse(seat, 4400, 'the update stands on something that the server has never seen');
  }

  #removeCarriageReturns(participantId: string): void {
    const source = this.text.toString();
    this.doc.transact(() => {
      for (let at = source.lastIndexOf('\r'); at >= 0; at = at === 0 ? -1 : source.lastIndexOf('\r', at - 1)) this.text.delete(at, 1);
    }, { participantId, socketId: undefined } satisfies Origin);
  }

  // ---- what a transaction leaves behind

  #observe(transaction: Y.Transaction): void {
    const origin = originOf(transaction.origin);
    const back = this.attribution.observe(transaction, origin.participantId, this.house.ambient.clock.nowMs(), { recognise: origin.credited !== true });
    for (const run of back) this.#put(originalWrite(this.#document, run));
  }

  #collect(update: Uint8Array, origin: Origin): void {
    this.#pending.push({ ...origin, update });
    this.#updated();
    this.#commits.mark(this);
    this.#changed(this);
  }

  /** Journal rows never mix authors; neighbours of one author become one row. */
  #rowsOfPending(): void {
    const atMs = this.house.ambient.clock.nowMs();
    let run: PendingUpdate[] = [];
    const close = (): void => {
      const [first] = run;
      if (first === undefined) return;
      const update = mergeFew(run.map((entry) => entry.update));
      this.#sequence += 1;
      this.#tailCount += 1;
      this.#tailBytes += update.byteLength;
      this.#writes.push(updateWrite(this.#document, this.#sequence, { author: first.participantId, atMs, update }));
      const socketId = run.every((entry) => entry.socketId === first.socketId) ? first.socketId : undefined;
      this.#broadcasts.push({ update, socketId });
      run = [];
    };
    for (const entry of this.#pending) {
      if (run.length > 0 && run[0]?.participantId !== entry.participantId) close();
      run.push(entry);
    }
    close();
    this.#pending = [];
  }

  // ---- commits

  #put(...writes: readonly Write[]): void {
    for (const write of writes) this.#writes.push(write);
    this.#commits.mark(this);
  }

  take(): Batch {
    this.#rowsOfPending();
    const writes = this.#writes;
    const broadcasts = this.#broadcasts;
    const questions = this.#questions;
    const waiters = this.#flushWaiters;
    this.#writes = [];
    this.#broadcasts = [];
    this.#questions = [];
    this.#flushWaiters = [];
    this.#committing = true;
    const typing = waiters.length === 0 && !this.#compacting;
    this.#compacting = false;
    for (const question of questions) question.read();
    return {
      writes, typing,
      committed: () => {
        this.#committing = false;
        if (broadcasts.length > 0) {
          const [first] = broadcasts;
          const same = first !== undefined && broadcasts.every((entry) => entry.socketId === first.socketId);
          this.broadcast(updateFrame(mergeFew(broadcasts.map((entry) => entry.update))), same ? first.socketId : undefined);
        }
        for (const question of questions) question.deliver();
        // Asked while the commit ran, and nothing came after it: the document is what was just committed.
        if (this.#clean()) for (const question of this.#questions.splice(0)) this.ask(question);
        if (this.#tailBytes > tailBytesMax) this.compact();
      },
      flushed: () => {
        for (const waiter of waiters) waiter.resolve();
      },
      failed: (error) => {
        for (const waiter of waiters) waiter.reject(error);
        for (const question of [...questions, ...this.#questions.splice(0)]) question.fail(error);
        this.closeAll(4503, 'The server cannot write to its disk: what you typed last is not saved');
      },
    };
  }

  /** Writes rows in one transaction with everything of this document that is on its way; resolves when that is on the disk. */
  commit(writes: readonly Write[]): Promise<void> {
    if (this.#commits.failure !== undefined) return Promise.reject(this.#commits.failure);
    this.#rowsOfPending();
    this.#put(...writes);
    return new Promise((resolve, reject) => this.#flushWaiters.push({ resolve, reject }));
  }

  // ---- edits of the server

  /** Edits in the name of a participant, under a client id that the server keeps for them: one a document and participant. */
  edit(author: RevisionAuthor, edits: readonly TextEdit[], options: { readonly credited: boolean } = { credited: false }): void {
    if (edits.length === 0) return;
    this.#know(author);
    const neutral = this.doc.clientID;
    this.doc.clientID = this.#serverClientOf(author.id);
    try {
      this.doc.transact(() => {
        for (const edit of edits.toReversed()) {
          if (edit.to > edit.from) this.text.delete(edit.from, edit.to - edit.from);
          if (edit.insert !== '') this.text.insert(edit.from, edit.insert);
        }
      }, { participantId: author.id, socketId: undefined, credited: options.credited } satisfies Origin);
    } finally {
      this.doc.clientID = neutral;
    }
  }

  /** The text becomes this one, by small edits of a participant; each character of it is by whom the ranges say. */
  rewrite(author: RevisionAuthor, after: AuthoredText): void {
    const edits = authoredEdits({ text: this.source(), ranges: this.ranges() }, after);
    this.edit(author, edits, { credited: true });
    let shift = 0;
    for (const edit of edits) {
      const from = edit.from + shift;
      this.credit(sliceRanges(after.ranges, from, from + edit.insert.length, from).filter((range) => range.author.id !== author.id));
      shift += edit.insert.length - (edit.to - edit.from);
    }
  }

  #serverClientOf(participantId: string): number {
    for (const [clientId, binding] of this.attribution.bindings) if (binding.server && binding.participantId === participantId) return clientId;
    const clientId = randomClientId(this.house);
    this.#bindForGood(clientId, participantId, true);
    return clientId;
  }

  /** Characters that stand for others' text (a restored revision): their first authors. */
  credit(spans: readonly { readonly from: number; readonly to: number; readonly author: RevisionAuthor }[]): void {
    for (const span of spans) {
      this.#know(span.author);
      for (const ids of this.attribution.idsBetween(this.text, [span])) {
        const run = { ...ids, value: span.author.id };
        this.attribution.originals.add(run);
        this.#put(originalWrite(this.#document, run));
      }
    }
  }

  /** The latest revision changed: this text. What the draft has beyond it stays unpublished, by the same authors. */
  rebase(revision: number, source: string): void {
    const clocks = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    const inserted: { from: number; to: number }[] = [];
    const removed: { from: number; to: number }[] = [];
    let shift = 0;
    for (const edit of textEdits(source, this.source())) {
      const place = { from: edit.from + shift, to: edit.from + shift + edit.insert.length };
      if (edit.insert !== '') inserted.push(place);
      if (edit.to > edit.from) removed.push(place);
      shift += edit.insert.length - (edit.to - edit.from);
    }
    this.attribution.rebase(revision, clocks, this.attribution.idsBetween(this.text, inserted));
    this.attribution.keepGoneAt(this.text, removed);
    this.baseSource = source;
    this.#rowsOfPending();
    this.#put(baseWrite(this.#document, this.attribution, this.#sequence, this.seed));
  }

  /** There is no revision: everything is new. */
  rebaseOnNothing(): void {
    this.attribution.rebase(0, new Map(), []);
    this.#rowsOfPending();
    this.#put(baseWrite(this.#document, this.attribution, this.#sequence, this.seed));
  }

  // ---- readings

  source(): string {
    return this.text.toString();
  }

  ranges(): Revision['ranges'] {
    return this.attribution.ranges(this.text);
  }

  hunks(): PlacedHunk[] {
    return draftHunks({
      base: this.baseSource,
      draft: this.source(),
      script: this.attribution.script(this.text),
      draftRanges: this.ranges(),
      lastChangeMs: (participantId) => this.attribution.lastChangeMs.get(participantId) ?? this.record.updatedAtMs,
    });
  }

  /** What a check needs, all of one moment. */
  snapshot(): Snapshot {
    return { source: this.source(), ranges: this.ranges(), changes: changesOf(this.attribution.script(this.text)) };
  }

  // ---- the end

  compact(): void {
    if (this.#tailCount === 0 || this.#closed) return;
    this.#rowsOfPending();
    // Rows of this very commit are not in the reader yet; they are inside the state and go with the next compaction.
    this.#put(...compactionWrites(this.#reader, this.#document, this.doc, this.attribution, this.#sequence, this.seed));
    this.#compacting = true;
    this.#tailCount = 0;
    this.#tailBytes = 0;
  }

  get worthCompacting(): boolean {
    return this.#tailCount > tailCountMax;
  }

  /** Nothing is on its way and nobody needs it. */
  get idle(): boolean {
    return this.uses === 0 && this.#clean() && !this.#commits.isDirty(this);
  }

  destroy(): void {
    this.#closed = true;
    this.doc.destroy();
  }

  get documentName(): DocumentName {
    return this.#document;
  }
}

const nobodysOrigin: Origin = { participantId: 'server', socketId: undefined };

function originOf(origin: unknown): Origin {
  return typeof origin === 'object' && origin !== null && 'participantId' in origin && typeof origin.participantId === 'string' && 'socketId' in origin
    ? { participantId: origin.participantId, socketId: typeof origin.socketId === 'number' ? origin.socketId : undefined, credited: 'credited' in origin && origin.credited === true }
    : nobodysOrigin;
}

/** At most 64 at once: the cost of a merge grows with the square. */
function mergeFew(updates: readonly Uint8Array[]): Uint8Array {
  if (updates.length <= 64) return Y.mergeUpdates([...updates]);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < updates.length; at += 64) parts.push(Y.mergeUpdates(updates.slice(at, at + 64)));
  return mergeFew(parts);
}

function randomClientId(house: RoomHouse): number {
  const bytes = house.ambient.ids.bytes(4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
}
