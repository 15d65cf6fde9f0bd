/** Several flows in one text, parted by `---` lines: for validation, import and bulk calls. */

export interface SourceDocument {
  readonly source: string;
  /** Where it begins in the whole text, in UTF-16 units, and the line (from 1). */
  readonly from: number;
  readonly line: number;
}

/**
 * The documents that hold more than blank lines and comments, exactly as written. A text without a second one comes back whole, so
 * that a flow that begins with `---` keeps its bytes. A `---` at the beginning of a line always parts, in block texts too (YAML 9.1.2).
 */
export function splitDocuments(source: string): readonly SourceDocument[] {
  const documents: SourceDocument[] = [];
  let from = 0;
  let line = 1;
  let startLine = 1;
  const add = (to: number): void => {
    const text = source.slice(from, to);
    if (text.split('\n').some((content) => !/^\ufeff?\s*(?:#.*)?$/.test(content))) documents.push({ source: text, from, line: startLine });
  };
  for (let at = 0; at < source.length; line += 1) {
    const newline = source.indexOf('\n', at);
    const end = newline === -1 ? source.length : newline + 1;
    const text = source.slice(at, end);
    if (/^\ufeff?(?:---|\.\.\.)\s*(?:#.*)?\r?\n?$/.test(text)) {
      add(at);
      from = end;
      startLine = line + 1;
    }
    at = end;
  }
  add(source.length);
  return documents.length === 1 && source.length > 0 ? [{ source, from: 0, line: 1 }] : documents;
}
