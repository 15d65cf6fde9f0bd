// Lines that leave a log: the rest stays readable from both ends, goes on growing, and the disk comes back.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { executionId } from '../../../core/protocol/ids.ts';
import {
  createLogWriter, loadLogHead, loadLogLines, logRemovals, openEnvironment, removeLogFile, rewriteLog, scanLog, scanLogBackwards, type Environment, type LogRow, type LogSource, type LogWriter,
} from '../index.ts';

const owner = { tenant: 'main', number: 7, id: executionId('x'), namespace: 'n', flowId: 'f' };

interface Log {
  readonly source: LogSource;
  readonly writer: LogWriter;
  readonly append: (lines: readonly LogRow[]) => Promise<void>;
  readonly purge: (stays: (row: LogRow) => boolean, commits?: boolean) => Promise<number>;
  readonly files: () => readonly string[];
  readonly sizeBytes: () => number;
}

async function log(run: (log: Log, engine: Environment) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ensemble-log-purge-'));
  const engine = openEnvironment({ name: 'engine', path: join(root, 'engine'), mode: 'write' });
  const folder = join(root, 'logs');
  const writer = createLogWriter(engine, folder);
  const source = { reader: engine, folder };
  const at = join(folder, 'main', '0');
  const files = (): readonly string[] => { try { return readdirSync(at).sort(); } catch { return []; } };
  try {
    await run({
      source, writer, files,
      sizeBytes: () => files().reduce((sum, name) => sum + statSync(join(at, name)).size, 0),
      append: async (lines) => {
        await engine.write(writer.append(owner, lines)).flushed;
        writer.settle(owner);
      },
      purge: async (stays, commits = true) => {
        const work = rewriteLog(source, owner, stays);
        let step = work.next();
        while (step.done !== true) step = work.next();
        const { writes, removed, oldFile } = step.value;
        if (!commits) return removed;
        await engine.write(writes).flushed;
        writer.settle(owner);
        if (oldFile !== undefined) rmSync(oldFile);
        return removed;
      },
    }, engine);
  } finally {
    writer.close();
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}

const line = (number: number, level: LogRow['level'] = number % 3 === 0 ? 'WARN' : 'INFO', chars = 100): LogRow => ({ atMs: number, level, message: `${number} ${'x'.repeat(chars)}` });
const many = (from: number, count: number): readonly LogRow[] => Array.from({ length: count }, (_, index) => line(from + index));
const numbers = (source: LogSource): readonly number[] => [...scanLog(source, owner)].map((entry) => Number(entry.message.split(' ')[0]));
const isInfo = (row: LogRow): boolean => row.level === 'INFO';
const expected = (from: number, count: number): readonly number[] => many(from, count).filter(isInfo).map((row) => row.atMs);

for (const [name, count] of [['a short log, in rows alone', 60], ['a long log, with a file', 6000]] as const) {
  test(`${name}, loses a level: counts, positions, both directions and pages agree`, () => log(async ({ source, append, purge }) => {
    await append(many(0, count));
    assert.is(await purge(isInfo), count / 3);
    const left = expected(0, count);
    const head = loadLogHead(source, owner);
    assert.equal([head.total, head.counts.INFO, head.counts.WARN], [left.length, left.length, 0]);
    assert.equal(numbers(source), left);
    assert.equal([...scanLogBackwards(source, owner)].map((entry) => Number(entry.message.split(' ')[0])), [...left].reverse());
    assert.equal(loadLogLines(source, owner, left.length - 5, 10).map((entry) => [entry.position, Number(entry.message.split(' ')[0])]), left.slice(-5).map((number, index) => [left.length - 5 + index, number]));
  }));
}

test('a log that was written anew goes on growing, and may be written anew again; one file is left', () => log(async ({ source, append, purge, files, sizeBytes }) => {
  await append(many(0, 6000));
  const before = sizeBytes();
  await purge(isInfo);
  assert.equal(files(), ['7.1.log']);
  assert.ok(sizeBytes() < before);
  await append(many(6000, 3000));
  assert.equal(numbers(source), [...expected(0, 6000), ...many(6000, 3000).map((row) => row.atMs)]);
  await purge(isInfo);
  assert.equal(files(), ['7.2.log']);
  assert.equal(numbers(source), expected(0, 9000));
  await purge((row) => row.atMs >= 8990);
  assert.equal(files(), [], 'what is short lies in rows again');
  assert.equal(numbers(source), expected(8990, 10));
}));

test('when nothing leaves nothing is written; when everything does nothing is left', () => log(async ({ source, append, purge, files }, engine) => {
  await append(many(0, 3000));
  assert.is(await purge(() => true), 0);
  assert.equal(files(), ['7.log']);
  assert.is(await purge(() => false), 3000);
  assert.equal([files(), loadLogHead(source, owner).total], [[], 0]);
  assert.equal(logRemovals(engine, owner), []);
}));

test('a crash before the commit leaves the old log whole; its removal takes what was left behind', () => log(async ({ source, append, purge, files }, engine) => {
  await append(many(0, 6000));
  await purge(isInfo, false);
  assert.equal(numbers(source).length, 6000);
  assert.equal(files(), ['7.1.log', '7.log']);
  await engine.write(logRemovals(engine, owner)).flushed;
  removeLogFile(source.folder, owner);
  assert.equal([files(), numbers(source)], [[], []]);
}));

test.run();
