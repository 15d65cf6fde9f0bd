/** What a long log costs, at a size that is written within a second; at a gigabyte by `test/bench/long-log.ts`. Bounds are generous: this is about the kind of cost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeLongLog } from '../../../test/bench/long-log.ts';
import { loadLogHead, loadLogLines, scanLogBackwards } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ensemble-long-log-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('the end of a long log is one look-up and one read, however long it is', async () => {
  const { source, owner, close } = await writeLongLog(folder, 48 * 1024 * 1024);
  const { total } = loadLogHead(source, owner);
  assert.ok(total > 200_000, `${total} lines`);
  let bytesRead = 0;
  const counted = { ...source, reader: { ...source.reader, get: source.reader.get.bind(source.reader), count: source.reader.count.bind(source.reader), refresh: source.reader.refresh.bind(source.reader), range: <Value>(options: Parameters<typeof source.reader.range>[0]) => countRows(source.reader.range<Value>(options)) } };
  function* countRows<Entry extends { readonly value: unknown }>(entries: Iterable<Entry>): Generator<Entry> {
    for (const entry of entries) {
      const segment = typeof entry.value === 'object' && entry.value !== null && 'segment' in entry.value ? entry.value.segment : undefined;
      if (typeof segment === 'object' && segment !== null && 'bytes' in segment) bytesRead += Number(segment.bytes);
      yield entry;
    }
  }
  const start = performance.now();
  const end = loadLogLines(counted, owner, total - 500, 500);
  const tookMs = performance.now() - start;
  assert.equal([end.length, end[0]?.position, end.at(-1)?.position], [500, total - 500, total - 1]);
  assert.ok(bytesRead <= 1024 * 1024, `rows of ${bytesRead} bytes were looked at for 500 lines`);
  assert.ok(tookMs < 250, `took ${tookMs} ms`);
  let errors = 0;
  const searched = performance.now();
  for (const entry of scanLogBackwards(source, owner, { minLevel: 'ERROR' })) errors += entry.level === 'ERROR' ? 1 : 0;
  assert.is(errors, Math.ceil(total / 100_000));
  assert.ok(performance.now() - searched < 1500, 'parts without an error are passed over unread');
  await close();
});
test.run();
