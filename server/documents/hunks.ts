/**
 * What of the draft is not in the latest revision, by author. Blocks come from a line diff of the two texts; authors come from
 * the document: who inserted a character that is new since the revision, and who deleted one that was in it.
 */
import { createHash } from 'node:crypto';
import type { Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import { isoText } from '../../core/protocol/time.ts';
import type { Hunk } from './contract.ts';
import { lineBlocks, lineStarts, splitLines, textEdits } from './text-edits.ts';

/** The document walked from left to right, compared with the revision. `kept` and `inserted` stand in the draft, `deleted` stood in the base. */
export interface ScriptSegment {
  readonly type: 'kept' | 'inserted' | 'deleted';
  readonly length: number;
  /** Of an insertion or deletion. */
  readonly by?: RevisionAuthor;
}

export interface HunkQuestion {
  readonly base: string;
  readonly draft: string;
  readonly script: readonly ScriptSegment[];
  readonly draftRanges: Revision['ranges'];
  /** When each participant last changed this document. */
  readonly lastChangeMs: (participantId: string) => number;
}

/** A hunk with its line ranges, for composing a text without it. */
export interface PlacedHunk extends Hunk {
  readonly baseFrom: number;
  readonly baseTo: number;
  readonly draftFrom: number;
  readonly draftTo: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly by: RevisionAuthor;
}

interface Aligned {
  readonly inserted: readonly Span[];
  /** In base offsets; empty when the document does not align with the base exactly. */
  readonly deleted: readonly Span[];
  /** Where something was deleted, in draft offsets. */
  readonly deletedAt: readonly { readonly at: number; readonly length: number; readonly by: RevisionAuthor }[];
  readonly kept: readonly { readonly baseFrom: number; readonly draftFrom: number; readonly length: number }[];
}

/** The script is believed only when it explains the base character by character; else texts are compared. */
function align({ base, draft, script }: HunkQuestion): Aligned {
  const inserted: Span[] = [];
  const deleted: Span[] = [];
  const deletedAt: { at: number; length: number; by: RevisionAuthor }[] = [];
  const kept: { baseFrom: number; draftFrom: number; length: number }[] = [];
  let baseAt = 0;
  let draftAt = 0;
  let exact = true;
  for (const segment of script) {
    if (segment.type === 'kept') {
      exact &&= base.slice(baseAt, baseAt + segment.length) === draft.slice(draftAt, draftAt + segment.length);
      kept.push({ baseFrom: baseAt, draftFrom: draftAt, length: segment.length });
      baseAt += segment.length;
      draftAt += segment.length;
    } else if (segment.by !== undefined && segment.type === 'inserted') {
      inserted.push({ from: draftAt, to: draftAt + segment.length, by: segment.by });
      draftAt += segment.length;
    } else if (segment.by !== undefined) {
      deleted.push({ from: baseAt, to: baseAt + segment.length, by: segment.by });
      deletedAt.push({ at: draftAt, length: segment.length, by: segment.by });
      baseAt += segment.length;
    }
  }
  if (exact && baseAt === base.length) return { inserted, deleted, deletedAt, kept };
  return { inserted, deleted: [], deletedAt, kept: keptByText(base, draft) };
}

function keptByText(base: string, draft: string): Aligned['kept'] {
  const kept: { baseFrom: number; draftFrom: number; length: number }[] = [];
  let baseAt = 0;
  let draftAt = 0;
  for (const edit of textEdits(base, draft)) {
    kept.push({ baseFrom: baseAt, draftFrom: draftAt, length: edit.from - baseAt });
    draftAt += edit.from - baseAt + edit.insert.length;
    baseAt = edit.to;
  }
  kept.push({ baseFrom: baseAt, draftFrom: draftAt, length: base.length - baseAt });
  return kept;
}

/** Adds up lengths by author and answers the one with most. */
class Weights {
  readonly #byId = new Map<string, { readonly author: RevisionAuthor; weight: number }>();

  add(author: RevisionAuthor, weight: number): void {
    const known = this.#byId.get(author.id);
    if (known === undefined) this.#byId.set(author.id, { author, weight });
    else known.weight += weight;
  }

  heaviest(): RevisionAuthor | undefined {
    let best: { readonly author: RevisionAuthor; readonly weight: number } | undefined;
    for (const entry of this.#byId.values()) if (best === undefined || entry.weight > best.weight) best = entry;
    return best?.author;
  }
}

function heaviestWithin(spans: readonly Span[], from: number, to: number): RevisionAuthor | undefined {
  const weights = new Weights();
  for (let index = firstEndingAfter(spans, from); index < spans.length; index += 1) {
    const span = spans[index];
    if (span === undefined || span.from >= to) break;
    weights.add(span.by, Math.min(span.to, to) - Math.max(span.from, from));
  }
  return weights.heaviest();
}

function firstEndingAfter(spans: readonly { readonly to: number }[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.to ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

const nobody: RevisionAuthor = { id: '', name: 'unknown', kind: 'api', color: 1 };

export function draftHunks(question: HunkQuestion): PlacedHunk[] {
  if (question.base === question.draft) return [];
  const aligned = align(question);
  const baseLines = splitLines(question.base);
  const draftLines = splitLines(question.draft);
  const baseStarts = [...lineStarts(baseLines), question.base.length];
  const draftStarts = [...lineStarts(draftLines), question.draft.length];
  const draftSpans = question.draftRanges.map((range) => ({ from: range.from, to: range.to, by: range.author }));
  const place = (starts: readonly number[], line: number): number => starts[line] ?? 0;

  const authorOfDeletionAt = (from: number, to: number): RevisionAuthor | undefined => {
    const weights = new Weights();
    for (const deletion of aligned.deletedAt) if (deletion.at >= from && deletion.at <= to) weights.add(deletion.by, deletion.length);
    return weights.heaviest();
  };
  const addedAuthor = (line: number): RevisionAuthor => {
    const [from, to] = [place(draftStarts, line), place(draftStarts, line + 1)];
    return heaviestWithin(aligned.inserted, from, to) ?? authorOfDeletionAt(from, to) ?? heaviestWithin(draftSpans, from, to) ?? nobody;
  };

  const hunks: PlacedHunk[] = [];
  const used = new Map<string, number>();
  for (const block of lineBlocks(baseLines, draftLines)) {
    const removedAuthor = (line: number): RevisionAuthor =>
      heaviestWithin(aligned.deleted, place(baseStarts, line), place(baseStarts, line + 1))
      ?? authorOfDeletionAt(place(draftStarts, block.draftFrom), place(draftStarts, block.draftTo))
      ?? (block.draftTo > block.draftFrom ? addedAuthor(block.draftFrom) : nobody);
    for (const piece of splitByAuthor(block, pairLines(block, aligned.kept, baseStarts, draftStarts), addedAuthor, removedAuthor)) {
      const anchor = `${piece.author.id}@${piece.baseFrom + 1}`;
      const count = (used.get(anchor) ?? 0) + 1;
      used.set(anchor, count);
      // Built from the base, which stands still while people type: a hunk keeps its id while its author goes on.
      const id = count === 1 ? anchor : `${anchor}.${count}`;
      hunks.push({
        id,
        // Computed for who asks: each check of a draft counts the hunks, and only sheets compare them.
        get version() {
          return versionOf(id, question.base.slice(place(baseStarts, piece.baseFrom), place(baseStarts, piece.baseTo)), question.draft.slice(place(draftStarts, piece.draftFrom), place(draftStarts, piece.draftTo)));
        },
        author: piece.author,
        baseLine: piece.baseFrom + 1,
        draftLine: piece.draftFrom + 1,
        removed: baseLines.slice(piece.baseFrom, piece.baseTo).map(withoutEnd),
        added: draftLines.slice(piece.draftFrom, piece.draftTo).map(withoutEnd),
        at: isoText(question.lastChangeMs(piece.author.id)),
        baseFrom: piece.baseFrom, baseTo: piece.baseTo, draftFrom: piece.draftFrom, draftTo: piece.draftTo,
      });
    }
  }
  return hunks;
}

/** Bytes of a digest that are kept: whoever looks at a draft has some dozens of them, and two never meet by chance. */
const versionBytes = 12;

/** Author and place are in the id; the texts have their line ends, which `removed` and `added` have lost. */
const versionOf = (id: string, removed: string, added: string): string =>
  createHash('sha256').update(JSON.stringify([id, removed, added])).digest().subarray(0, versionBytes).toString('base64url');

const withoutEnd = (line: string): string => (line.endsWith('\n') ? line.slice(0, -1) : line);

interface Block {
  readonly baseFrom: number;
  readonly baseTo: number;
  readonly draftFrom: number;
  readonly draftTo: number;
}

/** For each base line of a block the draft line with which it shares most characters, if any. Increases monotonically. */
function pairLines(block: Block, kept: Aligned['kept'], baseStarts: readonly number[], draftStarts: readonly number[]): Map<number, number> {
  const pairs = new Map<number, number>();
  let lowest = block.draftFrom;
  const ends = kept.map((run) => ({ to: run.baseFrom + run.length }));
  for (let base = block.baseFrom; base < block.baseTo; base += 1) {
    const from = baseStarts[base] ?? 0;
    const to = baseStarts[base + 1] ?? from;
    const shared = new Map<number, number>();
    for (let index = firstEndingAfter(ends, from); index < kept.length; index += 1) {
      const run = kept[index];
      if (run === undefined || run.baseFrom >= to) break;
      const start = Math.max(run.baseFrom, from);
      const draftOffset = run.draftFrom + (start - run.baseFrom);
      const length = Math.min(run.baseFrom + run.length, to) - start;
      for (let draft = lowest; draft < block.draftTo; draft += 1) {
        const overlap = Math.min(draftOffset + length, draftStarts[draft + 1] ?? 0) - Math.max(draftOffset, draftStarts[draft] ?? 0);
        // A line's end alone is no likeness.
        if (overlap > 1) shared.set(draft, (shared.get(draft) ?? 0) + overlap);
      }
    }
    let best: number | undefined;
    for (const [draft, overlap] of shared) if (best === undefined || overlap > (shared.get(best) ?? 0)) best = draft;
    if (best !== undefined) {
      pairs.set(base, best);
      lowest = best;
    }
  }
  return pairs;
}

type Piece = Block & { readonly author: RevisionAuthor };

/** Cuts a block into pieces of one author each, in order on both sides. */
function splitByAuthor(block: Block, pairs: ReadonlyMap<number, number>, addedAuthor: (line: number) => RevisionAuthor, removedAuthor: (line: number) => RevisionAuthor): Piece[] {
  const pieces: Piece[] = [];
  let baseAt = block.baseFrom;
  let draftAt = block.draftFrom;
  const push = (baseTo: number, draftTo: number, author: RevisionAuthor): void => {
    const last = pieces.at(-1);
    if (last !== undefined && last.author.id === author.id) pieces[pieces.length - 1] = { ...last, baseTo, draftTo };
    else pieces.push({ baseFrom: baseAt, baseTo, draftFrom: draftAt, draftTo, author });
    baseAt = baseTo;
    draftAt = draftTo;
  };
  for (let draft = block.draftFrom; draft < block.draftTo; draft += 1) {
    const author = addedAuthor(draft);
    let last = -1;
    for (let base = baseAt; base < block.baseTo; base += 1) if (pairs.get(base) === draft) last = base;
    // Base lines that lead to no draft line and stand before this one were removed on their own.
    while (baseAt < last && !pairs.has(baseAt)) push(baseAt + 1, draftAt, removedAuthor(baseAt));
    push(Math.max(baseAt, last + 1), draft + 1, author);
  }
  while (baseAt < block.baseTo) push(baseAt + 1, draftAt, removedAuthor(baseAt));
  return pieces;
}

/** The draft without some hunks: their places as they are in the base. Each part says where it comes from. */
export interface ComposedPart {
  readonly from: 'base' | 'draft';
  readonly start: number;
  readonly end: number;
}

export function composeWithout(question: { readonly base: string; readonly draft: string; readonly hunks: readonly PlacedHunk[]; readonly without: ReadonlySet<string> }): { readonly text: string; readonly parts: readonly ComposedPart[] } {
  const baseLines = splitLines(question.base);
  const draftLines = splitLines(question.draft);
  const baseStarts = [...lineStarts(baseLines), question.base.length];
  const draftStarts = [...lineStarts(draftLines), question.draft.length];
  const parts: ComposedPart[] = [];
  const add = (part: ComposedPart): void => {
    if (part.end > part.start) parts.push(part);
  };
  let draftLine = 0;
  for (const hunk of question.hunks) {
    if (!question.without.has(hunk.id)) continue;
    add({ from: 'draft', start: draftStarts[draftLine] ?? 0, end: draftStarts[hunk.draftFrom] ?? 0 });
    add({ from: 'base', start: baseStarts[hunk.baseFrom] ?? 0, end: baseStarts[hunk.baseTo] ?? 0 });
    draftLine = hunk.draftTo;
  }
  add({ from: 'draft', start: draftStarts[draftLine] ?? 0, end: question.draft.length });
  const text = parts.map((part) => (part.from === 'base' ? question.base : question.draft).slice(part.start, part.end)).join('');
  return { text, parts };
}
