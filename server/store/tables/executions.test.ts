import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentState, type ExecutionRow, type TaskRunRow } from '../../../core/protocol/entities/execution.ts';
import { executionId, taskRunId } from '../../../core/protocol/ids.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { seededRandom } from '../../ambient/index.ts';
import type { Environment } from '../contract.ts';
import {
  createCounters, dayFormatter, deleteExecution, engineKeys, executionWrites, lastExecutionNumber, latestExecution, listExecutions, loadDayCounts, loadExecution, loadStateCounts,
  loadTaskRuns, matchesExecution, openEnvironment, searchExecutions, taskRunWrite, type ExecutionFilter, type ExecutionPage,
} from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'ensemble-tables-'));
let folders = 0;
function openFresh(): Environment {
  folders += 1;
  return openEnvironment({ name: 'engine', path: join(root, String(folders)), mode: 'write' });
}
test.after(() => rmSync(root, { recursive: true, force: true }));

const startMs = Date.UTC(2026, 0, 1, 23, 30);
const execution = (number: number, over: Partial<ExecutionRow> = {}): ExecutionRow => ({
  number, id: executionId(`id${number}`), tenant: 'main', namespace: 'company.team', flowId: 'hello', flowRevision: 1, labels: [],
  histories: [{ state: 'CREATED', atMs: startMs + number * 60_000 }], originalId: executionId(`id${number}`),
  metadata: { attemptNumber: 1, originalCreatedAtMs: startMs }, ...over,
});
const moved = (row: ExecutionRow, state: StateType): ExecutionRow => ({ ...row, histories: [...row.histories, { state, atMs: (row.histories.at(-1)?.atMs ?? 0) + 1000 }] });
const newestFirst: ExecutionPage = { page: 1, size: 25 };

test('an execution is found by id, with its task runs in order, and in the index of its present state only', async () => {
  const environment = openFresh();
  const created = execution(1);
  const taskRun = (position: number): TaskRunRow => ({ id: taskRunId(`t${position}`), position, taskId: 'a', histories: [{ state: 'CREATED', atMs: 1 }] });
  await environment.write([...executionWrites(undefined, created), taskRunWrite(created, taskRun(1)), taskRunWrite(created, taskRun(0)), taskRunWrite(created, taskRun(10))]).committed;
  const running = moved(created, 'RUNNING');
  await environment.write(executionWrites(created, running)).committed;
  assert.equal(loadExecution(environment, 'main', 'id1'), running);
  assert.is(loadExecution(environment, 'other', 'id1'), undefined);
  assert.is(loadExecution(environment, 'main', 'no\0such'), undefined);
  assert.equal(loadTaskRuns(environment, created).map((row) => row.position), [0, 1, 10]);
  assert.is(environment.count({ prefix: ['main', 'xs'] }), 1);
  assert.is(environment.get(engineKeys.byState('main', 'RUNNING', 1)), true);
  assert.is(latestExecution(environment, 'main', 'company.team', 'hello')?.id, 'id1');
  assert.is(lastExecutionNumber(environment, 'main'), 1);
  assert.is(lastExecutionNumber(environment, 'other'), 0);
  await environment.close();
});

test('deleting an execution leaves no row and no count behind', async () => {
  const environment = openFresh();
  const counters = createCounters(environment, { dayOf: dayFormatter('UTC') });
  const row = execution(1, { parentId: executionId('parent'), labels: [{ key: 'env', value: 'prod' }], histories: [{ state: 'CREATED', atMs: startMs }, { state: 'RESTARTED', atMs: startMs + 60_000 }] });
  counters.moved(undefined, row);
  await environment.write([
    ...executionWrites(undefined, row), taskRunWrite(row, { id: taskRunId('t'), position: 0, taskId: 'a', histories: [{ state: 'CREATED', atMs: 1 }] }),
    { type: 'put', key: engineKeys.journal('main', 1, 0), value: { event: 1 } }, { type: 'put', key: engineKeys.log('main', 1, 0), value: {} }, ...counters.take(),
  ]).committed;
  counters.moved(row, undefined);
  await environment.write([...deleteExecution(environment, row, { logs: true, metrics: true }), ...counters.take()]).committed;
  assert.equal([...environment.range({ prefix: ['main'] })].map((entry) => entry.key), []);
  await environment.close();
});

test('counters follow every change, survive a restart, and count days of creation in the zone', async () => {
  const environment = openFresh();
  const open = () => createCounters(environment, { dayOf: dayFormatter('Europe/Paris') });
  let counters = open();
  const first = execution(0);
  counters.moved(undefined, first);
  counters.moved(first, moved(first, 'RUNNING'));
  assert.is(counters.take().filter((write) => write.type === 'put').length, 3);
  counters = open();
  counters.moved(undefined, first);
  await environment.write(counters.take()).committed;
  counters = open();
  counters.moved(first, moved(first, 'SUCCESS'));
  await environment.write(counters.take()).committed;
  assert.equal(loadStateCounts(environment, 'main'), { SUCCESS: 1 });
  // 23:30 UTC is already the next day in Paris.
  assert.equal(loadDayCounts(environment, 'main', '2026-01-02'), { '2026-01-02': { SUCCESS: 1 } });
  assert.equal(loadDayCounts(environment, 'main', '2026-01-03'), {});
  await environment.close();
});

test('a counter that falls to zero and rises again before the commit has landed is right', async () => {
  const environment = openFresh();
  const counters = createCounters(environment, { dayOf: dayFormatter('UTC') });
  const row = execution(1);
  counters.moved(undefined, row);
  await environment.write(counters.take()).committed;
  counters.moved(row, undefined);
  const first = counters.take();
  counters.moved(undefined, row);
  await environment.write([...first, ...counters.take()]).committed;
  assert.equal(loadStateCounts(environment, 'main'), { CREATED: 1 });
  await environment.close();
});

const states: readonly StateType[] = ['CREATED', 'RUNNING', 'SUCCESS', 'FAILED', 'PAUSED'];

test('every filter and page answers what reading all rows would, and its total (seeded)', async () => {
  const seed = 7;
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const environment = openFresh();
  const counters = createCounters(environment, { dayOf: dayFormatter('UTC') });
  const rows = new Map<number, ExecutionRow>();
  for (let step = 1; step <= 900; step += 1) {
    const old = rows.get(1 + Math.floor(random() * 300));
    if (old !== undefined && random() < 0.08) {
      counters.moved(old, undefined);
      await environment.write([...deleteExecution(environment, old, { logs: true, metrics: true }), ...counters.take()]).committed;
      rows.delete(old.number);
    } else if (old !== undefined) {
      const next = { ...moved(old, pick(states)), ...(random() < 0.1 ? { labels: [{ key: 'team', value: pick(['x', 'z']) }] } : {}) };
      counters.moved(old, next);
      await environment.write([...executionWrites(old, next), ...counters.take()]).committed;
      rows.set(next.number, next);
    } else {
      const number = rows.size === 0 ? 1 : Math.max(...rows.keys()) + 1;
      const row = execution(number, {
        namespace: pick(['a', 'a.b', 'a.b.c', 'ab', 'z']), flowId: pick(['f', 'g', 'fg']),
        labels: [...(random() < 0.5 ? [{ key: 'team', value: pick(['x', 'y']) }] : []), { key: 'system.correlationId', value: `id${random() < 0.7 ? number : 1 + Math.floor(random() * 5)}` }],
        ...(random() < 0.3 ? { parentId: executionId(`id${1 + Math.floor(random() * 20)}`) } : {}),
        ...(random() < 0.05 ? { kind: pick(['TEST', 'LOOP'] as const) } : {}),
        // A replay from a task: it is new, and began long ago.
        ...(random() < 0.1 ? { histories: [{ state: 'CREATED', atMs: startMs + Math.floor(random() * number) * 60_000 }, { state: 'RESTARTED', atMs: startMs + number * 60_000 }] } : {}),
      });
      counters.moved(undefined, row);
      await environment.write([...executionWrites(undefined, row), ...counters.take()]).committed;
      rows.set(number, row);
    }
  }
  const filters: ExecutionFilter[] = [{}];
  for (let index = 0; index < 250; index += 1) {
    filters.push({
      ...(random() < 0.5 ? { namespace: pick(['a', 'a.b', 'ab', 'z', 'none']) } : {}),
      ...(random() < 0.4 ? { flowId: pick(['f', 'g', 'none']) } : {}),
      ...(random() < 0.5 ? { states: [pick(states), pick(states)] } : {}),
      ...(random() < 0.2 ? { labels: [{ key: 'team', value: 'x' }] } : {}),
      ...(random() < 0.1 ? { labels: [{ key: 'system.correlationId', value: `id${1 + Math.floor(random() * 6)}` }] } : {}),
      ...(random() < 0.2 ? { text: pick(['id12', 'FG', 'a.b', 'id1', 'b fg', 'id12 a']) } : {}),
      ...(random() < 0.1 ? { kinds: pick([['NORMAL'], ['TEST'], ['NORMAL', 'LOOP']] as const) } : {}),
      ...(random() < 0.1 ? { where: (row: ExecutionRow) => row.number % 3 === 0 } : {}),
      ...(random() < 0.1 ? { flows: (flow: { readonly flowId: string }) => flow.flowId.length === 2 } : {}),
      ...(random() < 0.2 ? { startMs: startMs + Math.floor(random() * 300) * 60_000 } : {}),
      ...(random() < 0.2 ? { endMs: startMs + Math.floor(random() * 300) * 60_000 } : {}),
      ...(random() < 0.2 ? { childFilter: pick(['CHILD', 'MAIN'] as const) } : {}),
      ...(random() < 0.15 ? { triggerExecutionId: `id${Math.floor(random() * 20)}` } : {}),
      ...(random() < 0.1 ? { ids: ['id1', 'id5', 'id77', 'none'] } : {}),
      ...(random() < 0.3 ? { allowed: (namespace: string) => namespace.startsWith('a') } : {}),
    });
  }
  let found = 0;
  for (const filter of filters) {
    for (const page of [newestFirst, { page: 2, size: 7 }, { page: 1, size: 5, sort: { field: 'state.startDate', direction: 'asc' } }, { page: 2, size: 9, sort: { field: 'flowId', direction: 'desc' } }, { page: 1, size: 9, sort: { field: 'state.current', direction: 'asc' } }, { page: 2, size: 3, sort: { field: 'state.duration', direction: 'desc' } }] as const) {
      const all = [...rows.values()].filter((row) => matchesExecution(row, filter));
      const sort = 'sort' in page ? page.sort : undefined;
      const sign = sort?.direction === 'asc' ? 1 : -1;
      const keyOf = (row: ExecutionRow): string | number => {
        switch (sort?.field) {
          case 'flowId': return row.flowId;
          case 'state.current': return currentState(row.histories);
          case 'state.duration': return (row.histories.at(-1)?.atMs ?? 0) - (row.histories[0]?.atMs ?? 0);
          default: return row.number;
        }
      };
      all.sort((a, b) => sign * ((keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0) || a.number - b.number));
      const expected = all.slice((page.page - 1) * page.size, page.page * page.size).map((row) => row.number);
      const list = listExecutions(environment, 'main', filter, page);
      const about = `seed ${seed}, ${JSON.stringify(filter)}, ${JSON.stringify(page)}`;
      assert.equal(list.rows.map((row) => row.number), expected, about);
      assert.is(list.total, all.length, about);
      assert.equal(await searchExecutions(environment, 'main', filter, page), list, about);
      found += expected.length;
    }
  }
  assert.ok(found > 1000, 'the filters found almost nothing');
  assert.ok([...rows.values()].some((row) => currentState(row.histories) !== 'CREATED'));
  await environment.close();
});

test.run();
