import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixedAmbient } from '../ambient/index.ts';
import type { WorkerEvent } from './contract.ts';
import { createOutbox } from './outbox.ts';

function trial() {
  const ambient = fixedAmbient();
  const sent: { readonly events: readonly WorkerEvent[]; readonly bytes: number }[] = [];
  const outbox = createOutbox({ send: (events, bytes) => void sent.push({ events, bytes }), after: ambient.timers.after, soon: ambient.timers.soon });
  return { ambient, sent, outbox, line: (message: string, job = 'a') => outbox.line(job, { atMs: 0, level: 'INFO', message }) };
}

test('lines wait 20 ms and leave together', () => {
  const { ambient, sent, line } = trial();
  line('1');
  line('2');
  ambient.advance(19);
  assert.is(sent.length, 0);
  ambient.advance(1);
  assert.is(sent.length, 1);
  const [event] = sent[0]?.events ?? [];
  assert.equal(event?.type === 'logged' ? event.lines.map((one) => one.message) : [], ['1', '2']);
});

test('a hundred lines leave at once', () => {
  const { sent, line } = trial();
  for (let count = 0; count < 100; count += 1) line(String(count));
  assert.is(sent.length, 1);
});

test('lines of several tasks keep their order, and an end comes behind them', () => {
  const { ambient, sent, line, outbox } = trial();
  line('1', 'a');
  line('2', 'b');
  outbox.event({ type: 'ended', jobId: 'a', atMs: 0, outcome: { type: 'succeeded' }, killed: false, timedOut: false });
  ambient.settle();
  assert.equal(sent[0]?.events.map((event) => `${event.type} ${event.jobId}`), ['logged a', 'logged b', 'ended a']);
});

test('writers wait while too much is unacknowledged, and go on when it is', async () => {
  const { sent, line, outbox } = trial();
  for (let count = 0; count < 200; count += 1) line('x'.repeat(10_000));
  const waiting = outbox.drained();
  assert.ok(waiting);
  let isDrained = false;
  void waiting?.then(() => {
    isDrained = true;
  });
  outbox.acknowledge(sent[0]?.bytes ?? 0);
  await Promise.resolve();
  assert.ok(isDrained);
  assert.is(outbox.drained(), undefined);
});

test.run();
