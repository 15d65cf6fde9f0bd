/**
 * A whole text that somebody sends meets a draft in which others type. Both come from one base; the merge has the changes of
 * both. What was typed is never lost: a character inserted on one side stays, even inside text that the other side removed.
 */
import { splitLines, textEdits, lineBlocks, type TextEdit } from './text-edits.ts';

export interface MergeTexts {
  readonly base: string;
  readonly sent: string;
  readonly draft: string;
}

export function mergeTexts({ base, sent, draft }: MergeTexts): string {
  if (base === draft || sent === draft) return sent;
  if (base === sent) return draft;
  const draftEdits = textEdits(base, draft);
  const sentEdits = textEdits(base, sent);
  // Walk the base once; at each point both insertions, then the characters that neither side removed.
  const points = [...new Set([...draftEdits, ...sentEdits].flatMap((edit) => [edit.from, edit.to]))].sort((left, right) => left - right);
  let merged = '';
  let at = 0;
  for (const [index, point] of points.entries()) {
    if (point > at) merged += base.slice(at, point);
    merged += joinInsertions(insertionAt(draftEdits, point), insertionAt(sentEdits, point));
    const next = points[index + 1] ?? base.length;
    at = removes(draftEdits, point, next) || removes(sentEdits, point, next) ? next : point;
    if (at === point && next > point) {
      merged += base.slice(point, next);
      at = next;
    }
  }
  return merged + base.slice(at);
}

const insertionAt = (edits: readonly TextEdit[], point: number): string => edits.find((edit) => edit.from === point)?.insert ?? '';
const removes = (edits: readonly TextEdit[], from: number, to: number): boolean => to > from && edits.some((edit) => edit.from <= from && edit.to >= to);

/** Both sides put something at the same place: what they share comes once. */
function joinInsertions(draft: string, sent: string): string {
  if (draft === '' || sent.includes(draft)) return sent;
  if (sent === '' || draft.includes(sent)) return draft;
  if (draft.endsWith('\n') && sent.endsWith('\n')) return joinLines(splitLines(draft), splitLines(sent));
  let start = 0;
  while (start < draft.length && start < sent.length && draft[start] === sent[start]) start += 1;
  let end = 0;
  while (end < draft.length - start && end < sent.length - start && draft[draft.length - 1 - end] === sent[sent.length - 1 - end]) end += 1;
  return draft.slice(0, draft.length - end) + sent.slice(start, sent.length - end) + draft.slice(draft.length - end);
}

function joinLines(draft: readonly string[], sent: readonly string[]): string {
  let joined = '';
  let at = 0;
  for (const block of lineBlocks(draft, sent)) {
    joined += draft.slice(at, block.baseTo).join('') + sent.slice(block.draftFrom, block.draftTo).join('');
    at = block.baseTo;
  }
  return joined + draft.slice(at).join('');
}
