import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logLevels } from '../../../core/protocol/entities/log-entry.ts';
import { executionId } from '../../../core/protocol/ids.ts';
import { seededRandom } from '../../ambient/index.ts';
import {
  createCounters, createLogWriter, dayFormatter, executionWrites, inlineBytesMax, loadLogHead, loadLogLines, loadLogMap, logFilePath, openEnvironment, scanLog, scanLogBackwards, searchLogs,
  type LogOwner, type LogRow,
} from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'ensemble-logs-'));
let folders = 0;
function openFresh() {
  folders += 1;
  const path = join(root, String(folders));
  const folder = join(path, 'logs');
  const environment = openEnvironment({ name: 'engine', path, mode: 'write' });
  return { environment, folder, writer: createLogWriter(environment, folder), source: { reader: environment, folder } };
}
test.after(() => rmSync(root, { recursive: true, force: true }));

const owner = (number: number): LogOwner => ({ tenant: 'main', number, id: executionId(`id${number}`), namespace: 'a', flowId: 'f' });
const line = (message: string, over: Partial<LogRow> = {}): LogRow => ({ atMs: 1_700_000_000_000, level: 'INFO', message, taskId: 't', taskRunId: 'tr', ...over });

test('a short log makes no file, and is read whole, by page and by count', async () => {
  const { environment, folder, writer, source } = openFresh();
  await environment.write(writer.append(owner(1), [line('one'), line('two', { level: 'WARN' })])).committed;
  await environment.write(writer.append(owner(1), [line('three', { level: 'ERROR' })])).committed;
  assert.is(existsSync(folder), false);
  assert.equal(loadLogLines(source, owner(1), 1, 5).map((entry) => [entry.position, entry.message, entry.level]), [[1, 'two', 'WARN'], [2, 'three', 'ERROR']]);
  const head = loadLogHead(source, owner(1));
  assert.is(head.total, 3);
  assert.equal(head.counts, { TRACE: 0, DEBUG: 0, INFO: 1, WARN: 1, ERROR: 1 });
  assert.equal(loadLogLines(source, owner(2), 0, 5), []);
  await environment.close();
});

test('the map of a log has few parts, none missing and none twice, and tells where the loud lines are', async () => {
  const { environment, writer, source } = openFresh();
  const levels = (index: number) => (index === 4711 ? 'ERROR' : index % 1000 === 7 ? 'WARN' : 'INFO') as LogRow['level'];
  for (let from = 0; from < 10_000; from += 25) await environment.write(writer.append(owner(3), Array.from({ length: 25 }, (_, index) => line(`line ${from + index} ${'x'.repeat(60)}`, { level: levels(from + index) })))).committed;
  const map = loadLogMap(source, owner(3), 50);
  assert.is(map.total, 10_000);
  assert.ok(map.parts.length <= 50 && map.parts.length > 20);
  let next = 0;
  for (const part of map.parts) { assert.is(part.first, next); next += part.lines; }
  assert.is(next, 10_000);
  assert.equal(map.parts.filter((part) => part.errors > 0).map((part) => part.first <= 4711 && 4711 < part.first + part.lines), [true]);
  assert.is(map.parts.reduce((sum, part) => sum + part.warnings, 0), 10);
  // More parts than lines, or no log at all.
  assert.equal(loadLogMap(source, owner(4), 50), { total: 0, parts: [] });
  await environment.write(writer.append(owner(5), [line('one', { level: 'ERROR' })])).committed;
  assert.equal(loadLogMap(source, owner(5), 50), { total: 1, parts: [{ first: 0, lines: 1, warnings: 0, errors: 1 }] });
  await environment.close();
});

test('a long log goes on in its file; each page, level, text and direction answers what all lines would (seeded)', async () => {
  const { environment, folder, writer, source } = openFresh();
  const seed = 11;
  const random = seededRandom(seed);
  const all: LogRow[] = [];
  while (all.length < 6000) {
    const lines = Array.from({ length: 1 + Math.floor(random() * 60) }, (_, index) => line(`${all.length + index} ${'ü\n"x'.repeat(Math.floor(random() * 40))}`, {
      level: random() < 0.02 ? 'ERROR' : logLevels[Math.floor(random() * 3)] ?? 'INFO', taskRunId: `tr${Math.floor(random() * 3)}`, ...(random() < 0.3 ? { attemptNumber: 1 } : {}),
    }));
    all.push(...lines);
    await environment.write(writer.append(owner(7), lines)).committed;
    // A restart in the middle goes on where the rows end.
    if (random() < 0.02) writer.settle(owner(7));
  }
  assert.ok(statSync(logFilePath(folder, 'main', 7)).size > 4 * inlineBytesMax);
  for (let index = 0; index < 60; index += 1) {
    const from = Math.floor(random() * (all.length + 10));
    assert.equal(loadLogLines(source, owner(7), from, 50).map((entry) => entry.message), all.slice(from, from + 50).map((row) => row.message), `seed ${seed} from ${from}`);
  }
  const errors = all.filter((row) => row.level === 'ERROR').map((row) => row.message);
  assert.ok(errors.length > 10);
  assert.equal([...scanLog(source, owner(7), { minLevel: 'ERROR' })].map((entry) => entry.message), errors);
  assert.equal([...scanLogBackwards(source, owner(7), { minLevel: 'ERROR' })].map((entry) => entry.message), [...errors].reverse());
  for (let index = 0; index < 20; index += 1) {
    const before = Math.floor(random() * (all.length + 10));
    const expected = all.flatMap((row, position) => (row.level === 'ERROR' && position < before ? [position] : [])).reverse();
    assert.equal([...scanLogBackwards(source, owner(7), { minLevel: 'ERROR' }, before)].map((entry) => entry.position), expected, `seed ${seed} before ${before}`);
  }
  assert.equal([...scanLog(source, owner(7), { taskRunId: 'tr1', attempt: 1, text: '7 ' })].map((entry) => entry.position),
    all.flatMap((row, position) => (row.taskRunId === 'tr1' && row.attemptNumber === 1 && row.message.includes('7 ') ? [position] : [])));
  assert.is(loadLogHead(source, owner(7)).counts.ERROR, errors.length);
  writer.close();
  writer.removeFile(owner(7));
  assert.is(existsSync(logFilePath(folder, 'main', 7)), false);
  await environment.close();
});

test('lines that were written to the file but never committed do not exist, and are written over', async () => {
  const { environment, folder, writer, source } = openFresh();
  await environment.write(writer.append(owner(1), [line('x'.repeat(inlineBytesMax))])).committed;
  // The engine dies between the file and the commit: a new writer starts from the rows.
  writer.append(owner(1), [line('lost')]);
  writer.close();
  const again = createLogWriter(environment, folder);
  await environment.write(again.append(owner(1), [line('kept')])).committed;
  assert.equal(loadLogLines(source, owner(1), 1, 5).map((entry) => entry.message), ['kept']);
  again.close();
  await environment.close();
});

test('a log whose file is gone or broken keeps its positions and says what is missing', async () => {
  const { environment, folder, writer, source } = openFresh();
  await environment.write(writer.append(owner(1), [line('x'.repeat(inlineBytesMax)), line('y')])).committed;
  writer.close();
  writeFileSync(logFilePath(folder, 'main', 1), '\0\0\0\0');
  assert.match(loadLogLines(source, owner(1), 1, 1)[0]?.message ?? '', /missing in the log's file/);
  rmSync(logFilePath(folder, 'main', 1));
  assert.is(loadLogLines(source, owner(1), 0, 9).length, 2);
  await environment.close();
});

test('the last page of a log of many megabytes reads one part of the file', async () => {
  const { environment, folder, writer, source } = openFresh();
  const message = 'x'.repeat(1000);
  for (let round = 0; round < 60; round += 1) await environment.write(writer.append(owner(1), Array.from({ length: 1000 }, (_, index) => line(`${round * 1000 + index} ${message}`)))).committed;
  assert.ok(statSync(logFilePath(folder, 'main', 1)).size > 50_000_000);
  const begin = performance.now();
  const page = loadLogLines(source, owner(1), loadLogHead(source, owner(1)).total - 100, 100);
  const tookMs = performance.now() - begin;
  assert.match(page.at(-1)?.message ?? '', /^59999 /);
  assert.is(page.length, 100);
  assert.ok(tookMs < 50, `took ${tookMs} ms`);
  writer.close();
  await environment.close();
});

test('a search finds lines of all executions, newest first, within the scope and page', async () => {
  const { environment, writer, source } = openFresh();
  const counters = createCounters(environment, { dayOf: dayFormatter('UTC') });
  for (let number = 1; number <= 30; number += 1) {
    const row = { ...owner(number), namespace: number % 2 === 0 ? 'a' : 'b.c', flowRevision: 1, labels: [], histories: [{ state: 'SUCCESS', atMs: number } as const], originalId: executionId('x'), metadata: { attemptNumber: 1, originalCreatedAtMs: 1 } };
    counters.moved(undefined, row);
    await environment.write([...executionWrites(undefined, row), ...counters.take(), ...writer.append(row, [line(`needle ${number}`), line('hay')])]).committed;
  }
  const page = await searchLogs(source, 'main', { text: 'NEEDLE', namespace: 'b' }, { page: 2, size: 4 });
  assert.is(page.total, 15);
  assert.equal(page.entries.map((entry) => entry.message), ['needle 21', 'needle 19', 'needle 17', 'needle 15']);
  assert.is((await searchLogs(source, 'main', { allowed: () => false }, { page: 1, size: 4 })).total, 0);
  await environment.close();
});

test('thousands of short logs make not one file', async () => {
  const { environment, folder, writer } = openFresh();
  for (let number = 1; number <= 2000; number += 1) {
    void environment.write(writer.append(owner(number), [line('a'), line('b')]));
    writer.settle(owner(number));
  }
  await environment.flush();
  assert.is(environment.count({ prefix: ['main', 'l'] }), 2000);
  assert.equal(existsSync(folder) ? readdirSync(folder) : [], []);
  await environment.close();
});

test.run();
