/** An evaluation of a flow trigger is in the commit of the change of state: SIGKILL neither loses nor doubles one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTerminal } from '../../core/protocol/states.ts';
import { testEngine } from '../executor/testing-engine.ts';

const rounds = Number(process.env['ENSEMBLE_CHAOS_ROUNDS'] ?? 3);

test(`EN31 EN32 ${rounds} rounds of SIGKILL: each end of an execution has started exactly one other, each date of a schedule exactly one`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-trigger-crash-'));
  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./testing-crash-child.ts', import.meta.url)), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    await new Promise<void>((resolve) => child.stdout.on('data', (bytes: Buffer) => {
      acknowledged += bytes.toString('utf8').split('\n').filter((line) => line.length === 22).length;
      if (acknowledged >= 120 + round * 37) resolve();
    }));
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const again = await testEngine({ folder });
  try {
    again.publish('clock', 'tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n    format: x\n');
    await again.quiet();
    for (const flowId of ['up', 'down', 'pair', 'clock']) for (const one of again.executionsOf(flowId)) if (!isTerminal(one.state.current)) await again.until(one.id, (execution) => isTerminal(execution.state.current), 30_000);
    await again.quiet();
    const ups = again.executionsOf('up').map((one) => one.id).sort();
    const led = (flowId: string): readonly string[] => again.executionsOf(flowId).map((one) => String(one.trigger?.variables['executionId'])).sort();
    assert.ok(ups.length >= 300, `${ups.length} executions`);
    assert.equal(led('down'), ups);
    const pairs = again.executionsOf('pair').map((one) => `${String(one.trigger?.variables['executionId'])} ${String(one.trigger?.variables['state'])}`);
    assert.is(new Set(pairs).size, pairs.length, 'no change of state completes a window twice');
    assert.ok(pairs.length > 0);
    const dates = again.executionsOf('clock').map((one) => String(one.trigger?.variables['date']));
    assert.is(new Set(dates).size, dates.length);
    assert.ok(dates.length > 0);
    const [first, last] = [[...dates].sort()[0] ?? '', [...dates].sort().at(-1) ?? ''];
    assert.is(dates.length, (Date.parse(last) - Date.parse(first)) / 1000 + 1, 'no date is missing in between');
  } finally {
    await again.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
