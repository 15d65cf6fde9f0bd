// JSON texts to values.
import { jsonDepth } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import { messageOf } from '../error.ts';

/** Thrown for a text that is no JSON. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
}

/** The value that a JSON text writes; throws JsonProblem. */
export function parseJson(text: string): unknown {
  if (text.length > limits.jsonDepthMax && jsonDepth(text) > limits.jsonDepthMax) throw new JsonProblem(`it is nested deeper than ${limits.jsonDepthMax} levels`);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // V8 repeats a piece of the text. It may be a piece of a secret, which no mask would recognise: only the position is kept.
    const position = /at position (\d+)/.exec(messageOf(thrown))?.[1];
    throw new JsonProblem(position === undefined ? 'it is not valid JSON' : `it is not valid JSON at position ${position}`);
  }
}
