/**
 * Cuts the bytes of a stream into lines, holding no more than one piece of an endless line in memory. Secrets are hidden
 * before an endless line is cut, so that a cut through a secret does not show its halves.
 */
import { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { limits } from '../../core/protocol/limits.ts';
import type { Mask } from './mask.ts';

const protocolStart = '::{';

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** The last line, when it has no end. */
  end(): void;
}

export function createLineSplitter(mask: Mask, onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  /** What came of a line that has not ended. Parts are joined only when it is cut, so that many small chunks stay cheap. */
  let parts: string[] = [];
  let length = 0;
  let isContinued = false;
  const take = (): string => {
    const text = parts.length === 1 ? parts[0] ?? '' : parts.join('');
    parts = [];
    length = 0;
    return text;
  };
  const emitLine = (): void => {
    const line = take();
    // The end of a line that was cut before may be empty: then it has been said already.
    if (!isContinued || line !== '') onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    isContinued = false;
  };
  const cutLong = (): void => {
    const start = parts[0] ?? '';
    const charsMax = !isContinued && start.startsWith(protocolStart) ? limits.outputBytesMax : limits.logMessageCharsMax;
    const keptChars = mask.longestChars();
    if (length <= charsMax + keptChars) return;
    let rest = mask.apply(take());
    while (rest.length > charsMax + keptChars) {
      onLine(rest.slice(0, charsMax));
      rest = rest.slice(charsMax);
      isContinued = true;
    }
    parts = [rest];
    length = rest.length;
  };
  const feed = (text: string): void => {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      parts.push(text.slice(from, at));
      length += at - from;
      cutLong();
      emitLine();
      from = at + 1;
    }
    if (from < text.length) {
      parts.push(text.slice(from));
      length += text.length - from;
      cutLong();
    }
  };
  return {
    push: (bytes) => feed(decoder.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))),
    end: () => {
      feed(decoder.end());
      if (length > 0) emitLine();
    },
  };
}
