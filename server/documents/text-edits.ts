/** Small edits between two whole texts: lines first, so that structure decides, then characters within the lines that changed. */
import { diffArrays } from 'diff';
import fastDiff from 'fast-diff';

/** Replaces `[from, to)` of the old text; edits are in order and do not touch. Offsets are UTF-16 units. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Lines with their ends, so that joining them gives the text back. */
export const splitLines = (text: string): string[] => (text === '' ? [] : text.split(/(?<=\n)/));

/** Half-open line ranges that differ; everything between two blocks is equal. */
export interface LineBlock {
  readonly baseFrom: number;
  readonly baseTo: number;
  readonly draftFrom: number;
  readonly draftTo: number;
}

/** More changed lines than this and the whole middle counts as one block: a Myers diff costs (lines x changes). */
const changedLinesMax = 4000;

export function lineBlocks(base: readonly string[], draft: readonly string[]): LineBlock[] {
  let start = 0;
  while (start < base.length && start < draft.length && base[start] === draft[start]) start += 1;
  let end = 0;
  while (end < base.length - start && end < draft.length - start && base[base.length - 1 - end] === draft[draft.length - 1 - end]) end += 1;
  const baseMiddle = base.slice(start, base.length - end);
  const draftMiddle = draft.slice(start, draft.length - end);
  if (baseMiddle.length === 0 && draftMiddle.length === 0) return [];
  const whole: LineBlock = { baseFrom: start, baseTo: base.length - end, draftFrom: start, draftTo: draft.length - end };
  if (baseMiddle.length === 0 || draftMiddle.length === 0) return [whole];
  const changes = diffArrays(baseMiddle, draftMiddle, { maxEditLength: changedLinesMax });
  if (changes === undefined) return [whole];
  const blocks: LineBlock[] = [];
  let baseLine = start;
  let draftLine = start;
  let open: LineBlock | undefined;
  for (const change of changes) {
    const count = change.value.length;
    if (!change.added && !change.removed) {
      if (open !== undefined) blocks.push(open);
      open = undefined;
      baseLine += count;
      draftLine += count;
      continue;
    }
    open ??= { baseFrom: baseLine, baseTo: baseLine, draftFrom: draftLine, draftTo: draftLine };
    if (change.removed) baseLine += count;
    else draftLine += count;
    open = { ...open, baseTo: baseLine, draftTo: draftLine };
  }
  if (open !== undefined) blocks.push(open);
  return blocks;
}

/** Longer blocks are replaced whole: characters of a rewritten page align only by chance, and at a cost. */
const refinedCharsMax = 20_000;

export function textEdits(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const baseLines = splitLines(before);
  const draftLines = splitLines(after);
  const baseStarts = lineStarts(baseLines);
  const draftStarts = lineStarts(draftLines);
  const edits: TextEdit[] = [];
  for (const block of lineBlocks(baseLines, draftLines)) {
    const from = baseStarts[block.baseFrom] ?? before.length;
    const to = baseStarts[block.baseTo] ?? before.length;
    const insert = after.slice(draftStarts[block.draftFrom] ?? after.length, draftStarts[block.draftTo] ?? after.length);
    if (from === to || insert === '' || to - from + insert.length > refinedCharsMax) edits.push({ from, to, insert });
    else edits.push(...characterEdits(before.slice(from, to), insert, from));
  }
  return edits;
}

function characterEdits(before: string, after: string, offset: number): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = offset;
  let open: { from: number; to: number; insert: string } | undefined;
  for (const [kind, text] of fastDiff(before, after, undefined, true)) {
    if (kind === fastDiff.EQUAL) {
      if (open !== undefined) edits.push(open);
      open = undefined;
      at += text.length;
      continue;
    }
    open ??= { from: at, to: at, insert: '' };
    if (kind === fastDiff.INSERT) open.insert += text;
    else {
      at += text.length;
      open.to = at;
    }
  }
  if (open !== undefined) edits.push(open);
  return edits.map((edit) => wholeCodePoints(edit, before, offset));
}

/** Yjs replaces a surrogate pair that is split by U+FFFD: an edit that begins or ends inside one takes all of it. */
function wholeCodePoints(edit: TextEdit, before: string, offset: number): TextEdit {
  let { from, to, insert } = edit;
  const low = (index: number): boolean => {
    const code = before.charCodeAt(index - offset);
    return code >= 0xdc00 && code <= 0xdfff;
  };
  if (from > offset && low(from)) {
    from -= 1;
    insert = before.charAt(from - offset) + insert;
  }
  if (to > offset && low(to)) {
    insert += before.charAt(to - offset);
    to += 1;
  }
  return { from, to, insert };
}

export function lineStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length;
  }
  return starts;
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.from) + edit.insert;
    at = edit.to;
  }
  return result + text.slice(at);
}
