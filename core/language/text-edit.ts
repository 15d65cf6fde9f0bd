/** Minimal edits of a text. They are applied in a person's own document, so that undo, offline work and authorship stay theirs. */

/** Replaces `[from, to)` by `insert`; offsets are UTF-16 units of the text before all edits. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export type Edited = { readonly edits: readonly TextEdit[] } | { readonly refusal: string };

/** The text after the edits, which must not overlap. */
export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (edit.from < at || edit.to < edit.from || edit.to > source.length) throw new Error(`the edit [${edit.from}, ${edit.to}) overlaps another one or lies outside of the text of ${source.length} units`);
    result += source.slice(at, edit.from) + edit.insert;
    at = edit.to;
  }
  return result + source.slice(at);
}

/** The line break that the text uses. */
export const lineBreakOf = (source: string): string => (source.includes('\r\n') ? '\r\n' : '\n');

export const lineStart = (source: string, offset: number): number => source.lastIndexOf('\n', offset - 1) + 1;

/** Behind the line break of the line that holds `offset`, or the end of the text. */
export function nextLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end === -1 ? source.length : end + 1;
}

/** A scalar as YAML: plain where that reads back as the same text, else in double quotes. */
export function yamlScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const plain = /^[A-Za-z_][\w./-]*(?: [\w./-]+)*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return plain ? value : JSON.stringify(value);
}
