// Which files a task may read, by whatever address it names them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createFileStorage } from '../store/index.ts';
import { createLocalFiles } from './local-files.ts';
import { readableFiles } from './readable-files.ts';
import { jobOf } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'ensemble-readable-'));
for (const name of ['files', 'uploads', 'open', 'open-secret', 'closed']) mkdirSync(join(root, name));
let names = 0;
const storage = createFileStorage({ folder: join(root, 'files'), uploads: join(root, 'uploads'), uniqueName: () => {
  names += 1;
  return `u${names}`;
} });
const { execution } = jobOf('x', 'x', {});
const startedBy = (id: string): string | undefined => new Map([['grandchild0000', 'child00000'], ['child00000', execution.id]]).get(id);
const files = readableFiles({ storage, local: createLocalFiles([join(root, 'open')]), execution, startedBy });
const text = (uri: string): string => new TextDecoder().decode(files.readSync(files.uriOf(uri)));
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing was refused';
};
test.after(() => rmSync(root, { recursive: true, force: true }));

test('a plain path, nsfile:/// and kestra:/// name the same file of the namespace', async () => {
  await storage.put('kestra:///io/tests/_files/a/b%20c.txt', 'mine');
  for (const path of ['a/b c.txt', '/a/b c.txt', 'nsfile:///a/b c.txt', 'kestra:///io/tests/_files/a/b%20c.txt']) assert.is(text(path), 'mine', path);
});

test('files of other namespaces are read with the namespace argument; a name that is none is refused', async () => {
  await storage.put('kestra:///io/other/_files/x.txt', 'theirs');
  assert.is(new TextDecoder().decode(files.readSync(files.uriOf('x.txt', 'io.other'))), 'theirs');
  assert.match(refusal(() => files.uriOf('x.txt', '../other')), /is none/);
});

test('files of executions that this one started are read, those of strangers are not', async () => {
  for (const id of ['child00000', 'grandchild0000', 'stranger00']) await storage.put(`kestra:///io/sub/flow/executions/${id}/tasks/t/r/x.txt`, id);
  assert.is(text('kestra:///io/sub/flow/executions/child00000/tasks/t/r/x.txt'), 'child00000');
  assert.is(text('kestra:///io/sub/flow/executions/grandchild0000/tasks/t/r/x.txt'), 'grandchild0000');
  assert.match(refusal(() => text('kestra:///io/sub/flow/executions/stranger00/tasks/t/r/x.txt')), /is not one of this execution/);
});

test('file:/// reads below the allowed folders only, whatever links and dots say', () => {
  writeFileSync(join(root, 'open', 'a.txt'), 'local');
  writeFileSync(join(root, 'open-secret', 'a.txt'), 'secret');
  writeFileSync(join(root, 'closed', 'a.txt'), 'secret');
  symlinkSync(join(root, 'closed', 'a.txt'), join(root, 'open', 'link.txt'));
  const uri = (...path: string[]): string => pathToFileURL(join(root, ...path)).href;
  assert.is(text(uri('open', 'a.txt')), 'local');
  assert.is(files.sizeBytes(uri('open', 'none.txt')), undefined);
  for (const outside of [uri('closed', 'a.txt'), uri('open-secret', 'a.txt'), uri('open', 'link.txt'), `${uri('open')}/../closed/a.txt`, `${uri('open')}/%2e%2e/closed/a.txt`]) assert.match(refusal(() => text(outside)), /outside of the folders/, outside);
  assert.match(refusal(() => createLocalFiles([]).sizeBytes(uri('open', 'a.txt'))), /switched off; name the folders .* under "localFiles"/);
});

test.run();
