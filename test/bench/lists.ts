/**
 * Lists at a million executions: `node --import tsx test/bench/lists.ts [COUNT] [FOLDER]`. Fills the engine's environment with executions
 * of 200 flows over 54 days (a tenth children, two labels each), then reads pages and totals and says how long each took. Not in CI:
 * filling takes a minute or two and a gigabyte. A folder that is given is kept, and used again when it is full.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { executionId, friendlyId } from '../../core/protocol/ids.ts';
import type { StateType } from '../../core/protocol/states.ts';
import { seededRandom } from '../../server/ambient/index.ts';
import {
  createCounters, dayFormatter, executionWrites, isCountable, lastExecutionNumber, loadExecutionByNumber, openEnvironment, searchExecutions,
  type Environment, type ExecutionFilter, type ExecutionPage, type Write,
} from '../../server/store/index.ts';

const dayMs = 86_400_000;
const firstMs = Date.UTC(2026, 9, 1);
const days = 54;
const perCommit = 5000;

/** Rows as the engine writes them, in commits of some thousand. */
export async function fillExecutions(engine: Environment, count: number): Promise<void> {
  const counters = createCounters(engine, { dayOf: dayFormatter('UTC') });
  const random = seededRandom(3);
  const pick = (max: number): number => Math.floor(random() * max);
  let writes: Write[] = [];
  for (let number = 1; number <= count; number += 1) {
    const id = executionId(friendlyId(Uint8Array.from({ length: 16 }, () => pick(256))));
    const atMs = firstMs + Math.floor((number * days * dayMs) / count);
    const chance = random();
    const state: StateType = chance < 0.9 ? 'SUCCESS' : chance < 0.95 ? 'FAILED' : chance < 0.99 ? 'WARNING' : 'RUNNING';
    const row: ExecutionRow = {
      number, id, tenant: 'main', namespace: `company.team${pick(20)}`, flowId: `flow-${pick(10)}`, flowRevision: 1, startedBy: 'bench', inputs: { a: 1, b: 'text' },
      labels: [{ key: 'system.correlationId', value: id }, { key: 'env', value: random() < 0.5 ? 'prod' : 'dev' }, { key: 'customer', value: `c${pick(1000)}` }],
      histories: [{ state: 'CREATED', atMs }, { state: 'RUNNING', atMs: atMs + 3 }, ...(state === 'RUNNING' ? [] : [{ state, atMs: atMs + 3 + pick(60_000) }])],
      originalId: id, metadata: { attemptNumber: 1, originalCreatedAtMs: atMs },
      ...(random() < 0.1 ? { parentId: executionId(`parent${pick(10_000)}`) } : {}),
    };
    counters.moved(undefined, row);
    // They were born with their first state, not with an old history.
    writes.push(...executionWrites(undefined, row).filter(({ key }) => key[1] !== 'xo'));
    if (number % perCommit !== 0 && number !== count) continue;
    engine.writeNow([...writes, ...counters.take()]);
    writes = [];
  }
  await engine.flush();
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1_000_000);
  const given = process.argv[3];
  const folder = given ?? mkdtempSync(join(tmpdir(), 'ensemble-lists-'));
  const engine = openEnvironment({ name: 'engine', path: folder, mode: 'write' });
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const began = performance.now();
  if (lastExecutionNumber(engine, 'main') < count) {
    await fillExecutions(engine, count);
    say(`${count} executions written in ${Math.round((performance.now() - began) / 1000)} s`);
  }
  const at = (day: number): number => firstMs + day * dayMs;
  const id = loadExecutionByNumber(engine, 'main', Math.floor(count / 3))?.id ?? '';
  const system = (flow: { readonly namespace: string }): boolean => flow.namespace !== 'system';
  const questions: readonly (readonly [string, ExecutionFilter, Partial<ExecutionPage>?])[] = [
    ['everything', {}], ['everything, page 20,000', {}, { page: 20_000 }], ['oldest first', {}, { sort: { field: 'state.startDate', direction: 'asc' } }],
    ['one state', { states: ['FAILED'] }], ['three states', { states: ['FAILED', 'WARNING', 'RUNNING'] }], ['one state, page 1,000', { states: ['FAILED'] }, { page: 1000 }],
    ['a namespace', { namespace: 'company.team3' }], ['the parent of all namespaces', { namespace: 'company' }], ['the parent, page 1,000', { namespace: 'company' }, { page: 1000 }],
    ['a flow', { namespace: 'company.team3', flowId: 'flow-5' }], ['a flow and a state', { namespace: 'company.team3', flowId: 'flow-5', states: ['FAILED'] }],
    ['user scope, last 30 days', { flows: system, startMs: at(days - 30) }], ['last 24 hours', { startMs: at(days - 1) }], ['a week in the middle', { startMs: at(20), endMs: at(27) }],
    ['a week and a state', { startMs: at(20), endMs: at(27), states: ['FAILED'] }], ['a week, a namespace and two states', { startMs: at(20), endMs: at(27), namespace: 'company.team3', states: ['FAILED', 'WARNING'] }],
    ['a label of a thousand', { labels: [{ key: 'customer', value: 'c77' }] }], ['a label of every second', { labels: [{ key: 'env', value: 'prod' }] }], ['that label within a week', { labels: [{ key: 'env', value: 'prod' }], startMs: at(20), endMs: at(27) }],
    ['a label of a thousand and a state', { labels: [{ key: 'customer', value: 'c77' }], states: ['FAILED'] }], ['two labels', { labels: [{ key: 'customer', value: 'c77' }, { key: 'env', value: 'prod' }] }],
    ['a label of every second and a state', { labels: [{ key: 'env', value: 'prod' }], states: ['FAILED'] }], ['a label of every second and a namespace', { labels: [{ key: 'env', value: 'prod' }], namespace: 'company.team3' }],
    ['a text of flows', { text: 'team3' }], ['two words of flows', { text: 'team3 flow-5' }], ['the beginning of an id', { text: id.slice(0, 8) }], ['a text that nothing has', { text: 'nowhere' }], ['a text and a state', { text: 'team3', states: ['FAILED'] }],
    ['children', { childFilter: 'CHILD' }], ['parents', { childFilter: 'MAIN' }], ['parents of a namespace', { childFilter: 'MAIN', namespace: 'company.team3' }], ['parents, last 30 days', { childFilter: 'MAIN', startMs: at(days - 30) }], ['parents that failed', { childFilter: 'MAIN', states: ['FAILED'] }],
    ['started by one', { triggerExecutionId: 'parent77' }], ['sorted by flow', {}, { sort: { field: 'flowId', direction: 'asc' } }], ['a namespace sorted by state', { namespace: 'company.team3' }, { sort: { field: 'state.current', direction: 'asc' } }],
    ['a state sorted by duration (walks)', { states: ['FAILED'] }, { sort: { field: 'state.duration', direction: 'desc' } }], ['all sorted by end (walks)', {}, { sort: { field: 'state.endDate', direction: 'desc' } }], ['a condition of one\'s own (walks)', { where: (row) => row.flowRevision === 2 }],
  ];
  say(`\n${'question'.padEnd(44)} ${'matches'.padStart(9)} ${'first ms'.padStart(9)} ${'again ms'.padStart(9)}  counted`);
  for (const [name, filter, page] of questions) {
    const times: number[] = [];
    let total = 0;
    for (let round = 0; round < 2; round += 1) {
      const start = performance.now();
      const list = await searchExecutions(engine, 'main', filter, { page: 1, size: 25, ...page });
      times.push(performance.now() - start);
      total = list.total;
    }
    say(`${name.padEnd(44)} ${String(total).padStart(9)} ${(times[0] ?? 0).toFixed(1).padStart(9)} ${(times[1] ?? 0).toFixed(1).padStart(9)}  ${isCountable(filter) ? 'by keys' : 'by rows'}`);
  }
  await engine.close();
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
