/**
 * ANSI colour sequences of a log line as segments with class names: never as HTML, whatever a task prints. Colours come from the
 * tokens; other control sequences (cursor moves, titles) are dropped. ECMA-48 SGR: ESC [ numbers m.
 */
export interface Segment {
  readonly text: string;
  readonly classes: string;
}

const colours: Readonly<Record<number, string>> = { 31: 'ansi-red', 32: 'ansi-green', 33: 'ansi-yellow', 34: 'ansi-blue', 35: 'ansi-magenta', 36: 'ansi-cyan', 90: 'ansi-dim', 91: 'ansi-red', 92: 'ansi-green', 93: 'ansi-yellow', 94: 'ansi-blue', 95: 'ansi-magenta', 96: 'ansi-cyan' };
const sequence = /\u001b(?:\[([0-9;]*)m|\[[0-9;?]*[A-Za-ln-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

export function segmentsOf(message: string): readonly Segment[] {
  if (!message.includes('\u001b')) return [{ text: message, classes: '' }];
  const segments: Segment[] = [];
  let colour = '';
  let bold = false;
  let dim = false;
  let from = 0;
  const push = (text: string): void => {
    if (text === '') return;
    segments.push({ text, classes: [colour, bold ? 'ansi-bold' : '', dim ? 'ansi-dim' : ''].filter((name) => name !== '').join(' ') });
  };
  for (const match of message.matchAll(sequence)) {
    push(message.slice(from, match.index));
    from = match.index + match[0].length;
    if (!match[0].endsWith('m') || match[1] === undefined) continue;
    for (const code of (match[1] === '' ? '0' : match[1]).split(';').map(Number)) {
      if (code === 0) { colour = ''; bold = false; dim = false; }
      else if (code === 1) bold = true;
      else if (code === 2) dim = true;
      else if (code === 22) { bold = false; dim = false; }
      else if (code === 39) colour = '';
      else colour = colours[code] ?? colour;
    }
  }
  push(message.slice(from));
  return segments;
}

/** The text without any sequence, for search and copy. */
export const plainText = (message: string): string => segmentsOf(message).map((segment) => segment.text).join('');
