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
