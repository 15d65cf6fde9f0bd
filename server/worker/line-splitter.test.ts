import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../core/protocol/limits.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createMask } from './mask.ts';

function split(chunks: readonly (string | Uint8Array)[], secrets: readonly string[] = []): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter(createMask(secrets), (line) => void lines.push(line));
  for (const chunk of chunks) splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  splitter.end();
  return lines;
}

test('lines are cut wherever the chunks are cut', () => {
  for (let at = 0; at <= 8; at += 1) assert.equal(split(['ab\n\ncd\r\ne'.slice(0, at), 'ab\n\ncd\r\ne'.slice(at)]), ['ab', '', 'cd', 'e'], `cut at ${at}`);
});

test('a character of several bytes may be cut anywhere', () => {
  const bytes = Buffer.from('é€😀\n');
  for (let at = 0; at <= bytes.length; at += 1) assert.equal(split([bytes.subarray(0, at), bytes.subarray(at)]), ['é€😀']);
});

test('a line without an end comes in pieces of a message', () => {
  const lines = split(['x'.repeat(25_000), 'y'.repeat(5000), '\nnext\n']);
  assert.equal(lines.map((line) => line.length), [10_240, 10_240, 9520, 4]);
});

test('a line that was cut exactly at its end is not followed by an empty one', () => {
  assert.equal(split(['x'.repeat(limits.logMessageCharsMax + 1), '\n', 'a\n']).map((line) => line.length), [10_240, 1, 1]);
});

test('a secret at the place of a cut is hidden all the same', () => {
  const secret = 'very-secret-word';
  for (let before = 10_200; before < 10_260; before += 1) {
    const lines = split(['x'.repeat(before), secret.slice(0, 7), secret.slice(7), 'x'.repeat(20_000)], [secret]);
    const text = lines.join('');
    for (let at = 0; at + 6 <= secret.length; at += 1) assert.not.ok(text.includes(secret.slice(at, at + 6)), `${before}`);
  }
});

test('a protocol line may be longer than a message', () => {
  const line = `::{"outputs":{"a":"${'x'.repeat(100_000)}"}}::`;
  assert.equal(split([line.slice(0, 20_000), line.slice(20_000), '\n']), [line]);
});

test.run();
