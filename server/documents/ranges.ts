/** Who wrote which part of a text, carried from one text to another. */
import type { Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import { textEdits, type TextEdit } from './text-edits.ts';

type Ranges = Revision['ranges'];

/** The authors of a text whose characters come from other texts, the first of them that has a character decides; else `fallback`. */
export function carryAuthors(text: string, sources: readonly { readonly text: string; readonly ranges: Ranges }[], fallback: RevisionAuthor): Ranges {
  let open: { from: number; to: number }[] = text === '' ? [] : [{ from: 0, to: text.length }];
  const found: { from: number; to: number; author: RevisionAuthor }[] = [];
  for (const source of sources) {
    const carried = carry(source.text, source.ranges, text);
    const rest: { from: number; to: number }[] = [];
    for (const gap of open) {
      let at = gap.from;
      for (const range of carried) {
        const from = Math.max(range.from, gap.from);
        const to = Math.min(range.to, gap.to);
        if (to <= from) continue;
        if (from > at) rest.push({ from: at, to: from });
        found.push({ from, to, author: range.author });
        at = to;
      }
      if (at < gap.to) rest.push({ from: at, to: gap.to });
    }
    open = rest;
  }
  for (const gap of open) found.push({ ...gap, author: fallback });
  return joinRanges(found.sort((left, right) => left.from - right.from));
}

function carry(from: string, ranges: Ranges, to: string): { from: number; to: number; author: RevisionAuthor }[] {
  const carried: { from: number; to: number; author: RevisionAuthor }[] = [];
  let at = 0;
  let shift = 0;
  let index = 0;
  const keep = (end: number): void => {
    for (let range = ranges[index]; range !== undefined && range.from < end; range = ranges[index]) {
      const start = Math.max(range.from, at);
      const stop = Math.min(range.to, end);
      if (stop > start) carried.push({ from: start + shift, to: stop + shift, author: range.author });
      if (range.to > end) break;
      index += 1;
    }
  };
  for (const edit of textEdits(from, to)) {
    keep(edit.from);
    at = edit.to;
    shift += edit.insert.length - (edit.to - edit.from);
  }
  keep(from.length);
  return carried;
}

/** A text and who wrote which part of it, all of it. */
export interface AuthoredText {
  readonly text: string;
  readonly ranges: Ranges;
}

/**
 * Small edits that make one text another, authors included: a character that both have, by different people, is written anew, so that
 * it can be credited to the right one.
 */
export function authoredEdits(before: AuthoredText, after: AuthoredText): TextEdit[] {
  const edits: { from: number; to: number; insert: string }[] = [];
  const add = (edit: TextEdit): void => {
    const last = edits.at(-1);
    if (last === undefined || last.to < edit.from) edits.push({ ...edit });
    else {
      last.to = edit.to;
      last.insert += edit.insert;
    }
  };
  const low = (index: number): boolean => (before.text.charCodeAt(index) & 0xfc00) === 0xdc00;
  const authorAt = walker(before.ranges);
  const wantedAt = walker(after.ranges);
  let at = 0;
  let shift = 0;
  const keep = (end: number): void => {
    while (at < end) {
      const [is, wanted] = [authorAt(at), wantedAt(at + shift)];
      let to = Math.min(end, is?.to ?? end, wanted === undefined ? end : wanted.to - shift);
      // Yjs replaces half a surrogate pair by U+FFFD: both halves stay together.
      if (to < end && low(to)) to += 1;
      if (wanted !== undefined && is?.author.id !== wanted.author.id) add({ from: at, to, insert: before.text.slice(at, to) });
      at = to;
    }
  };
  for (const edit of textEdits(before.text, after.text)) {
    keep(edit.from);
    add(edit);
    at = edit.to;
    shift += edit.insert.length - (edit.to - edit.from);
  }
  keep(before.text.length);
  return edits;
}

/** The range at an offset; offsets are asked for in order. */
function walker(ranges: Ranges): (offset: number) => Ranges[number] | undefined {
  let index = 0;
  return (offset) => {
    while ((ranges[index]?.to ?? Infinity) <= offset) index += 1;
    const range = ranges[index];
    return range !== undefined && range.from <= offset ? range : undefined;
  };
}

export function joinRanges(ranges: Ranges): Ranges {
  const joined: { from: number; to: number; author: RevisionAuthor }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && last.to === range.from && last.author.id === range.author.id) last.to = range.to;
    else if (range.to > range.from) joined.push({ ...range });
  }
  return joined;
}

export function sliceRanges(ranges: Ranges, from: number, to: number, at: number): Ranges {
  return ranges.filter((range) => range.from < to && range.to > from).map((range) => ({ from: Math.max(range.from, from) - from + at, to: Math.min(range.to, to) - from + at, author: range.author }));
}

export function uniqueAuthors(authors: Iterable<RevisionAuthor>): RevisionAuthor[] {
  const byId = new Map<string, RevisionAuthor>();
  for (const author of authors) if (!byId.has(author.id)) byId.set(author.id, author);
  return [...byId.values()];
}

/** Documents know no carriage returns; a revision keeps the bytes that were sent. */
export const withoutCarriageReturns = (text: string): string => text.replaceAll('\r', '');

/** Ranges of a text with carriage returns, in offsets of the same text without them. */
export function rangesWithoutCarriageReturns(text: string, ranges: Ranges): Ranges {
  if (!text.includes('\r')) return ranges;
  return joinRanges(ranges.map((range) => ({ from: withoutCarriageReturns(text.slice(0, range.from)).length, to: withoutCarriageReturns(text.slice(0, range.to)).length, author: range.author })));
}

/** The reverse: a carriage return belongs to whoever wrote what stands before it. */
export function rangesWithCarriageReturns(text: string, ranges: Ranges): Ranges {
  if (!text.includes('\r')) return ranges;
  const offsets: number[] = [];
  for (let index = 0; index < text.length; index += 1) if (text[index] !== '\r') offsets.push(index);
  offsets.push(text.length);
  return ranges.map((range) => ({ from: range.from === 0 ? 0 : offsets[range.from] ?? text.length, to: offsets[range.to] ?? text.length, author: range.author }));
}
