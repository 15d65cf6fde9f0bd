/** Offsets to lines and columns, both from 1; a line ends after `\n` (so CRLF needs nothing special). */

export interface TextLines {
  readonly count: number;
  at(offset: number): { readonly line: number; readonly column: number };
  /** Offset of the first character of a line (from 1). */
  startOf(line: number): number;
}

export function textLines(source: string): TextLines {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    count: starts.length,
    at(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    startOf: (line) => starts[line - 1] ?? source.length,
  };
}
