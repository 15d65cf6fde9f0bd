import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { FilePreview } from '../../../core/protocol/operations/executions.ts';
import { previewOf, type PreviewFile } from './preview.ts';

/** A file in pieces of some bytes, that tells how much of it was read. */
function fileOf(name: string, content: string | Uint8Array, sizeBytes?: number): PreviewFile & { readonly readBytes: () => number } {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  let readBytes = 0;
  return {
    name, sizeBytes: sizeBytes ?? bytes.length, readBytes: () => readBytes,
    head: async function* (most) {
      for (let at = 0; at < Math.min(most, bytes.length); at += 4096) {
        const part = bytes.subarray(at, Math.min(at + 4096, most));
        readBytes += part.length;
        yield part;
      }
    },
  };
}
const preview = (name: string, content: string | Uint8Array, maxRows = 3, encoding = 'UTF-8'): Promise<FilePreview> => previewOf(fileOf(name, content), { maxRows, encoding });

test('text and markdown are their first lines', async () => {
  assert.equal(await preview('a.txt', 'one\ntwo\n'), { extension: 'txt', type: 'TEXT', content: 'one\ntwo', maxLine: 3, truncated: false });
  assert.equal(await preview('README.md', '# one\r\n\r\ntwo\nthree\nfour'), { extension: 'md', type: 'MARKDOWN', content: '# one\n\ntwo', maxLine: 3, truncated: true });
  assert.equal((await preview('nothing', '')).content, '');
  assert.is((await preview('latin.txt', Uint8Array.from([0xe4, 0x62]), 3, 'ISO-8859-1')).content, 'äb');
  const error = await preview('a.txt', 'x', 3, 'EBCDIC-nonsense').catch((problem: unknown) => problem);
  assert.ok(error instanceof ProtocolError && error.problem.status === 422);
});
test('CSV is rows by the names of its first line: quotes, other separators, cells that are missing or too many', async () => {
  assert.equal((await preview('a.csv', 'name,said\nAda,"He said ""no"",\nthen left"\nBo,\n')).content, [{ name: 'Ada', said: 'He said "no",\nthen left' }, { name: 'Bo', said: '' }]);
  assert.equal((await preview('a.csv', '\uFEFFa;b\r\n1;2\r\n')).content, [{ a: '1', b: '2' }]);
  assert.equal((await preview('a.tsv', 'a\ta\t\n1\t2\t3\t4\n5')).content, [{ a: '1', 'a (2)': '2', 'column 3': '3', 'column 4': '4' }, { a: '5', 'a (2)': '', 'column 3': '' }]);
  const cut = await preview('a.csv', `n\n${Array.from({ length: 9 }, (_, index) => String(index)).join('\n')}`);
  assert.equal([cut.content, cut.truncated], [[{ n: '0' }, { n: '1' }, { n: '2' }], true]);
  assert.equal((await preview('a.csv', '')).content, []);
});
test('ION as JSON lines, as text and as values of many lines; NDJSON keeps lines that are none', async () => {
  assert.equal((await preview('a.ion', '{"a":1}\n{"a":2}\n')).content, [{ a: 1 }, { a: 2 }]);
  const ion = await preview('a.ion', "{a:1, b:'sym'}\n{\n  a: 2024-01-02T,\n  c: [1.5, true, null]\n}\n3 4");
  assert.equal([ion.content, ion.truncated], [[{ a: 1, b: 'sym' }, { a: '2024-01-02', c: [1.5, true, null] }, 3], true]);
  assert.equal((await preview('a.jsonl', '{"a":1}\nno json\n')).content, [{ a: 1 }, 'no json']);
  const cut = await previewOf(fileOf('a.ion', '{a:1}\n{b:', 2_000_000), { maxRows: 3, encoding: 'UTF-8' });
  assert.equal([cut.content, cut.truncated], [[{ a: 1 }], true]);
});
test('JSON is indented, or rows when it is a list of objects', async () => {
  assert.equal(await preview('a.json', '{"a":1}'), { extension: 'json', type: 'TEXT', content: '{\n  "a": 1\n}', maxLine: 3, truncated: false });
  assert.equal((await preview('a.json', '[{"a":1},{"a":2},{"a":3},{"a":4}]')).content, [{ a: 1 }, { a: 2 }, { a: 3 }]);
  assert.equal([(await preview('a.json', '[1,2]')).type, (await preview('a.json', '{broken')).content], ['TEXT', '{broken']);
});
test('images and PDFs are whole or nothing', async () => {
  assert.equal(await preview('a.PNG', Uint8Array.from([1, 2, 3])), { extension: 'png', type: 'IMAGE', content: 'AQID', truncated: false, maxLine: 3 });
  assert.is((await preview('a.pdf', '%PDF')).type, 'PDF');
  const huge = fileOf('a.pdf', 'x', 11 * 1024 * 1024);
  assert.equal([(await previewOf(huge, { maxRows: 3, encoding: 'UTF-8' })).truncated, huge.readBytes()], [true, 0]);
});
test('of a long file only the head is read', async () => {
  const long = fileOf('a.log', 'a line of some words\n'.repeat(500_000));
  const shown = await previewOf(long, { maxRows: 100, encoding: 'UTF-8' });
  assert.equal([String(shown.content).split('\n').length, shown.truncated], [100, true]);
  assert.ok(long.readBytes() <= 8192, `${long.readBytes()} bytes were read`);
  const oneLine = fileOf('a.csv', `a,b\n${'x'.repeat(5_000_000)}`);
  await previewOf(oneLine, { maxRows: 100, encoding: 'UTF-8' });
  assert.ok(oneLine.readBytes() <= 1024 * 1024, `${oneLine.readBytes()} bytes were read`);
});
test.run();
