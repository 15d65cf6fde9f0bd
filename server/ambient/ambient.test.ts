import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAmbient, createLogger, createReleasers, fixedAmbient, seededRandom } from './index.ts';

test('releases run in reverse, all of them, and the first error wins', async () => {
  const order: string[] = [];
  const releasers = createReleasers();
  for (const name of ['a', 'b', 'c']) {
    releasers.push(async () => {
      order.push(name);
      if (name !== 'a') throw new Error(`${name} failed`);
    });
  }
  let message = '';
  await releasers.release().catch((error: unknown) => {
    message = error instanceof Error ? error.message : '';
  });
  assert.equal(order, ['c', 'b', 'a']);
  assert.is(message, 'c failed');
});

test('releasing twice, or opening after the release, is a bug and throws', async () => {
  const releasers = createReleasers();
  await releasers.release();
  let again = '';
  await releasers.release().catch((error: unknown) => {
    again = String(error);
  });
  assert.match(again, /released twice/);
  assert.throws(() => releasers.push(() => {}), /after its releasers/);
});

test('a fixed clock runs what is due in order of time, and nothing before', () => {
  const ambient = fixedAmbient({ nowMs: 1000 });
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${ambient.clock.nowMs()}`);
  ambient.timers.after(20, note('later'));
  ambient.timers.after(10, note('sooner'));
  const cancel = ambient.timers.every(6, note('every'));
  ambient.timers.after(15, note('never'))();
  ambient.timers.soon(note('soon'));
  ambient.advance(13);
  assert.equal(ran, ['soon@1000', 'every@1006', 'sooner@1010', 'every@1012']);
  cancel();
  ambient.advance(100);
  assert.equal(ran.slice(4), ['later@1020']);
  assert.is(ambient.pending(), 0);
});

test('one seed gives one row of ids and chances', () => {
  const [a, b] = [fixedAmbient({ seed: 5 }), fixedAmbient({ seed: 5 })];
  assert.is(a.ids.friendly(), b.ids.friendly());
  assert.is(a.ids.uuid(), b.ids.uuid());
  const random = seededRandom(1);
  const values = Array.from({ length: 10_000 }, random);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - 0.5) < 0.02);
  assert.is(new Set(values).size, values.length);
});

test('real ids have their form and do not repeat', () => {
  const { ids } = createAmbient({ logLevel: 'silent' });
  const friendly = new Set(Array.from({ length: 2000 }, () => ids.friendly()));
  assert.is(friendly.size, 2000);
  for (const id of friendly) assert.match(id, /^[0-9A-Za-z]{22}$/);
  assert.match(ids.uuid(), /^[0-9a-f-]{36}$/);
  assert.is(ids.bytes(7).length, 7);
});

test('a metric asked for twice is the same one, and is exported', async () => {
  const { metrics } = createAmbient({ logLevel: 'silent' });
  metrics.counter('tests_total', { help: 'Tests', labels: ['kind'] }).add(2, { kind: 'unit' });
  metrics.counter('tests_total', { help: 'Tests', labels: ['kind'] }).add(1, { kind: 'unit' });
  metrics.gauge('depth', { help: 'Depth', read: () => 7 });
  metrics.histogram('took_ms', { help: 'Took' }).observe(3);
  const text = await metrics.text();
  assert.match(text, /tests_total\{kind="unit"\} 3/);
  assert.match(text, /depth 7/);
  assert.match(text, /took_ms_bucket\{le="5"\} 1/);
});

test('the log is JSON lines, or short lines for a terminal, with the stack of an error', () => {
  const lines: string[] = [];
  const json = createLogger({ level: 'info', pretty: false, write: (line) => void lines.push(line) });
  json.debug('hidden');
  json.child({ room: 'store' }).warn('full', { bytes: 5 });
  const entry = JSON.parse(lines[0] ?? '');
  assert.is(entry.msg, 'full');
  assert.is(entry.room, 'store');
  assert.is(entry.bytes, 5);
  const pretty = createLogger({ level: 'info', pretty: true, write: (line) => void lines.push(line) });
  pretty.error('broke', { error: new Error('why'), part: 'x' });
  assert.match(lines[1] ?? '', /^\d\d:\d\d:\d\d\.\d{3} ERROR broke part=x\nError: why\n {4}at /);
});

test.run();
