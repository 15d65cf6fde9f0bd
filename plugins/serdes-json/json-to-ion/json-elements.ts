/** The elements of a JSON list that comes in pieces, as texts; of a document that is no list, the document. Only one of them is in memory. */
import { lineCharsMax } from '../../sdk/ion.ts';
import { TaskFailure } from '../../sdk/values.ts';

export async function* jsonElements(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let isList: boolean | undefined;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let ended = false;
  let element = '';
  let count = 0;
  for await (const text of texts) {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at);
      if (isList === undefined) {
        if (/[\s\ufeff]/.test(character)) {
          from = at + 1;
          continue;
        }
        isList = character === '[';
        if (isList) {
          from = at + 1;
          continue;
        }
      }
      if (!isList) continue;
      if (ended) {
        if (!/\s/.test(character)) throw new TaskFailure('After the end of the list the file goes on: it is no JSON document. Values one a line are read with "newLine: true".');
        from = at + 1;
        continue;
      }
      if (quoted) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') quoted = false;
        continue;
      }
      if (character === '"') quoted = true;
      else if (character === '[' || character === '{') depth += 1;
      else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
      else if ((character === ',' || character === ']') && depth === 0) {
        element += text.slice(from, at);
        from = at + 1;
        ended = character === ']';
        if (element.trim() !== '') {
          count += 1;
          yield element;
        } else if (!ended || count > 0) throw new TaskFailure(`Element ${count + 1} of the list is missing: two commas, or one before the end.`);
        element = '';
      }
    }
    element += text.slice(from);
    if (element.length > lineCharsMax) throw new TaskFailure(`A value of the file has more than ${lineCharsMax} characters: it is read value by value, and one has to fit in memory.`);
  }
  if (isList === true && !ended) throw new TaskFailure('The list of the file is never closed: the file is cut off.');
  if (isList === false) yield element;
}
