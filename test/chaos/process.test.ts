/** Starts and ends of the process: what it says when it does not start, and that it ends in order. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accept } from '../harness/people.ts';
import { discard, root, startServer, until } from '../harness/server.ts';
import { closeSockets, freePort, openRpc, openSocket, syncAddress } from '../harness/sockets.ts';

interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** A start that is expected to end by itself. */
async function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'dist', 'server.js'), ...args], { cwd: root, env: { PATH: process.env['PATH'] ?? '', ENSEMBLE_PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => { stdout += bytes.toString('utf8'); });
  child.stderr.on('data', (bytes: Buffer) => { stderr += bytes.toString('utf8'); });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, stdout, stderr };
}
const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-start-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
/** One sentence for a person: one line, no stack, no JSON. */
const isSentence = (ended: Ended): void => {
  assert.is.not(ended.code, 0);
  assert.is.not(ended.code, null);
  assert.is(ended.stderr.trim().split('\n').length, 1, ended.stderr);
  assert.not.match(ended.stderr, /\n {4}at |^\{/);
  assert.not.match(ended.stdout, /is listening/);
};
test.after(closeSockets);

test('a second start on the same data directory refuses with a clear sentence, and the first goes on', async () => {
  const server = await startServer();
  const second = await run([], { ENSEMBLE_DATA: server.data });
  isSentence(second);
  assert.match(second.stderr, /Another Ensemble server is using the data directory ".+" \(process \d+\)\. Stop it, or start this one with another ENSEMBLE_DATA/);
  const third = await run(['--administrator'], { ENSEMBLE_DATA: server.data });
  isSentence(third);
  assert.is((await server.request('GET', '/ready')).status, 200);
  await discard(server);
});

test('a second server on a taken port refuses with a clear sentence instead of taking half of the connections', () => inFolder(async (folder) => {
  const server = await startServer({ port: await freePort() });
  const second = await run([], { ENSEMBLE_DATA: folder, ENSEMBLE_PORT: String(server.port) });
  isSentence(second);
  assert.match(second.stderr, new RegExp(`Cannot listen on 127.0.0.1:${server.port}: the port is taken.*ENSEMBLE_PORT`));
  await discard(server);
}));

test('a data directory of a newer format is refused with what to do, and is not touched', () => inFolder(async (folder) => {
  const server = await startServer({ data: folder });
  await server.putFlow('id: kept\nnamespace: chaos\ntasks:\n  - id: a\n    type: io.kestra.plugin.core.log.Log\n    message: a\n');
  assert.is(await server.stop(), 0);
  const path = join(folder, 'format.json');
  const { format } = JSON.parse(await readFile(path, 'utf8')) as { readonly format: number };
  await writeFile(path, JSON.stringify({ format: format + 1 }));
  const refused = await run([], { ENSEMBLE_DATA: folder });
  isSentence(refused);
  assert.match(refused.stderr, new RegExp(`has format ${format + 1}, written by a newer Ensemble; this one knows up to ${format}`));
  await writeFile(path, JSON.stringify({ format }));
  const again = await startServer({ data: folder });
  assert.is((await again.request('GET', '/api/v1/flows/chaos/kept')).status, 200);
  await again.stop();
}));

test('a wrong setting is one sentence that names it and what was found', () => inFolder(async (folder) => {
  const cases: readonly (readonly [readonly string[], Readonly<Record<string, string>>, RegExp])[] = [
    [[], { ENSEMBLE_PORT: '80a' }, /ENSEMBLE_PORT must be a number from 0 to 65535, found "80a"/],
    [['--shared'], {}, /Unknown option "--shared"/],
    [['--share=admin'], {}, /--share takes the role .* found "admin"/],
    [[], { ENSEMBLE_HOST: '0.0.0.0' }, /ENSEMBLE_HOST is 0\.0\.0\.0.*no administrator yet.*--share/],
    [[], { ENSEMBLE_HOST: '192.0.2.1' }, /no administrator yet/],
    [[], { ENSEMBLE_PUBLIC_URL: 'https://ensemble.example.com' }, /ENSEMBLE_PUBLIC_URL is .*no administrator yet/],
    [[], { ENSEMBLE_PUBLIC_URL: 'ensemble.example.com' }, /ENSEMBLE_PUBLIC_URL must be an address/],
    [[], { ENSEMBLE_CONFIG: join(folder, 'none.yaml') }, /ENSEMBLE_CONFIG .* can not be read/],
    [[], { ENSEMBLE_TLS_CERT: '/x' }, /ENSEMBLE_TLS_CERT and ENSEMBLE_TLS_KEY belong together/],
    [[], { ENSEMBLE_DATA: join(folder, 'a-file', 'data') }, /The data directory ".+a-file.data" cannot be made: .*Choose another with ENSEMBLE_DATA/],
    [[], { ENSEMBLE_DATA: join(folder, 'strange') }, /is not empty and holds no Ensemble data \("novel\.txt" is there/],
  ];
  await writeFile(join(folder, 'a-file'), '');
  await mkdir(join(folder, 'strange'));
  await writeFile(join(folder, 'strange', 'novel.txt'), 'Once upon a time');
  // Each its own directory: two at once would meet at the lock.
  const data = join(folder, 'data');
  for (let from = 0; from < cases.length; from += 4) {
    await Promise.all(cases.slice(from, from + 4).map(async ([args, environment, sentence]) => {
      const refused = await run(args, { ENSEMBLE_DATA: `${data}-${sentence.source.length}`, ...environment });
      assert.match(refused.stderr, sentence);
      isSentence(refused);
    }));
  }
}));

test('a lost administrator: the command prints a link that makes a new one, good once', () => inFolder(async (folder) => {
  const printed = await run(['--administrator'], { ENSEMBLE_DATA: folder });
  assert.is(printed.code, 0, printed.stderr);
  const token = /\/ui\/main\/invitation\/(\S+)/.exec(printed.stdout)?.[1] ?? '';
  const server = await startServer({ data: folder });
  const zoe = await accept(server, token, 'Zoe');
  assert.match((await zoe.request('GET', '/api/v1/me')).text, /"role":"admin"/);
  assert.is((await server.request('GET', '/api/v1/flows/search')).status, 401, 'the workspace is not open any more');
  const again = await server.request('POST', '/invitations/accept', { body: JSON.stringify({ token, name: 'Two', email: '', password: 'long enough for all' }) });
  assert.is(again.status, 410);
  await server.stop();
}));

test('SIGTERM with open sockets, streams, waiting calls and a running task: what is open is told, exit 0 within seconds, and the run goes on after the next start', () => inFolder(async (folder) => {
  let server = await startServer({ data: folder });
  await server.putFlow('id: long\nnamespace: chaos\ntasks:\n  - id: a\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT3S\n  - id: b\n    type: io.kestra.plugin.core.log.Log\n    message: done\n');
  const { id } = (await server.request('POST', '/api/v1/executions/chaos/long')).json as { readonly id: string };
  await until('it runs', async () => (await server.request('GET', `/api/v1/executions/${id}`)).text, (text) => text.includes('"taskId":"a"'));
  const rpc = await openRpc(server.port);
  const document = await openSocket(syncAddress(server.port, 'flow/chaos/long'));
  const stream = await fetch(`${server.url}/api/v1/executions/${id}/follow`);
  const waiting = fetch(`${server.url}/api/v1/executions/chaos/long?wait=true`, { method: 'POST' }).then((answer) => answer.status, () => 'cut');
  await until('both runs are there', async () => (await server.request('GET', '/api/v1/executions/search?namespace=chaos')).text, (text) => text.includes('"total":2'));
  const began = performance.now();
  const code = await server.stop();
  const tookMs = performance.now() - began;
  assert.is(code, 0);
  assert.ok(tookMs < 8000, `it took ${Math.round(tookMs)} ms`);
  assert.is((await rpc.ended()).code, 1012);
  assert.is((await document.ended()).code, 1012);
  await stream.text().catch(() => undefined);
  await waiting;
  server = await startServer({ data: folder });
  await until('both end', async () => (await server.request('GET', '/api/v1/executions/search?namespace=chaos&state=SUCCESS')).text, (text) => text.includes('"total":2'));
  await server.stop();
}));

test.run();
