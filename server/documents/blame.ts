/**
 * Whose mistake a diagnostic shows. A published flow was valid, so what makes it invalid is a change since: the one at the place, or
 * the nearest to it (a forgotten bracket is found lines later). Only where nothing was changed it is whoever wrote the place.
 */
import type { Diagnostic, Revision, RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import type { ScriptSegment } from './hunks.ts';

/** An insertion `[from, to)` of the draft, or a deletion at one place (`from` = `to`). */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly by: RevisionAuthor;
}

export function changesOf(script: readonly ScriptSegment[]): readonly Change[] {
  const changes: Change[] = [];
  let at = 0;
  for (const segment of script) {
    const to = segment.type === 'deleted' ? at : at + segment.length;
    if (segment.by !== undefined) changes.push({ from: at, to, by: segment.by });
    at = to;
  }
  return changes;
}

export function blame(diagnostics: readonly Diagnostic[], ranges: Revision['ranges'], changes: readonly Change[]): readonly Diagnostic[] {
  return diagnostics.map((diagnostic) => {
    const author = nearestChange(changes, diagnostic.from, diagnostic.to)?.by ?? ranges.find((range) => range.to > diagnostic.from)?.author ?? ranges.at(-1)?.author;
    return author === undefined ? diagnostic : { ...diagnostic, author };
  });
}

function nearestChange(changes: readonly Change[], from: number, to: number): Change | undefined {
  let nearest: Change | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const change of changes) {
    const distance = Math.max(0, change.from - to, from - change.to);
    // Of two at one distance the earlier one: what comes first in the text is what the reader of YAML met first.
    if (distance < least) [nearest, least] = [change, distance];
  }
  return nearest;
}
