/**
 * Who wrote and who deleted which character. Yjs merges neighbours only within one client, so client id -> participant is exact
 * per character; deletions carry no author and are attributed to the connection by which they newly arrive; text that comes back
 * by an undo (or a cut and paste) of the same participant keeps its first author.
 */
import * as Y from 'yjs';
import type { Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import type { ScriptSegment } from './hunks.ts';
import { IdRanges, type IdRun } from './id-ranges.ts';

export interface Binding {
  readonly participantId: string;
  /** Used by the server for whole-text writes of this participant: no socket may use it. */
  readonly server: boolean;
}

/** The revision that the draft is compared with, in terms of the document. */
export interface Base {
  readonly revision: number;
  /** Characters below these clocks were in the document when it was published. */
  readonly clocks: ReadonlyMap<number, number>;
}

/** Text that was removed shortly before, with its authors, in case its remover brings it back. */
interface Removal {
  readonly text: string;
  readonly authors: readonly { readonly length: number; readonly by: string }[];
  readonly ids: readonly { readonly client: number; readonly clock: number; readonly length: number }[];
  readonly atMs: number;
}

/** How long and how much a participant's removed text is remembered. */
const removalAgeMsMax = 10 * 60_000;
const removalsMax = 50;
const removalCharsMax = 100_000;
/** Shorter text is only taken for an undo when it returns to its place: everybody types an "e" again. */
const anywhereCharsMin = 4;
const neighboursMax = 1000;

const unknownAuthor: RevisionAuthor = { id: 'unknown', name: 'unknown', kind: 'api', color: 1 };
const sameText = (left: string, right: string): boolean => left === right;

export class Attribution {
  readonly bindings = new Map<number, Binding>();
  readonly authors = new Map<string, RevisionAuthor>();
  readonly lastChangeMs = new Map<string, number>();
  /** Characters of the base that were deleted since, and by whom. */
  readonly gone = new IdRanges<string>(sameText);
  /** Characters that are older than the base and not in it. */
  readonly leftOut = new IdRanges<true>(() => true);
  /** Characters that came back: their first author. */
  readonly originals = new IdRanges<string>(sameText);
  readonly #removals = new Map<string, Removal[]>();
  base: Base = { revision: 0, clocks: new Map() };

  author(participantId: string): RevisionAuthor {
    return this.authors.get(participantId) ?? unknownAuthor;
  }

  #writerOf(client: number): string {
    return this.bindings.get(client)?.participantId ?? unknownAuthor.id;
  }

  /** The live characters of a text in order, cut by author. */
  *#live(item: Y.Item): Iterable<{ readonly clock: number; readonly length: number; readonly by: string }> {
    const writer = this.#writerOf(item.id.client);
    for (const piece of this.originals.pieces(item.id.client, item.id.clock, item.length)) {
      yield { clock: piece.clock, length: piece.length, by: piece.value ?? writer };
    }
  }

  ranges(text: Y.Text): Revision['ranges'] {
    const ranges: { from: number; to: number; author: RevisionAuthor }[] = [];
    let at = 0;
    for (let item = text._start; item !== null; item = item.right) {
      if (item.deleted) continue;
      for (const piece of this.#live(item)) {
        const last = ranges.at(-1);
        if (last !== undefined && last.author.id === piece.by) last.to += piece.length;
        else ranges.push({ from: at, to: at + piece.length, author: this.author(piece.by) });
        at += piece.length;
      }
    }
    return ranges;
  }

  script(text: Y.Text): ScriptSegment[] {
    const segments: { type: ScriptSegment['type']; length: number; by?: RevisionAuthor }[] = [];
    const add = (type: ScriptSegment['type'], length: number, by: string | undefined): void => {
      const last = segments.at(-1);
      if (last !== undefined && last.type === type && last.by?.id === by) last.length += length;
      else segments.push({ type, length, ...(by === undefined ? {} : { by: this.author(by) }) });
    };
    for (let item = text._start; item !== null; item = item.right) {
      if (item.deleted) {
        for (const piece of this.gone.pieces(item.id.client, item.id.clock, item.length)) if (piece.value !== undefined) add('deleted', piece.length, piece.value);
        continue;
      }
      const published = this.base.clocks.get(item.id.client) ?? 0;
      for (const piece of this.#live(item)) {
        const old = Math.max(0, Math.min(piece.length, published - piece.clock));
        if (old > 0) {
          for (const part of this.leftOut.pieces(item.id.client, piece.clock, old)) add(part.value === undefined ? 'kept' : 'inserted', part.length, part.value === undefined ? undefined : piece.by);
        }
        if (old < piece.length) add('inserted', piece.length - old, piece.by);
      }
    }
    return segments;
  }

  /** Ids of live characters in a range of the text. */
  idsBetween(text: Y.Text, spans: readonly { readonly from: number; readonly to: number }[]): { readonly client: number; readonly clock: number; readonly length: number }[] {
    const ids: { client: number; clock: number; length: number }[] = [];
    let at = 0;
    let index = 0;
    for (let item = text._start; item !== null && index < spans.length; item = item.right) {
      if (item.deleted) continue;
      const end = at + item.length;
      for (let span = spans[index]; span !== undefined && span.from < end; span = spans[index]) {
        const from = Math.max(span.from, at);
        const to = Math.min(span.to, end);
        if (to > from) ids.push({ client: item.id.client, clock: item.id.clock + from - at, length: to - from });
        if (span.to > end) break;
        index += 1;
      }
      at = end;
    }
    return ids;
  }

  /** A deletion of a character that the base has. */
  noteDeleted(client: number, clock: number, length: number, by: string): void {
    const published = Math.min(length, (this.base.clocks.get(client) ?? 0) - clock);
    if (published <= 0) return;
    for (const piece of this.leftOut.pieces(client, clock, published)) {
      if (piece.value === undefined) this.gone.add({ client, clock: piece.clock, length: piece.length, value: by });
    }
  }

  /**
   * Called in Yjs' `afterTransaction`, while deleted text is still there. Answers the characters that came back: rows to keep.
   * Costs a few steps a keystroke.
   */
  observe(transaction: Y.Transaction, by: string, nowMs: number, options: { readonly recognise: boolean } = { recognise: true }): IdRun<string>[] {
    this.lastChangeMs.set(by, nowMs);
    const removed = new Set<Y.Item>();
    if (transaction.deleteSet.clients.size > 0) {
      Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct) => {
        if (struct instanceof Y.Item) removed.add(struct);
      });
      for (const [client, ranges] of transaction.deleteSet.clients) for (const range of ranges) this.noteDeleted(client, range.clock, range.len, by);
    }
    this.#remember(removed, transaction, by, nowMs);
    return options.recognise ? this.#recognise(transaction, by, nowMs) : [];
  }

  #remember(removed: ReadonlySet<Y.Item>, transaction: Y.Transaction, by: string, nowMs: number): void {
    const seen = new Set<Y.Item>();
    for (const item of removed) {
      if (seen.has(item)) continue;
      let first = item;
      let left = item.left;
      for (let step = 0; left !== null && left.deleted && step < neighboursMax; step += 1, left = left.left) if (removed.has(left)) first = left;
      let text = '';
      const authors: { length: number; by: string }[] = [];
      const ids: { client: number; clock: number; length: number }[] = [];
      for (let current: Y.Item | null = first; current !== null && current.deleted; current = current.right) {
        if (!removed.has(current) || seen.has(current)) continue;
        seen.add(current);
        // What came and went in one transaction was never seen by anybody.
        if (current.id.clock >= (transaction.beforeState.get(current.id.client) ?? 0)) continue;
        if (!(current.content instanceof Y.ContentString)) continue;
        text += current.content.str;
        ids.push({ client: current.id.client, clock: current.id.clock, length: current.length });
        for (const piece of this.#live(current)) authors.push({ length: piece.length, by: piece.by });
      }
      if (text === '' || text.length > removalCharsMax) continue;
      const list = this.#removals.get(by) ?? [];
      list.push({ text, authors, ids, atMs: nowMs });
      while (list.length > removalsMax) list.shift();
      this.#removals.set(by, list);
    }
  }

  #recognise(transaction: Y.Transaction, by: string, nowMs: number): IdRun<string>[] {
    const removals = this.#removals.get(by)?.filter((removal) => nowMs - removal.atMs <= removalAgeMsMax && removal.authors.some((part) => part.by !== by));
    if (removals === undefined || removals.length === 0) return [];
    const back: IdRun<string>[] = [];
    for (const run of insertedRuns(transaction)) {
      const text = run.map((item) => (item.content instanceof Y.ContentString ? item.content.str : '')).join('');
      for (const removal of removals.toReversed()) {
        const offset = matchOffset(removal, text, run);
        if (offset === undefined) continue;
        back.push(...this.#restore(run, text, removal, offset, by));
        break;
      }
    }
    for (const entry of back) this.originals.add(entry);
    return back;
  }

  /** `offset` is where the inserted text begins in the removed one; negative when the removed one begins inside the inserted. */
  #restore(run: readonly Y.Item[], text: string, removal: Removal, offset: number, by: string): IdRun<string>[] {
    const back: IdRun<string>[] = [];
    const removedAuthor: { from: number; to: number; by: string }[] = [];
    let at = 0;
    for (const part of removal.authors) {
      removedAuthor.push({ from: at - offset, to: at - offset + part.length, by: part.by });
      at += part.length;
    }
    let itemAt = 0;
    for (const item of run) {
      const itemEnd = itemAt + item.length;
      for (const part of removedAuthor) {
        const from = Math.max(part.from, itemAt, 0);
        const to = Math.min(part.to, itemEnd, text.length);
        if (to > from && part.by !== by) back.push({ client: item.id.client, clock: item.id.clock + from - itemAt, length: to - from, value: part.by });
      }
      itemAt = itemEnd;
    }
    return back;
  }

  /** Everything in the document now is what the revision has, except these characters. */
  rebase(revision: number, clocks: ReadonlyMap<number, number>, leftOut: readonly { readonly client: number; readonly clock: number; readonly length: number }[]): void {
    this.base = { revision, clocks };
    this.leftOut.clear();
    for (const ids of leftOut) this.leftOut.add({ ...ids, value: true });
  }

  /** Forgets deletions that are published: those outside of these places of the text. */
  keepGoneAt(text: Y.Text, places: readonly { readonly from: number; readonly to: number }[]): void {
    const kept: IdRun<string>[] = [];
    let at = 0;
    let index = 0;
    for (let item = text._start; item !== null && index < places.length; item = item.right) {
      while (index < places.length && (places[index]?.to ?? 0) < at) index += 1;
      const place = places[index];
      if (!item.deleted) at += item.length;
      else if (place !== undefined && place.from <= at) {
        for (const piece of this.gone.pieces(item.id.client, item.id.clock, item.length)) {
          if (piece.value !== undefined) kept.push({ client: item.id.client, clock: piece.clock, length: piece.length, value: piece.value });
        }
      }
    }
    this.gone.clear();
    for (const run of kept) this.gone.add(run);
  }
}

/** New live items that stand side by side, however many tombstones lie between them. */
function insertedRuns(transaction: Y.Transaction): Y.Item[][] {
  const runs: Y.Item[][] = [];
  const isNew = (item: Y.Item): boolean => item.id.clock >= (transaction.beforeState.get(item.id.client) ?? 0) && !item.deleted;
  const seen = new Set<Y.Item>();
  for (const [client, clock] of transaction.afterState) {
    const before = transaction.beforeState.get(client) ?? 0;
    if (before === clock) continue;
    const structs = transaction.doc.store.clients.get(client);
    if (structs === undefined) continue;
    for (let index = Y.findIndexSS(structs, before); index < structs.length; index += 1) {
      const struct = structs[index];
      if (!(struct instanceof Y.Item) || !isNew(struct) || seen.has(struct)) continue;
      let first = struct;
      let left = struct.left;
      for (let step = 0; left !== null && step < neighboursMax && (left.deleted || isNew(left)); step += 1, left = left.left) if (isNew(left)) first = left;
      const run: Y.Item[] = [];
      for (let item: Y.Item | null = first; item !== null && (item.deleted || isNew(item)); item = item.right) {
        if (!isNew(item) || seen.has(item)) continue;
        seen.add(item);
        run.push(item);
      }
      if (run.length > 0) runs.push(run);
    }
  }
  return runs;
}

function matchOffset(removal: Removal, text: string, run: readonly Y.Item[]): number | undefined {
  if (text.length < anywhereCharsMin) {
    return removal.text === text && standsAt(removal, run) ? 0 : undefined;
  }
  const inside = removal.text.indexOf(text);
  if (inside >= 0) return inside;
  if (removal.text.length < anywhereCharsMin) return undefined;
  const around = text.indexOf(removal.text);
  return around < 0 ? undefined : -around;
}

/** Is the removed text's tombstone a neighbour of what was inserted? */
function standsAt(removal: Removal, run: readonly Y.Item[]): boolean {
  const among = (item: Y.Item): boolean => removal.ids.some((ids) => ids.client === item.id.client && item.id.clock < ids.clock + ids.length && ids.clock < item.id.clock + item.length);
  let left = run[0]?.left ?? null;
  for (let step = 0; left !== null && left.deleted && step < neighboursMax; step += 1, left = left.left) if (among(left)) return true;
  let right = run.at(-1)?.right ?? null;
  for (let step = 0; right !== null && right.deleted && step < neighboursMax; step += 1, right = right.right) if (among(right)) return true;
  return false;
}
