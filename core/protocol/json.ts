/**
 * JSON of strangers. `JSON.parse` takes a million nested brackets; everything that later walks the value (a copy to another thread, a row,
 * `JSON.stringify`) recurses, and would end the process. So the depth is bounded where a text becomes a value.
 */
import { limits } from './limits.ts';

/** How deep the brackets of a JSON text are nested, outside of its strings. The text itself is not checked. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) quoted = !quoted;
    else if (quoted) {
      if (code === 0x5c) index += 1;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return deepest;
}

/** The value that a JSON text writes; throws a SyntaxError that says what is wrong with it. */
export function parseJsonText(text: string): unknown {
  // A text cannot nest deeper than it is long.
  if (text.length > limits.jsonDepthMax && jsonDepth(text) > limits.jsonDepthMax) throw new SyntaxError(`it is nested deeper than ${limits.jsonDepthMax} levels`);
  const value: unknown = JSON.parse(text);
  return value;
}
