// Retention by namespace: what has ended too long ago goes, and its disk space comes back; nothing else does.
import { existsSync, mkdtempSync, rmSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { executionId } from '../../core/protocol/ids.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { StateType } from '../../core/protocol/states.ts';
import { fixedAmbient } from '../ambient/index.ts';
import {
  createCounters, createFileStorage, createLogWriter, executionWrites, kvWrite, loadExecution, loadFlowCounts, loadKv, loadLogHead, loadMetrics, metricWrite, openEnvironment,
  type Environment, type Write,
} from '../store/index.ts';
import type { EngineLoop } from './engine-loop.ts';
import { createRemoval } from './removal.ts';
import { startRetention, type RetentionRule } from './retention.ts';

const day = 86_400_000;
const nowMs = 1000 * day;

interface World {
  readonly engine: Environment;
  readonly add: (id: string, namespace: string, endedAtMs: number, state?: StateType) => Promise<void>;
  readonly round: (rules: readonly RetentionRule[]) => Promise<number>;
  readonly has: (id: string) => { readonly row: boolean; readonly logLines: number; readonly metrics: number; readonly file: boolean; readonly logFile: boolean } | 'unknown';
  readonly commits: () => number;
}

async function world(run: (world: World) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ensemble-retention-'));
  const ambient = fixedAmbient({ nowMs });
  const engine = openEnvironment({ name: 'engine', path: join(root, 'engine'), mode: 'write' });
  let names = 0;
  const files = createFileStorage({ folder: join(root, 'files'), uploads: root, uniqueName: () => {
    names += 1;
    return `u${names}`;
  } });
  const logsFolder = join(root, 'logs');
  const logs = createLogWriter(engine, logsFolder);
  const counters = createCounters(engine, { dayOf: () => 'day' });
  let commits = 0;
  // What the loop is for retention: it writes, and says when that is on the disk.
  const pending: Write[] = [];
  const loop = {
    write: (writes: readonly Write[]) => void pending.push(...writes),
    flushed: async () => {
      if (pending.length === 0) return;
      commits += 1;
      await engine.write([...pending.splice(0), ...counters.take()]).flushed;
    },
    isLive: (_tenant: string, id: string) => id === 'live',
  } as unknown as EngineLoop;
  const removal = createRemoval({ engine, loop, logs, counters, files, logsFolder, ambient });
  const rows = new Map<string, ExecutionRow>();
  const long = 'x'.repeat(10_000);
  try {
    await run({
      engine, commits: () => commits,
      add: async (id, namespace, endedAtMs, state = 'SUCCESS') => {
        const row: ExecutionRow = {
          number: rows.size + 1, id: executionId(id), tenant: 'main', namespace, flowId: 'f', flowRevision: 1, labels: [], originalId: executionId(id),
          histories: [{ state: 'CREATED', atMs: endedAtMs - 1000 }, { state, atMs: endedAtMs }], metadata: { attemptNumber: 1, originalCreatedAtMs: endedAtMs },
        };
        rows.set(id, row);
        counters.moved(undefined, row);
        await engine.write([
          ...executionWrites(undefined, row), ...logs.append(row, Array.from({ length: 20 }, () => ({ atMs: endedAtMs, level: 'INFO' as const, message: long }))),
          metricWrite(row, 0, { taskId: 't', taskRunId: 'r', type: 'counter', name: 'n', value: 1, atMs: endedAtMs }), ...counters.take(),
        ]).flushed;
        logs.settle(row);
        await files.put(`kestra:///${namespace.replaceAll('.', '/')}/f/executions/${id}/tasks/t/r/a.txt`, 'x');
      },
      round: async (rules) => {
        const retention = startRetention({ rules, engine, loop, logs, removal, ambient: { ...ambient, timers: { ...ambient.timers, after: (ms, call) => { if (ms < 1000) setImmediate(call); return () => undefined; } } }, firstMs: 2_000_000_000, everyMs: 2_000_000_000 });
        try {
          return await retention.round();
        } finally {
          retention.close();
        }
      },
      has: (id) => {
        const row = rows.get(id);
        if (row === undefined) return 'unknown';
        return {
          row: loadExecution(engine, 'main', id) !== undefined, logLines: loadLogHead({ reader: engine }, row).total, metrics: loadMetrics(engine, row).length,
          file: existsSync(join(root, 'files', ...row.namespace.split('.'), 'f', 'executions', id)),
          logFile: readdirSync(join(logsFolder, 'main', '0')).includes(`${row.number}.log`),
        };
      },
    });
  } finally {
    logs.close();
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}

const whole = { row: true, logLines: 20, metrics: 1, file: true, logFile: true };
const gone = { row: false, logLines: 0, metrics: 0, file: false, logFile: false };

test('what ended longer ago than its namespace keeps is gone with everything, the rest stays whole', () => world(async ({ add, round, has, engine }) => {
  await add('old', 'team.a', nowMs - 31 * day);
  await add('young', 'team.a', nowMs - 29 * day);
  await add('other', 'other', nowMs - 900 * day);
  await add('running', 'team.a', nowMs - 900 * day, 'RUNNING');
  await add('live', 'team.a', nowMs - 900 * day);
  assert.is(await round([{ namespace: 'team', executionsMs: 30 * day }]), 1);
  assert.equal(['old', 'young', 'other', 'running', 'live'].map(has), [gone, whole, whole, whole, whole]);
  assert.is([...loadFlowCounts(engine, 'main')].filter((count) => count.namespace === 'team.a' && count.state === 'SUCCESS').reduce((sum, { count }) => sum + count, 0), 2, 'counters go along');
  assert.is(await round([{ namespace: 'team', executionsMs: 30 * day }]), 0);
}));

test('the rule with the longest namespace counts alone; logs and files may go before the execution', () => world(async ({ add, round, has }) => {
  const rules: readonly RetentionRule[] = [{ namespace: '', executionsMs: 10 * day }, { namespace: 'team', logsMs: 5 * day }, { namespace: 'team.a', filesMs: 5 * day }, { namespace: 'teams', executionsMs: 1 }];
  await add('a', 'team.a', nowMs - 20 * day);
  await add('b', 'team.b', nowMs - 20 * day);
  await add('c', 'other', nowMs - 20 * day);
  await add('d', 'team.b', nowMs - 2 * day);
  assert.is(await round(rules), 3);
  assert.equal(['a', 'b', 'c', 'd'].map(has), [{ ...whole, file: false }, { ...whole, logLines: 0, logFile: false }, gone, whole]);
  assert.is(await round(rules), 0, 'nothing is found twice');
}));

test('many are taken away in small commits, and all of them', () => world(async ({ add, round, has, commits }) => {
  for (let index = 0; index < 120; index += 1) await add(`e${index}`, 'team', nowMs - 100 * day);
  assert.is(await round([{ namespace: '', executionsMs: day }]), 120);
  assert.ok(commits() >= 4, `${commits()} commits`);
  assert.ok(Array.from({ length: 120 }, (_, index) => has(`e${index}`)).every((one) => one !== 'unknown' && !one.row && !one.file && !one.logFile));
}));

test('KV pairs whose time was over a day ago are swept away; without rules nothing else is touched', () => world(async ({ engine, round, add, has }) => {
  await add('old', 'team', 0);
  const pair = { tenant: 'main', namespace: 'n', type: 'STRING' as const, value: 'v', createdAtMs: 0, updatedAtMs: 0 };
  await engine.write([kvWrite({ ...pair, key: 'long', expiresAtMs: nowMs - 2 * day }), kvWrite({ ...pair, key: 'just', expiresAtMs: nowMs - 1 }), kvWrite({ ...pair, key: 'kept' })]).flushed;
  assert.is(await round([]), 0);
  assert.equal(['long', 'just', 'kept'].map((key) => loadKv(engine, 'main', 'n', key, 0) !== undefined), [false, true, true]);
  assert.equal(has('old'), whole);
}));

test.run();
