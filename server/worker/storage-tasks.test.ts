// Tasks that move files, in the real worker: what they may touch, and files that are larger than they should be for memory.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBench, type Bench, type TaskResult } from './testing.ts';

let bench: Bench;
const core = 'io.kestra.plugin.core';
test.before(async () => { bench = await openBench(); });
test.after(() => bench.close());

const failure = (result: TaskResult): string => (result.ended.outcome.type === 'failed' ? result.ended.outcome.message : `succeeded with ${JSON.stringify(result.ended.outcome.outputs)}`);
const uriOf = (result: TaskResult): string => String(result.ended.outcome.outputs?.['uri']);
const textAt = async (uri: string): Promise<string> => Buffer.from(await bench.storage.read(uri)).toString();

test('a file is written, joined with one of the namespace, and deleted', async () => {
  const written = await bench.run(`${core}.storage.Write`, { content: 'one {{ flow.id }}', extension: '.txt' });
  await bench.storage.put('kestra:///io/tests/_files/two.txt', 'two');
  const joined = await bench.run(`${core}.storage.Concat`, { files: [uriOf(written), 'nsfile:///two.txt'], separator: '\n' });
  assert.is(await textAt(uriOf(joined)), 'one flow\ntwo\n');
  assert.equal((await bench.run(`${core}.storage.Delete`, { uri: uriOf(written) })).ended.outcome.outputs, { uri: uriOf(written), deleted: true });
  assert.match(failure(await bench.run(`${core}.storage.Size`, { uri: uriOf(written) })), /There is no file/);
});

for (const uri of ['kestra:///io/tests/_files/keep.txt', 'kestra:///io/tests/flow/executions/another0000000000000/tasks/t/r/x.txt', 'kestra:///io/tests/flow/executions/execution0000000000000/../x.txt', 'file:///etc/hostname']) {
  test(`${uri} is not deleted`, async () => {
    const place = uri.startsWith('kestra://') && !uri.includes('..') ? uri : undefined;
    if (place !== undefined) await bench.storage.put(place, 'mine');
    assert.match(failure(await bench.run(`${core}.storage.Delete`, { uri })), /is not one of this execution|is no file of the internal storage/);
    if (place !== undefined) assert.is(await textAt(place), 'mine');
  });
}

test('file:/// is refused in every task as long as no folder is allowed', async () => {
  for (const [type, properties] of [['storage.Size', { uri: 'file:///etc/hostname' }], ['storage.Concat', { files: ['file:///etc/hostname'] }], ['storage.LocalFiles', { inputs: { x: 'file:///etc/hostname' } }], ['namespace.UploadFiles', { filesMap: { x: 'file:///etc/hostname' } }]] as const) {
    assert.match(failure(await bench.run(`${core}.${type}`, properties)), /file:\/\/\/ addresses are switched off/, type);
  }
});

test('a file larger than the heap is turned around, converted and split', async () => {
  const small = await openBench({ heapBytesMax: 36 * 1024 * 1024, threads: 1 });
  try {
    const uri = 'kestra:///io/tests/flow/executions/execution0000000000000/tasks/t/r/big.ion';
    const block = Array.from({ length: 1000 }, (_, index) => `{"n":${index},"text":"${'x'.repeat(970)}"}\n`).join('');
    const blocks = 40;
    await small.storage.putStream(uri, (function* () { for (let index = 0; index < blocks; index += 1) yield block; })());
    const size = small.storage.sizeBytes(uri);
    assert.ok((size ?? 0) > 36_000_000, `${size}`);
    const reversed = await small.run(`${core}.storage.Reverse`, { from: uri });
    assert.is(small.storage.sizeBytes(uriOf(reversed)), size, failure(reversed));
    const json = await small.run('io.kestra.plugin.serdes.json.IonToJson', { from: uri, newLine: false });
    assert.is(json.ended.outcome.outputs?.['size'], blocks * 1000, failure(json));
    const split = await small.run(`${core}.storage.Split`, { from: uri, bytes: '8MB' });
    const uris = split.ended.outcome.outputs?.['uris'];
    assert.ok(Array.isArray(uris) && uris.length === Math.ceil((size ?? 0) / (8 * 1024 * 1024)), failure(split));
  } finally {
    await small.close();
  }
});

test('the files of the execution go, and nothing else', async () => {
  const written = await bench.run(`${core}.storage.Write`, { content: 'x' });
  const purged = await bench.run(`${core}.storage.PurgeCurrentExecutionFiles`, {});
  const uris = purged.ended.outcome.outputs?.['uris'];
  assert.ok(Array.isArray(uris) && uris.includes(uriOf(written)));
  assert.is(bench.storage.sizeBytes(uriOf(written)), undefined);
  assert.is(await textAt('kestra:///io/tests/_files/keep.txt'), 'mine');
});

test.run();
