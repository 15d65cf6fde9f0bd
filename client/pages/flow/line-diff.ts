/** Two texts line by line, with equal stretches far from a change folded. Pure. */
import { diffArrays } from 'diff';

export type DiffLine =
  | { readonly type: 'same'; readonly old: number; readonly fresh: number; readonly text: string }
  | { readonly type: 'removed'; readonly old: number; readonly text: string }
  | { readonly type: 'added'; readonly fresh: number; readonly text: string }
  | { readonly type: 'fold'; readonly count: number };

const around = 3;

export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let old = 1;
  let fresh = 1;
  for (const part of diffArrays(before.split('\n'), after.split('\n'))) {
    for (const text of part.value) {
      if (part.added) { lines.push({ type: 'added', fresh, text }); fresh += 1; }
      else if (part.removed) { lines.push({ type: 'removed', old, text }); old += 1; }
      else { lines.push({ type: 'same', old, fresh, text }); old += 1; fresh += 1; }
    }
  }
  const near = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.type === 'same') return;
    for (let at = Math.max(0, index - around); at <= Math.min(lines.length - 1, index + around); at += 1) near[at] = 1;
  });
  const folded: DiffLine[] = [];
  let hidden = 0;
  lines.forEach((line, index) => {
    if (near[index] === 1) {
      if (hidden > 0) { folded.push({ type: 'fold', count: hidden }); hidden = 0; }
      folded.push(line);
    } else {
      hidden += 1;
    }
  });
  if (hidden > 0) folded.push({ type: 'fold', count: hidden });
  return folded;
}

/** One row of two columns; a side without a line is a gap. */
export type DiffPair =
  | { readonly type: 'pair'; readonly old: DiffCell | undefined; readonly fresh: DiffCell | undefined }
  | { readonly type: 'fold'; readonly count: number };
export interface DiffCell { readonly number: number; readonly text: string; readonly changed: boolean }

/** The same difference in two columns: removed and added lines of one place stand beside each other. */
export function besides(lines: readonly DiffLine[]): readonly DiffPair[] {
  const pairs: DiffPair[] = [];
  let removed: DiffCell[] = [];
  let added: DiffCell[] = [];
  const flush = (): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1) pairs.push({ type: 'pair', old: removed[index], fresh: added[index] });
    removed = [];
    added = [];
  };
  for (const line of lines) {
    switch (line.type) {
      case 'removed': removed.push({ number: line.old, text: line.text, changed: true }); break;
      case 'added': added.push({ number: line.fresh, text: line.text, changed: true }); break;
      case 'same': flush(); pairs.push({ type: 'pair', old: { number: line.old, text: line.text, changed: false }, fresh: { number: line.fresh, text: line.text, changed: false } }); break;
      case 'fold': flush(); pairs.push(line); break;
      default: return never(line);
    }
  }
  flush();
  return pairs;
}

/**
 * Whose each line is: who wrote its first visible character, or its end when it is blank. `changed` are the authors of what is new in
 * this text: a line that one of them touched is theirs.
 */
export function lineAuthors<Author extends { readonly id: string }>(source: string, ranges: readonly { readonly from: number; readonly to: number; readonly author: Author }[], changed: readonly Author[] = []): readonly (Author | undefined)[] {
  const changers = new Set(changed.map((author) => author.id));
  const authors: (Author | undefined)[] = [];
  let at = 0;
  let range = 0;
  for (const line of source.split('\n')) {
    const place = at + Math.max(0, line.search(/\S/));
    while (range < ranges.length && (ranges[range]?.to ?? 0) <= place) range += 1;
    const first = ranges[range];
    let author = first !== undefined && first.from <= place ? first.author : undefined;
    for (let index = range; changers.size > 0 && (ranges[index]?.from ?? Number.POSITIVE_INFINITY) < at + line.length; index += 1) {
      const here = ranges[index]?.author;
      if (here !== undefined && changers.has(here.id)) { author = here; break; }
    }
    authors.push(author);
    at += line.length + 1;
  }
  return authors;
}

function never(value: never): never {
  throw new Error(`not a line of a difference: ${JSON.stringify(value)}`);
}
