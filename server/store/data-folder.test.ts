import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openData } from './index.ts';
import { migrations } from './migrations/index.ts';

const temporary: string[] = [];
const fresh = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'ensemble-data-'));
  temporary.push(path);
  return path;
};
test.after(() => {
  for (const path of temporary) rmSync(path, { recursive: true, force: true });
});

test('a fresh directory is laid out and carries the current format', () => {
  const data = openData(join(fresh(), 'data'));
  assert.is(data.format, 1);
  for (const folder of [data.front, data.engine, data.logs, data.files, data.uploads, data.work]) assert.ok(existsSync(folder));
  assert.equal(JSON.parse(readFileSync(join(data.path, 'format.json'), 'utf8')), { format: 1 });
  data.close();
});

test('a second server on the same directory is refused with a sentence, and may start after the first has ended', () => {
  const path = fresh();
  const first = openData(path);
  assert.throws(() => openData(path), /Another Ensemble server is using the data directory .* \(process \d+\)\. Stop it, or start this one with another ENSEMBLE_DATA\./);
  first.close();
  openData(path).close();
});

test('the lock of a server that was killed with kill -9 is taken over', async () => {
  const path = fresh();
  const script = `import { openData } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}; openData(${JSON.stringify(path)}); process.stdout.write('locked\\n'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => void child.stdout.once('data', () => resolve()));
  assert.throws(() => openData(path), /Another Ensemble server/);
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  child.kill('SIGKILL');
  await ended;
  openData(path).close();
});

test('a lock whose process id was given to another process is taken over', () => {
  const path = fresh();
  openData(path).close();
  const lock = { pid: process.pid, began: 'another time', boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), host: '' };
  writeFileSync(join(path, 'lock'), JSON.stringify({ ...lock, host: hostnameOf(path) }));
  openData(path).close();
});

function hostnameOf(path: string): string {
  const data = openData(path);
  const host: unknown = JSON.parse(readFileSync(join(path, 'lock'), 'utf8')).host;
  data.close();
  return String(host);
}

test('a directory of a newer format, of no format, or of somebody else is refused and left alone', () => {
  const newer = fresh();
  writeFileSync(join(newer, 'format.json'), '{"format": 99}');
  assert.throws(() => openData(newer), /has format 99, written by a newer Ensemble; this one knows up to 1/);
  const broken = fresh();
  writeFileSync(join(broken, 'format.json'), 'oops');
  assert.throws(() => openData(broken), /holds "oops"; expected \{"format": NUMBER\}/);
  const foreign = fresh();
  writeFileSync(join(foreign, 'thesis.txt'), 'mine');
  assert.throws(() => openData(foreign), /"thesis.txt" is there, format.json is not/);
  assert.is(existsSync(join(foreign, 'front')), false);
  assert.is(existsSync(join(foreign, 'lock')), false);
});

test('an older directory is migrated one step per version, and a crash between two steps goes on from there', () => {
  const path = fresh();
  openData(path).close();
  const done: number[] = [];
  const second = { to: 2, title: 'second', apply: () => void done.push(2) };
  const failing = { to: 3, title: 'third', apply: () => { throw new Error('the machine stopped'); } };
  assert.throws(() => openData(path, { migrations: [...migrations, second, failing] }), /the machine stopped/);
  const third = { to: 3, title: 'third', apply: () => void done.push(3) };
  const data = openData(path, { migrations: [...migrations, third, second] });
  assert.is(data.format, 3);
  assert.equal(done, [2, 3]);
  data.close();
  assert.throws(() => openData(path), /format 3/);
});

test('there is one migration for each version from 1 on', () => {
  assert.equal(migrations.map((migration) => migration.to), migrations.map((_, index) => index + 1));
});

test.run();
