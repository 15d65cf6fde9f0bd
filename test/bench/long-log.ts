/**
 * A long log: `node --import tsx test/bench/long-log.ts [MEGABYTES]`. Writes one execution's log through the engine's writer, opens it anew
 * and says what reading its end, its middle, its beginning and its rare lines costs. Not in CI at a gigabyte; a smaller one is
 * (server/store/tables/long-log.test.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { executionId } from '../../core/protocol/ids.ts';
import { createLogWriter, loadLogHead, loadLogLines, openEnvironment, scanLog, scanLogBackwards, type LogOwner, type LogRow, type LogSource } from '../../server/store/index.ts';

export interface LongLog {
  readonly source: LogSource;
  readonly owner: LogOwner;
  readonly close: () => Promise<void>;
}

const linesPerAppend = 1000;
const errorEvery = 100_000;

/** A log of so many bytes in a folder of its own, opened anew. One line in a hundred thousand is an error. */
export async function writeLongLog(folder: string, bytes: number): Promise<LongLog> {
  const owner: LogOwner = { tenant: 'main', number: 1, id: executionId('long'), namespace: 'bench', flowId: 'long' };
  const path = join(folder, 'engine');
  const logs = join(folder, 'logs');
  const engine = openEnvironment({ name: 'engine', path, mode: 'write' });
  const writer = createLogWriter(engine, logs);
  let position = 0;
  while (loadLogHead({ reader: engine }, owner).bytes < bytes) {
    const lines: LogRow[] = Array.from({ length: linesPerAppend }, (_, index) => {
      const at = position + index;
      return { atMs: 1_760_000_000_000 + at, level: at % errorEvery === 0 ? 'ERROR' : 'INFO', message: `line ${at} ${'of some words '.repeat(8)}`, taskId: 'say', taskRunId: 'taskrun' };
    });
    engine.writeNow(writer.append(owner, lines));
    position += linesPerAppend;
  }
  writer.settle(owner);
  writer.close();
  await engine.flush();
  await engine.close();
  const reader = openEnvironment({ name: 'engine', path, mode: 'read' });
  return { source: { reader, folder: logs }, owner, close: () => reader.close() };
}

async function main(): Promise<void> {
  const megabytes = Number(process.argv[2] ?? 1024);
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-long-log-'));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  try {
    const began = performance.now();
    const { source, owner, close } = await writeLongLog(folder, megabytes * 1024 * 1024);
    say(`${megabytes} MB written in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    const timed = (what: string, read: () => unknown): void => {
      const start = performance.now();
      const result = read();
      say(`${what.padEnd(48)} ${(performance.now() - start).toFixed(1).padStart(9)} ms  ${String(result)}`);
    };
    timed('its head (lines and bytes)', () => { const { total, bytes } = loadLogHead(source, owner); return `${total} lines, ${bytes} bytes`; });
    const { total } = loadLogHead(source, owner);
    for (const round of ['first', 'again']) {
      timed(`the last 500 lines (${round})`, () => loadLogLines(source, owner, total - 500, 500).length);
      timed(`500 lines of the middle (${round})`, () => loadLogLines(source, owner, Math.floor(total / 2), 500).length);
      timed(`the first 500 lines (${round})`, () => loadLogLines(source, owner, 0, 500).length);
      timed(`the last 20 errors (${round})`, () => { let found = 0; for (const _ of scanLogBackwards(source, owner, { minLevel: 'ERROR' })) { found += 1; if (found >= 20) break; } return found; });
    }
    timed('all errors', () => [...scanLog(source, owner, { minLevel: 'ERROR' })].length);
    timed('a text that no line holds (reads everything)', () => [...scanLog(source, owner, { text: 'nowhere' })].length);
    say(`memory ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MB`);
    await close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
