import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStorage } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'ensemble-files-'));
const folder = join(root, 'files');
const uploads = join(root, 'uploads');
mkdirSync(folder);
mkdirSync(uploads);
let names = 0;
const storage = createFileStorage({ folder, uploads, uniqueName: () => {
  names += 1;
  return `u${names}`;
} });
test.after(() => rmSync(root, { recursive: true, force: true }));

const rejected = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was refused';
};

test('what is put is read, streamed whole or in part, sized and removed', async () => {
  const uri = 'kestra:///ns/flow/executions/x/data ü.csv';
  await storage.put(uri, 'hello world');
  assert.is(new TextDecoder().decode(await storage.read(uri)), 'hello world');
  assert.is(new TextDecoder().decode(storage.readSync(uri)), 'hello world');
  assert.is(storage.sizeBytes(uri), 11);
  const parts: string[] = [];
  for await (const part of storage.stream(uri, { start: 6, end: 8 })) parts.push(new TextDecoder().decode(part));
  assert.is(parts.join(''), 'wor');
  await storage.put(uri, 'anew');
  assert.is(storage.sizeBytes(uri), 4);
  await storage.remove(uri);
  assert.is(storage.sizeBytes(uri), undefined);
  assert.match(await rejected(() => storage.read(uri)), /Not Found/);
});

test('an upload is taken by renaming, and a prefix is removed whole', async () => {
  const path = storage.uploadPath();
  writeFileSync(path, 'uploaded');
  await storage.take('kestra:///a/b/c.txt', path);
  assert.is(existsSync(path), false);
  await storage.put('kestra:///a/b/d.txt', 'd');
  await storage.removeAll('kestra:///a/b/');
  assert.is(storage.sizeBytes('kestra:///a/b/c.txt'), undefined);
  assert.equal(readdirSync(uploads), []);
});

test('no URI leads out of the folder', async () => {
  for (const uri of [
    'kestra:///../secret', 'kestra:///a/../../secret', 'kestra:///a/./b', 'kestra:///a//b', 'kestra:///', 'kestra://', 'kestra://host/a', 'file:///etc/passwd',
    '/etc/passwd', 'kestra:///a\\..\\b', 'kestra:///a\0b', '', `kestra:///${'a/'.repeat(100)}b`,
  ]) {
    assert.match(await rejected(() => storage.put(uri, 'x')), /expected kestra:\/\/\/folder\/name/, uri);
    assert.match(await rejected(() => storage.readSync(uri)), /expected kestra:\/\/\/folder\/name/, uri);
    assert.match(await rejected(() => storage.sizeBytes(uri)), /expected kestra:\/\/\/folder\/name/, uri);
    assert.match(await rejected(() => storage.removeAll(uri)), /expected kestra:\/\/\/folder\/name/, uri);
  }
  // Percent signs are only characters here: nobody decodes them a second time.
  await storage.put('kestra:///a/%2e%2e/b', 'literal');
  assert.ok(existsSync(join(folder, 'a', '%2e%2e', 'b')));
});

test('a symbolic link is neither followed nor taken', async () => {
  writeFileSync(join(root, 'secret'), 'secret');
  mkdirSync(join(folder, 'links'), { recursive: true });
  symlinkSync(root, join(folder, 'links', 'out'));
  symlinkSync(join(root, 'secret'), join(folder, 'links', 'file'));
  for (const uri of ['kestra:///links/out/secret', 'kestra:///links/file']) {
    assert.match(await rejected(() => storage.read(uri)), /symbolic link/);
    assert.match(await rejected(() => storage.put(uri, 'x')), /symbolic link/);
    assert.match(await rejected(() => storage.removeAll(uri)), /symbolic link/);
  }
  symlinkSync(join(root, 'secret'), join(uploads, 'link'));
  assert.match(await rejected(() => storage.take('kestra:///links/taken', join(uploads, 'link'))), /no regular file/);
  assert.ok(existsSync(join(root, 'secret')));
});

test('a name too long for the disk is stored under its hash and read back by its own name', async () => {
  const uri = `kestra:///long/${'名'.repeat(300)}.json`;
  await storage.put(uri, '{}');
  assert.is(storage.sizeBytes(uri), 2);
  assert.match(readdirSync(join(folder, 'long'))[0] ?? '', /^long-[0-9a-f]{64}\.json$/);
  assert.is(storage.sizeBytes(`kestra:///long/${'名'.repeat(301)}.json`), undefined);
});

test.run();
