/**
 * Revisions: deliberate publishes of exactly these bytes. Operations on one flow run one after the other; what they read of the
 * draft and what they write stands in one synchronous breath, so that typing goes on beside them.
 */
import { createTwoFilesPatch } from 'diff';
import type { Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import { forbidden, illegalState, invalidEntity, notFound, ProtocolError } from '../../core/protocol/errors.ts';
import { flowIdPattern, namespacePattern } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Access, Caller } from '../access/contract.ts';
import type { Ambient } from '../ambient/index.ts';
import { frontKeys } from '../store/keys.ts';
import type { Reader, Write } from '../store/contract.ts';
import { loadFlowRecord, loadRevision, type FlowRecord, type RevisionRecord } from '../store/tables/flows.ts';
import { blame } from './blame.ts';
import type { Commits } from './commits.ts';
import type { DiscardRequest, FlowAddress, PublishRequest } from './contract.ts';
import { factsOf, sameIdentity, validFlow, withDisabled } from './flow-facts.ts';
import type { FlowParser } from './flow-parser.ts';
import { authorOf, type FlowRoom } from './flow-room.ts';
import { composeWithout, type PlacedHunk } from './hunks.ts';
import { removalWrites } from './journal.ts';
import { carryAuthors, joinRanges, rangesWithCarriageReturns, rangesWithoutCarriageReturns, sliceRanges, uniqueAuthors, withoutCarriageReturns, type AuthoredText } from './ranges.ts';
import { textEdits } from './text-edits.ts';
import { mergeTexts } from './three-way-merge.ts';

export interface Committed {
  readonly record: FlowRecord;
  /** Undefined for a draft. */
  readonly revision: RevisionRecord | undefined;
  /** The front's commit that has it. */
  readonly commit: number;
}

export interface PublishingOptions {
  readonly reader: Reader;
  readonly access: Access;
  readonly ambient: Ambient;
  readonly parser: FlowParser;
  readonly commits: Commits;
  /** The room of a flow, loaded when it is not; `fresh` for a flow that has no rows yet. */
  readonly room: (record: FlowRecord, fresh: boolean) => FlowRoom;
  readonly loadedRoom: (address: FlowAddress) => FlowRoom | undefined;
  readonly forget: (room: FlowRoom) => void;
  readonly committed: (change: Committed) => void;
  /** Tells the people in the room. */
  readonly announce: (room: FlowRoom) => void;
}

interface Published {
  readonly record: FlowRecord;
  readonly revision: RevisionRecord;
  readonly unchanged: boolean;
}

const addressOf = ({ tenant, namespace, id }: FlowAddress): string => `${tenant}/${namespace}/${id}`;
const nameOf = ({ namespace, id }: FlowAddress): string => `flow ${namespace}.${id}`;
const diffCharsMax = 20_000;

export class Publishing {
  readonly #options: PublishingOptions;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: PublishingOptions) {
    this.#options = options;
  }

  /** One after the other per flow; a failure does not stop the next. */
  #inTurn<T>(address: FlowAddress, run: () => Promise<T>): Promise<T> {
    const key = addressOf(address);
    const turn = (this.#queues.get(key) ?? Promise.resolve()).then(run, run);
    const settled = turn.catch(() => undefined).then(() => {
      if (this.#queues.get(key) === settled) this.#queues.delete(key);
    });
    this.#queues.set(key, settled);
    return turn;
  }

  #record(address: FlowAddress): FlowRecord | undefined {
    return this.#options.loadedRoom(address)?.record ?? loadFlowRecord(this.#options.reader, address.tenant, address.namespace, address.id);
  }

  #existing(address: FlowAddress): FlowRecord {
    const record = this.#record(address);
    if (record === undefined || record.deleted) throw notFound(nameOf(address));
    return record;
  }

  #latest(record: FlowRecord): RevisionRecord | undefined {
    return record.revision === 0 ? undefined : loadRevision(this.#options.reader, record.tenant, record.namespace, record.id, record.revision);
  }

  /** Numbers go on after a deletion. */
  #nextRevision(record: FlowRecord): number {
    const [last] = this.#options.reader.range<RevisionRecord>({ prefix: [record.tenant, 'rev', record.namespace, record.id], reverse: true, limit: 1 });
    return Math.max(last?.value.revision ?? 0, record.revision) + 1;
  }

  async #using<T>(record: FlowRecord, fresh: boolean, run: (room: FlowRoom) => Promise<T>): Promise<T> {
    const room = this.#options.room(record, fresh);
    room.uses += 1;
    try {
      return await run(room);
    } finally {
      room.uses -= 1;
    }
  }

  // ---- operations

  async create(caller: Caller, source: string, options: { readonly draft: boolean }): Promise<{ readonly record: FlowRecord; readonly revision?: RevisionRecord }> {
    checkSize(source);
    const parsed = await this.#options.parser.parse(source);
    if (!options.draft) validFlow(parsed);
    const { id, namespace } = parsed;
    if (id === undefined || !flowIdPattern.test(id)) throw invalidEntity([{ path: 'id', message: `expected letters, digits, dots, dashes and underscores; found ${JSON.stringify(id ?? null)}` }]);
    if (namespace === undefined || !namespacePattern.test(namespace)) throw invalidEntity([{ path: 'namespace', message: `expected lower-case letters, digits, dots, dashes and underscores; found ${JSON.stringify(namespace ?? null)}` }]);
    const address: FlowAddress = { tenant: caller.tenant, namespace, id };
    this.#mayWrite(caller, 'create', namespace);
    return this.#inTurn(address, async () => {
      const known = this.#record(address);
      if (known !== undefined && !known.deleted && (options.draft || known.revision > 0)) throw invalidEntity([{ path: 'flow.id', message: 'Flow id already exists' }]);
      // Somebody has drafted it: this becomes its first revision, and their text stays in the draft.
      if (known !== undefined && !known.deleted) return this.#replace(caller, known, source, {});
      const author = authorOf(caller.participant, caller.credential.type);
      const record: FlowRecord = {
        ...address, birth: this.#options.ambient.ids.friendly(), revision: 0, deleted: false, draft: true,
        updatedAtMs: this.#options.ambient.clock.nowMs(), authors: [author], ...factsOf(parsed.flow ?? parsed.outline),
      };
      return this.#using(record, true, async (room) => {
        const text = withoutCarriageReturns(source);
        room.seed = text;
        room.edit(author, [{ from: 0, to: 0, insert: text }]);
        if (options.draft) {
          room.rebaseOnNothing();
          await room.commit([flowWrite(record)]);
          this.#told(room, undefined);
          return { record };
        }
        return this.#commitRevision({ room, caller, source, ranges: [{ from: 0, to: source.length, author }], authors: [author], record: { ...record, revision: this.#nextRevision(record) - 1 } });
      });
    });
  }

  replace(caller: Caller, address: FlowAddress, source: string, options: { readonly expectedRevision?: number }): Promise<Published> {
    checkSize(source);
    this.#mayWrite(caller, 'update', address.namespace);
    return this.#inTurn(address, async () => this.#replace(caller, this.#existing(address), source, options));
  }

  async #replace(caller: Caller, record: FlowRecord, source: string, options: { readonly expectedRevision?: number; readonly restored?: RevisionRecord }): Promise<Published> {
    const latest = this.#latest(record);
    expectRevision(record, latest, options.expectedRevision, source);
    if (latest !== undefined && latest.source === source && options.restored === undefined) return { record, revision: latest, unchanged: true };
    const flow = validFlow(await this.#options.parser.parse(source));
    sameIdentity(flow, record);
    return this.#using(record, false, async (room) => {
      const author = authorOf(caller.participant, caller.credential.type);
      const sent = withoutCarriageReturns(source);
      const base = latest === undefined ? room.seed : room.baseSource;
      const baseRanges = latest === undefined ? [] : rangesWithoutCarriageReturns(latest.source, latest.ranges);
      const draft = room.source();
      const merged = mergeTexts({ base, sent, draft });
      const edits = textEdits(draft, merged);
      // Nobody's typing is in it: all of it is by the authors of the old revision, also what somebody happened to write again.
      if (options.restored !== undefined && merged === sent) room.rewrite(author, { text: sent, ranges: rangesWithoutCarriageReturns(source, options.restored.ranges) });
      else {
        room.edit(author, edits);
        if (options.restored !== undefined) this.#creditRestored(room, options.restored, edits, author);
      }
      const ranges = carryAuthors(sent, [{ text: merged, ranges: room.ranges() }, { text: base, ranges: baseRanges }], author);
      return this.#commitRevision({
        room, caller, source, ranges: rangesWithCarriageReturns(source, ranges),
        authors: uniqueAuthors([author, ...authorsOfNews(base, sent, ranges)]),
        record: { ...room.record, ...factsOf(flow) },
        ...(options.restored === undefined ? {} : { restoredFrom: options.restored.revision }),
      });
    });
  }

  /** Text that comes back keeps its first authors. */
  #creditRestored(room: FlowRoom, restored: RevisionRecord, edits: readonly { readonly from: number; readonly to: number; readonly insert: string }[], caller: RevisionAuthor): void {
    const text = room.source();
    const carried = carryAuthors(text, [{ text: withoutCarriageReturns(restored.source), ranges: rangesWithoutCarriageReturns(restored.source, restored.ranges) }], caller);
    let shift = 0;
    for (const edit of edits) {
      const from = edit.from + shift;
      room.credit(carried.filter((range) => range.author.id !== caller.id).map((range) => ({ from: Math.max(range.from, from), to: Math.min(range.to, from + edit.insert.length), author: range.author })).filter((range) => range.to > range.from));
      shift += edit.insert.length - (edit.to - edit.from);
    }
  }

  publish(caller: Caller, request: PublishRequest): Promise<Published> {
    this.#mayWrite(caller, 'update', request.namespace);
    return this.#inTurn(request, () => {
      const record = this.#existing(request);
      return this.#using(record, false, async (room) => {
        const latest = this.#latest(record);
        const draft = room.source();
        expectRevision(record, latest, request.expectedRevision, draft);
        const hunks = room.hunks();
        const without = new Set(request.without);
        const missing = request.without.filter((id) => !hunks.some((hunk) => hunk.id === id));
        if (missing.length > 0) throw illegalState(`the draft of ${nameOf(request)} has changed: the parts to leave out are not there any more (${missing.join(', ')}); look at the draft again, then publish`);
        const chosen = hunks.filter((hunk) => !without.has(hunk.id));
        expectSeen(request, chosen, request.seen, 'publish');
        const composed = this.#composed(room, latest, hunks, without);
        if (latest !== undefined && withoutCarriageReturns(latest.source) === composed.text) return { record, revision: latest, unchanged: true };
        const { ranges } = composed;
        // With parts left out, places of the draft are not places of this text: then whoever wrote the place is named.
        const changes = without.size === 0 ? room.snapshot().changes : [];
        const parsed = await this.#options.parser.parse(composed.text);
        const flow = validFlow({ ...parsed, diagnostics: blame(parsed.diagnostics, ranges, changes) });
        sameIdentity(flow, request);
        return this.#commitRevision({
          room, caller, source: composed.text, ranges,
          authors: uniqueAuthors(chosen.map((hunk) => hunk.author)),
          record: { ...room.record, ...factsOf(flow) },
          ...(request.message === undefined || request.message === '' ? {} : { message: request.message }),
        });
      });
    });
  }

  /** The draft without some hunks: their places as they are in the revision, authors included. */
  #composed(room: FlowRoom, latest: RevisionRecord | undefined, hunks: readonly PlacedHunk[], without: ReadonlySet<string>): AuthoredText {
    const composed = composeWithout({ base: room.baseSource, draft: room.source(), hunks, without });
    const baseRanges = latest === undefined ? [] : rangesWithoutCarriageReturns(latest.source, latest.ranges);
    const draftRanges = room.ranges();
    let at = 0;
    const ranges: Revision['ranges'][number][] = [];
    for (const part of composed.parts) {
      ranges.push(...sliceRanges(part.from === 'base' ? baseRanges : draftRanges, part.start, part.end, at));
      at += part.end - part.start;
    }
    return { text: composed.text, ranges: joinRanges(ranges) };
  }

  discardDraft(caller: Caller, request: DiscardRequest): Promise<void> {
    this.#mayWrite(caller, 'update', request.namespace);
    return this.#inTurn(request, () => {
      const record = this.#existing(request);
      return this.#using(record, false, async (room) => {
        const latest = this.#latest(record);
        if (latest === undefined) throw illegalState(`${nameOf(request)} was never published: its draft has no revision to go back to`);
        const hunks = room.hunks();
        const ids = new Set(request.hunks ?? hunks.map((hunk) => hunk.id));
        const missing = [...ids].filter((id) => !hunks.some((hunk) => hunk.id === id));
        if (missing.length > 0) throw illegalState(`the draft of ${nameOf(request)} has changed: the parts to discard are not there any more (${missing.join(', ')}); look at the draft again, then discard`);
        expectSeen(request, hunks.filter((hunk) => ids.has(hunk.id)), request.seen, 'discard');
        if (ids.size === 0) return;
        room.rewrite(authorOf(caller.participant, caller.credential.type), this.#composed(room, latest, hunks, ids));
        // What stands in the document for text of the revision is that text from now on: the next change of it is somebody's own.
        room.rebase(record.revision, room.baseSource);
        room.record = { ...room.record, draft: room.source() !== room.baseSource };
        await room.commit([flowWrite(room.record)]);
        this.#told(room, undefined);
      });
    });
  }

  restore(caller: Caller, address: FlowAddress, revision: number): Promise<Published> {
    this.#mayWrite(caller, 'update', address.namespace);
    return this.#inTurn(address, async () => {
      const record = this.#existing(address);
      const old = loadRevision(this.#options.reader, address.tenant, address.namespace, address.id, revision);
      if (old === undefined || old.deletion) throw notFound(`revision ${revision} of ${nameOf(address)}`);
      const latest = this.#latest(record);
      if (latest !== undefined && latest.source === old.source) return { record, revision: latest, unchanged: true };
      return this.#replace(caller, record, old.source, { restored: old });
    });
  }

  setDisabled(caller: Caller, address: FlowAddress, disabled: boolean): Promise<FlowRecord> {
    this.#mayWrite(caller, 'update', address.namespace);
    return this.#inTurn(address, async () => {
      const record = this.#existing(address);
      const latest = this.#latest(record);
      if (latest === undefined) throw illegalState(`${nameOf(address)} is only a draft: publish it first`);
      if (record.disabled === disabled) return record;
      const source = withDisabled(latest.source, disabled);
      const parsed = await this.#options.parser.parse(source);
      if (parsed.flow?.disabled !== disabled) throw illegalState(`"disabled: ${disabled}" cannot be written into the source of ${nameOf(address)}: edit the text`);
      return (await this.#replace(caller, record, source, {})).record;
    });
  }

  remove(caller: Caller, address: FlowAddress): Promise<void> {
    this.#mayWrite(caller, 'delete', address.namespace);
    return this.#inTurn(address, async () => {
      const record = this.#existing(address);
      await this.#using(record, false, async (room) => {
        const author = authorOf(caller.participant, caller.credential.type);
        room.closeAll(4404, `${caller.participant.name} deleted this flow`);
        // Rows that are on their way have to be there before they can be removed.
        await room.commit([]);
        const nowMs = this.#options.ambient.clock.nowMs();
        const deleted: FlowRecord = { ...record, revision: record.revision === 0 ? 0 : this.#nextRevision(record), deleted: true, draft: false, updatedAtMs: nowMs };
        const revision: RevisionRecord | undefined = record.revision === 0 ? undefined : { revision: deleted.revision, source: '', publishedBy: author, publishedAtMs: nowMs, authors: [author], ranges: [], deletion: true };
        room.record = deleted;
        await room.commit([...removalWrites(this.#options.reader, room.documentName), flowWrite(deleted), ...(revision === undefined ? [] : [revisionWrite(deleted, revision)])]);
        this.#options.forget(room);
        this.#options.committed({ record: deleted, revision, commit: this.#options.commits.lastNumber });
      });
    });
  }

  // ---- the one place where a revision is written

  async #commitRevision(what: {
    readonly room: FlowRoom; readonly caller: Caller; readonly source: string; readonly ranges: Revision['ranges']; readonly authors: readonly RevisionAuthor[];
    readonly record: FlowRecord; readonly message?: string; readonly restoredFrom?: number;
  }): Promise<Published> {
    const { room, source, ranges } = what;
    const nowMs = this.#options.ambient.clock.nowMs();
    const publishedBy = authorOf(what.caller.participant, what.caller.credential.type);
    const revision: RevisionRecord = {
      revision: Math.max(what.record.revision + 1, this.#nextRevision(what.record)), source, publishedBy, publishedAtMs: nowMs,
      authors: what.authors.length === 0 ? [publishedBy] : what.authors, ranges, deletion: false,
      ...(what.message === undefined ? {} : { message: what.message }),
      ...(what.restoredFrom === undefined ? {} : { restoredFrom: what.restoredFrom }),
    };
    const text = withoutCarriageReturns(source);
    const { exception: _exception, ...kept } = what.record;
    const record: FlowRecord = {
      ...kept, revision: revision.revision, draft: text !== room.source(), updatedAtMs: nowMs,
      authors: uniqueAuthors(ranges.map((range) => range.author)),
    };
    room.rebase(revision.revision, text);
    room.record = record;
    await room.commit([flowWrite(record), revisionWrite(record, revision)]);
    this.#told(room, revision);
    return { record, revision, unchanged: false };
  }

  #told(room: FlowRoom, revision: RevisionRecord | undefined): void {
    this.#options.announce(room);
    this.#options.committed({ record: room.record, revision, commit: this.#options.commits.lastNumber });
  }

  #mayWrite(caller: Caller, action: 'create' | 'update' | 'delete', namespace: string): void {
    const reason = this.#options.access.refusal(caller, { resource: 'flow', action }, namespace);
    if (reason !== undefined) throw forbidden(reason);
  }
}

export const flowWrite = (record: FlowRecord): Write => ({ type: 'put', key: frontKeys.flow(record.tenant, record.namespace, record.id), value: record });
const revisionWrite = (record: FlowRecord, revision: RevisionRecord): Write =>
  ({ type: 'put', key: frontKeys.revision(record.tenant, record.namespace, record.id, revision.revision), value: revision });

function checkSize(source: string): void {
  if (source.length > limits.sourceBytesMax || Buffer.byteLength(source) > limits.sourceBytesMax) {
    throw new ProtocolError({ status: 413, message: `A flow's source may have ${limits.sourceBytesMax} bytes; this one has ${Buffer.byteLength(source)}` });
  }
}

/** Somebody decided on these changes: they are what happens, or nothing does. */
function expectSeen(address: FlowAddress, chosen: readonly PlacedHunk[], seen: readonly string[] | undefined, verb: 'publish' | 'discard'): void {
  if (seen === undefined) return;
  const known = new Set(seen);
  const news = chosen.filter((hunk) => !known.has(hunk.version));
  if (news.length === 0 && chosen.length === known.size) return;
  const names = uniqueAuthors(news.map((hunk) => hunk.author)).map((author) => author.name).join(', ');
  const what = names === '' ? 'a change that you saw is not there any more' : `there is something new by ${names}`;
  throw illegalState(`the draft of ${nameOf(address)} has changed while you looked: ${what}; look at the draft again, then ${verb}`);
}

/** A wrong precondition: 409, with what is different. */
function expectRevision(record: FlowRecord, latest: RevisionRecord | undefined, expected: number | undefined, sent: string): void {
  if (expected === undefined || expected === record.revision) return;
  const patch = createTwoFilesPatch(`revision ${record.revision}`, 'sent', latest?.source ?? '', sent, undefined, undefined, { context: 2, maxEditLength: 2000 }) ?? 'The texts differ almost everywhere.';
  throw new ProtocolError({
    status: 409,
    message: `Illegal state: ${nameOf(record)} is at revision ${record.revision}, not at ${expected}: look at what changed, then send it again with that revision`,
    errors: [{ path: 'source', message: patch.length > diffCharsMax ? `${patch.slice(0, diffCharsMax)}\n…` : patch }],
  });
}

/** Whose characters are in a text and were not in the one before. */
function authorsOfNews(before: string, after: string, ranges: Revision['ranges']): RevisionAuthor[] {
  const authors: RevisionAuthor[] = [];
  let shift = 0;
  for (const edit of textEdits(before, after)) {
    const from = edit.from + shift;
    const to = from + edit.insert.length;
    for (const range of ranges) if (range.from < to && range.to > from) authors.push(range.author);
    shift += edit.insert.length - (edit.to - edit.from);
  }
  return authors;
}
