import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEnvironment } from './index.ts';

test('after kill -9 in the middle of writing, everything committed is there, in whole commits', async () => {
  const path = mkdtempSync(join(tmpdir(), 'ensemble-kill-'));
  let acknowledged = 0;
  for (let round = 0; round < 5; round += 1) {
    const highest = await runUntilKilled(path, 200 + round * 150);
    acknowledged += 1;
    const environment = openEnvironment({ name: 'front', path, mode: 'write' });
    const last = environment.get<number>(['last']) ?? -1;
    assert.ok(highest.flushed >= 0, 'the child acknowledged nothing');
    assert.ok(last >= highest.flushed, `round ${round}: flushed ${highest.flushed}, found ${last}`);
    assert.ok(last >= highest.committed, `round ${round}: committed ${highest.committed}, found ${last}`);
    const lefts = [...environment.range<{ number: number; message: string }>({ prefix: ['left'] })];
    assert.is(lefts.length, last + 1);
    lefts.forEach(({ value }, index) => {
      assert.is(value.number, index);
      assert.is(value.message.length, index % 3000);
    });
    assert.is(environment.count({ prefix: ['right'] }), last + 1);
    await environment.close();
  }
  assert.is(acknowledged, 5);
  rmSync(path, { recursive: true, force: true });
});

async function runUntilKilled(path: string, afterLines: number): Promise<{ readonly committed: number; readonly flushed: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', new URL('./durability.child.ts', import.meta.url).pathname, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  let text = '';
  let lines = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part: string) => {
    text += part;
    lines += part.split('\n').length - 1;
    if (lines >= afterLines) child.kill('SIGKILL');
  });
  await ended;
  let committed = -1;
  let flushed = -1;
  // The last line may be cut: what was not written whole was not acknowledged.
  for (const line of text.split('\n').slice(0, -1)) {
    const number = Number(line.slice(1));
    if (line.startsWith('c')) committed = Math.max(committed, number);
    if (line.startsWith('f')) flushed = Math.max(flushed, number);
  }
  return { committed, flushed };
}

test.run();
