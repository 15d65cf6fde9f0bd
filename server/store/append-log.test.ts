import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openAppendLog } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ensemble-append-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshPath = (): string => {
  files += 1;
  return join(folder, `${files}.log`);
};
const bytes = (text: string): Uint8Array => Buffer.from(text);
const foundIn = (path: string): string[] => {
  const log = openAppendLog(path, 4096);
  log.close();
  return log.found.map(({ sequence, payload }) => `${sequence} ${Buffer.from(payload).toString()}`);
};

test('what was appended is found in order, without a close', () => {
  const path = freshPath();
  const log = openAppendLog(path, 4096);
  assert.ok(log.empty);
  assert.equal(log.found, []);
  for (const [index, text] of ['one', '', 'three ü'].entries()) assert.ok(log.append(7 + index, bytes(text)));
  assert.equal(foundIn(path), ['7 one', '8 ', '9 three ü']);
  assert.is(openAppendLog(path, 4096).empty, false);
  assert.is(statSync(path).size, 4096, 'it has its size from the beginning');
  assert.is(statSync(path).mode & 0o777, 0o600);
  log.close();
});

test('a record that is torn anywhere ends the reading before it', () => {
  const path = freshPath();
  const log = openAppendLog(path, 4096);
  log.append(1, bytes('first'));
  log.append(2, bytes('second'));
  log.close();
  const whole = readFileSync(path);
  const firstEnds = 14 + 5;
  for (let at = firstEnds; at < firstEnds + 14 + 6; at += 1) {
    const torn = Buffer.from(whole);
    torn[at] = (torn[at] ?? 0) ^ 0xff;
    writeFileSync(path, torn);
    assert.equal(foundIn(path), ['1 first'], `byte ${at}`);
    torn.fill(0, at);
    writeFileSync(path, torn);
    // Zeros may be what was there before: then nothing was torn.
    if (!torn.equals(whole)) assert.equal(foundIn(path), ['1 first'], `from byte ${at}`);
  }
});

test('after a rewind older records never follow newer ones, and a wipe leaves nothing', () => {
  const path = freshPath();
  const log = openAppendLog(path, 4096);
  for (let sequence = 1; sequence <= 5; sequence += 1) log.append(sequence, bytes('same size'));
  log.rewind();
  log.append(6, bytes('same size'));
  assert.equal(foundIn(path), ['6 same size']);
  log.wipe();
  assert.equal(foundIn(path), []);
  assert.ok(openAppendLog(path, 4096).empty);
  log.close();
});

test('what does not fit is refused and nothing of it is written', async () => {
  const path = freshPath();
  const log = openAppendLog(path, 4096);
  assert.ok(log.append(1, bytes('x'.repeat(4000))));
  assert.not.ok(log.append(2, bytes('x'.repeat(100))));
  await log.sync();
  assert.equal(foundIn(path).map((record) => record.length), [4002]);
  log.close();
  assert.not.ok(log.append(3, bytes('closed')));
});

test('a place where no file can be is named', () => {
  assert.throws(() => openAppendLog(join(folder, 'nowhere', 'x.log')), /nowhere\/x\.log" cannot be opened/);
});

test.run();
