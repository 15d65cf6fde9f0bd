import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Key } from './index.ts';
import { openEnvironment } from './index.ts';

test('what another thread has committed is read when its message arrives, while this thread writes its own environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-threads-'));
  const commits = 500;
  // tsx does not reach worker threads by itself on Node 20.
  const child = new URL('./threads.child.ts', import.meta.url).href;
  const worker = new Worker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(child)}); })`, { eval: true, workerData: { path: join(folder, 'engine'), commits } });
  const messages: unknown[] = [];
  let wake: () => void = () => {};
  worker.on('message', (message: unknown) => {
    messages.push(message);
    wake();
  });
  const next = async (): Promise<unknown> => {
    while (messages.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
    return messages.shift();
  };
  assert.is(await next(), 'open');
  const front = openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
  const engine = openEnvironment({ name: 'engine', path: join(folder, 'engine'), mode: 'read' });
  worker.postMessage('go');
  let seen = 0;
  for (;;) {
    const message = await next();
    if (message === 'done') break;
    const { commit, keys } = message as { readonly commit: number; readonly keys: readonly Key[] };
    engine.refresh();
    for (const key of keys) {
      const number = key[2];
      if (typeof number === 'number') assert.equal(engine.get(key), { number, id: `e${number}`, [`field${number % 40}`]: number });
    }
    assert.ok((engine.get<number>(['main', 'last']) ?? 0) >= commit);
    void front.write([{ type: 'put', key: ['k', commit], value: commit }]);
    seen += 1;
  }
  assert.is(seen, commits);
  assert.is(engine.count({ prefix: ['main', 'x'] }), commits);
  await engine.close();
  worker.postMessage('close');
  assert.is(await next(), 'closed');
  await front.flush();
  assert.is(front.count({ prefix: ['k'] }), commits);
  await front.close();
  await worker.terminate();
  rmSync(folder, { recursive: true, force: true });
});

test.run();
