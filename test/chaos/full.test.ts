/** Where nothing can be written any more, what is there can still be read: a store at its limit, a full disk, a damaged piece of a log. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, type TestServer, until } from '../harness/server.ts';

const flow = (id: string, tasks: string): string => `id: ${id}\nnamespace: full\ninputs:\n  - id: text\n    type: STRING\n    defaults: ""\ntasks:\n${tasks}`;
const keeps = flow('keeps', '  - id: kept\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ inputs.text }}"\n');

async function start(server: TestServer, text: string): Promise<{ readonly status: number; readonly id: string; readonly message: string }> {
  const form = new FormData();
  form.set('text', text);
  const answer = await server.request('POST', '/api/v1/executions/full/keeps', { body: form });
  const json = answer.json as { id?: string; message?: string };
  return { status: answer.status, id: json.id ?? '', message: json.message ?? answer.text };
}

/** Creates until it is refused; the ids that were acknowledged, and the refusal. */
async function fill(server: TestServer, bytes: number, countMax: number): Promise<{ readonly acknowledged: readonly string[]; readonly message: string }> {
  const acknowledged: string[] = [];
  const text = 'x'.repeat(bytes);
  for (let count = 0; count < countMax; count += 1) {
    const answer = await start(server, text).catch((error: unknown) => { throw new Error(`the server has ended: ${server.output().slice(-2000)}`, { cause: error }); });
    if (answer.status !== 200) {
      assert.is(answer.status, 503, answer.message);
      return { acknowledged, message: answer.message };
    }
    acknowledged.push(answer.id);
  }
  throw new Error(`${countMax} executions of ${bytes} bytes did not fill it`);
}

/** All that can be read is read, and what can not be done says why. */
async function isReadOnly(server: TestServer, id: string, why: RegExp): Promise<void> {
  const ready = await server.request('GET', '/ready');
  assert.is(ready.status, 503);
  assert.match(ready.text, why);
  assert.is((await server.request('GET', '/health')).status, 200, 'it lives');
  assert.is((await server.request('GET', `/api/v1/executions/${id}`)).status, 200);
  assert.is((await server.request('GET', '/api/v1/executions/search?size=5')).status, 200);
  assert.is((await server.request('GET', '/api/v1/flows/full/keeps?source=true')).status, 200);
  const page = await server.request('GET', '/ui/main/executions', { headers: { accept: 'text/html' } });
  assert.is(page.status, 200);
  assert.match(page.text, /This workspace can be read, not changed/);
  const killed = await server.request('DELETE', `/api/v1/executions/${id}/kill`);
  assert.is(killed.status, 503);
  assert.match(killed.text, why);
}

test('a store at its limit is served read-only with a clear word, and with more room everything acknowledged is there', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ensemble-full-'));
  const server = await startServer({ data, environment: { ENSEMBLE_STORE_LIMIT: '8MB' } });
  await server.putFlow(keeps);
  const { acknowledged, message } = await fill(server, 100_000, 500);
  assert.ok(acknowledged.length > 5);
  assert.match(message, /Service Unavailable: The engine environment in ".*" has reached its limit of 8388608 bytes; raise the limit or delete old executions, then restart/);
  await isReadOnly(server, acknowledged[0] ?? '', /has reached its limit/);
  // Flows are in the other store, which has room: writing them still works.
  assert.is((await server.request('PUT', '/api/v1/flows/full/keeps', { body: keeps.replace('id: kept', 'id: changed'), headers: { 'content-type': 'application/x-yaml' } })).status, 200);
  assert.is(await server.stop(), 0);
  const larger = await startServer({ data, environment: { ENSEMBLE_STORE_LIMIT: '1GB' } });
  for (const id of acknowledged) await until(`${id} has ended`, async () => ((await larger.request('GET', `/api/v1/executions/${id}`)).json as { state?: { current?: string } }).state?.current === 'SUCCESS');
  assert.is((await start(larger, 'small')).status, 200);
  await discard(larger);
});

/** A disk of our own, as small as we want it. Only a superuser may have one. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0;
  if (mounted) return folder;
  await rm(folder, { recursive: true, force: true });
  return undefined;
}

const disk = await smallDisk(40);
if (disk === undefined) {
  test.skip('a full disk (this user may not mount one of his own)', () => undefined);
} else {
  test('a full disk is served read-only with a clear word, and with more room everything acknowledged is there', async () => {
    try {
      const data = join(disk, 'data');
      await mkdir(data);
      const server = await startServer({ data });
      await server.putFlow(keeps);
      const { acknowledged, message } = await fill(server, 100_000, 1000);
      assert.ok(acknowledged.length > 5);
      assert.match(message, /Service Unavailable: .*(disk of ".*" is full|cannot grow|could not be written).*read-only/);
      await isReadOnly(server, acknowledged[0] ?? '', /read-only/);
      await server.stop();
      assert.is(spawnSync('mount', ['-o', 'remount,size=400m', disk]).status, 0);
      const larger = await startServer({ data });
      for (const id of acknowledged) await until(`${id} has ended`, async () => ((await larger.request('GET', `/api/v1/executions/${id}`)).json as { state?: { current?: string } }).state?.current === 'SUCCESS');
      assert.is((await start(larger, 'small')).status, 200);
      await larger.stop();
    } finally {
      spawnSync('umount', ['-l', disk]);
      await rm(disk, { recursive: true, force: true });
    }
  });
}

test('a damaged piece of a log is named where it is; the rest of it, other logs and the execution are read as before', async () => {
  const server = await startServer();
  const loud = flow('loud', '  - id: say\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Process\n    commands: ["i=0; while [ $i -lt 20000 ]; do echo line $i of the log that will be damaged; i=$((i+1)); done"]\n');
  await server.putFlow(loud);
  await server.putFlow(keeps);
  const damaged = ((await server.request('POST', '/api/v1/executions/full/loud?wait=true')).json as { id: string }).id;
  const whole = ((await server.request('POST', '/api/v1/executions/full/loud?wait=true')).json as { id: string }).id;
  const { data } = server;
  await server.kill9();
  const files = (await readdir(join(data, 'logs'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
  assert.ok(files.length >= 2, `two logs are long enough to have files: ${files.join(', ')}`);
  const [first = ''] = files;
  const bytes = await readFile(first);
  // A piece in the middle is lost, and the end is cut off.
  bytes.fill(0, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 5000);
  await writeFile(first, bytes.subarray(0, Math.floor(bytes.length * 0.9)));
  const again = await startServer({ data });
  for (const id of [damaged, whole]) {
    assert.is((await again.request('GET', `/api/v1/executions/${id}`)).status, 200);
    const log = await again.request('GET', `/api/v1/logs/${id}`);
    assert.is(log.status, 200, log.text.slice(0, 500));
    const lines = log.json as readonly { readonly message: string }[];
    assert.ok(lines.length > 1000, `${lines.length} lines can still be read`);
    assert.is((await again.request('GET', `/ui/main/executions/full/loud/${id}/logs`, { headers: { accept: 'text/html' } })).status, 200);
    assert.is((await again.request('GET', `/api/v1/logs/${id}/download`)).status, 200);
  }
  const wholeLines = (await again.request('GET', `/api/v1/logs/${whole}`)).json as readonly unknown[];
  assert.ok(wholeLines.length >= 20_000);
  const damagedLines = (await again.request('GET', `/api/v1/logs/${damaged}`)).json as readonly { readonly message: string }[];
  assert.ok(damagedLines.some((line) => /cannot be read|missing/.test(line.message)), 'the place of the damage is named');
  assert.is((await again.request('GET', '/api/v1/logs/search?size=10&q=line')).status, 200);
  assert.is((await again.request('POST', '/api/v1/executions/full/keeps')).status, 200);
  await discard(again);
});

test.run();
