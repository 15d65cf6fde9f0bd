/** From an offset in a scalar's text to the offset in the source: quotes, escapes, folding and indentation in between. */
import type { ScalarNode, Span } from './source-node.ts';

/**
 * Reading a scalar changes nothing but white space and escapes, so the n-th visible character of the text is the n-th visible one of
 * the source. Exact for visible characters; an offset at white space points to the next visible one.
 */
export function placeInSource(node: ScalarNode, source: string, offset: number, length: number): Span {
  const raw = source.slice(node.from, node.to);
  if (node.style === 'plain' && raw === node.text) return clamp(node, node.from + offset, length);
  const start = rawStart(node, raw);
  if (node.text === raw.slice(start, start + node.text.length)) return clamp(node, node.from + start + offset, length);
  const from = visibleOffset(node, raw, start, visibleCount(node.text, 0, offset));
  const to = visibleOffset(node, raw, start, visibleCount(node.text, 0, offset + Math.max(length, 1)) - 1) + 1;
  return clamp(node, node.from + from, Math.max(to - from, 1));
}

function clamp(node: ScalarNode, from: number, length: number): Span {
  const start = Math.min(from, Math.max(node.from, node.to - 1));
  return { from: start, to: Math.min(node.to, start + Math.max(length, 1)) };
}

/** Behind the quote, or behind the header line of a block. */
function rawStart(node: ScalarNode, raw: string): number {
  if (node.style === 'single' || node.style === 'double') return 1;
  if (node.style === 'block') return raw.indexOf('\n') + 1;
  return 0;
}

const isVisible = (text: string, at: number): boolean => !/\s/.test(text.charAt(at));

function visibleCount(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to && at < text.length; at += 1) if (isVisible(text, at)) count += 1;
  return count;
}

/** Offset in the raw text of the visible character with this number. */
function visibleOffset(node: ScalarNode, raw: string, start: number, wanted: number): number {
  let count = 0;
  for (let at = start; at < raw.length; ) {
    const width = unitWidth(node, raw, at);
    if (isShown(node, raw, at, width)) {
      if (count === wanted) return at;
      count += 1;
    }
    at += width;
  }
  return Math.max(start, raw.length - 1);
}

/** How many raw characters make one character of the text. */
function unitWidth(node: ScalarNode, raw: string, at: number): number {
  const char = raw.charAt(at);
  if (node.style === 'single') return char === "'" && raw.charAt(at + 1) === "'" ? 2 : 1;
  if (node.style !== 'double' || char !== '\\') return 1;
  const code = raw.charAt(at + 1);
  return code === 'x' ? 4 : code === 'u' ? 6 : code === 'U' ? 10 : 2;
}

function isShown(node: ScalarNode, raw: string, at: number, width: number): boolean {
  if (width === 1) return isVisible(raw, at);
  if (node.style === 'single') return true;
  const code = raw.charAt(at + 1);
  // \n \t \r and the escaped blank, line break, next line, no-break space and separators are white space in the text.
  if ('ntrvf NL_P\n\r\t'.includes(code)) return false;
  if (width > 2) return !/\s/.test(String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(raw.slice(at + 2, at + width), 16) || 0x21)));
  return true;
}
