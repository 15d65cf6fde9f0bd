import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentContract } from './environment.contract.ts';
import { openEnvironment, StoreError } from './index.ts';

const folders: string[] = [];
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'ensemble-store-'));
  folders.push(path);
  return path;
};
test.after(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

environmentContract(test, 'lmdb', {
  open: (path) => openEnvironment({ name: 'engine', path, mode: 'write' }),
  openReader: (path) => openEnvironment({ name: 'engine', path, mode: 'read' }),
  folder,
});

test('a commit is signalled before its sync: committed settles while flushed still waits', async () => {
  // docs/decisions/0001-commit-and-flush.md: when an lmdb update takes the signal away, keystrokes wait for the disk again.
  const environment = openEnvironment({ name: 'front', path: folder(), mode: 'write' });
  let early = 0;
  for (let index = 0; index < 50; index += 1) {
    let flushed = false;
    const written = environment.write([{ type: 'put', key: ['k', index], value: index }]);
    void written.flushed.then(() => {
      flushed = true;
    });
    await written.committed;
    if (!flushed) early += 1;
    await written.flushed;
  }
  assert.ok(early > 25, `only ${early} of 50 commits were seen before their sync`);
  await environment.close();
});

test('an environment at its size limit refuses writes with a sentence, and is read on', async () => {
  const environment = openEnvironment({ name: 'engine', path: folder(), mode: 'write', mapSizeBytes: 512 * 1024 });
  let refusal: unknown;
  let written = 0;
  for (let index = 0; index < 100 && refusal === undefined; index += 1) {
    try {
      await environment.write([{ type: 'put', key: ['k', index], value: 'x'.repeat(20_000) }]).flushed;
      written += 1;
    } catch (error) {
      refusal = error;
    }
  }
  assert.instance(refusal, StoreError);
  if (refusal instanceof StoreError) {
    assert.is(refusal.fault, 'mapFull');
    assert.match(refusal.message, /engine environment .* limit of 524288 bytes; raise the limit/);
  }
  assert.is(environment.health().state, 'readOnly');
  assert.is(environment.count({ prefix: ['k'] }), written);
  assert.throws(() => environment.writeNow([{ type: 'put', key: ['k', 1], value: 1 }]), /read-only/);
  await environment.close();
});

test('on a full disk the write that does not fit is refused with a sentence, all acknowledged rows are there, and it is read on', async () => {
  const mount = folder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]).status !== 0) return; // Only root may mount a small disk.
  try {
    const environment = openEnvironment({ name: 'engine', path: join(mount, 'engine'), mode: 'write' });
    let acknowledged = -1;
    let refusal: unknown;
    for (let index = 0; index < 2000 && refusal === undefined; index += 1) {
      try {
        await environment.write([{ type: 'put', key: ['k', index], value: 'x'.repeat(20_000) }]).flushed;
        acknowledged = index;
      } catch (error) {
        refusal = error;
      }
    }
    assert.ok(acknowledged > 10);
    assert.instance(refusal, StoreError);
    if (refusal instanceof StoreError) {
      assert.is(refusal.fault, 'diskFull');
      assert.match(refusal.message, /disk of ".*" is full: the engine environment could not be written\. It is served read-only; free some space, then restart\./);
    }
    assert.ok(environment.count({ prefix: ['k'] }) >= acknowledged + 1);
    assert.throws(() => environment.writeNow([{ type: 'put', key: ['z'], value: 1 }]), /is full/);
    await environment.close();
  } finally {
    spawnSync('umount', ['-l', mount]);
  }
});

test('a reader of a folder that was never written says who has to open it first', () => {
  assert.throws(() => openEnvironment({ name: 'engine', path: folder(), mode: 'read' }), /Its writer has to open it first/);
});

test.run();
