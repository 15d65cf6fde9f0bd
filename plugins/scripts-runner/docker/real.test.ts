// The Docker runner with a real daemon and an image that it has, or can get; skipped where there is none.
import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isMap, messageOf } from '../../sdk/values.ts';
import { commandsTask } from '../../sdk/script/definitions.ts';
import { shell } from '../../sdk/script/languages.ts';
import { tryTask, type Trial } from '../../sdk/testing.ts';
import { createDockerClient } from './client.ts';
import { plugin } from './task.ts';

const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
const image = process.env['ENSEMBLE_TEST_IMAGE'] ?? 'alpine:3';

/** Why there is nothing to test; undefined when there is. */
async function missing(): Promise<string | undefined> {
  if (host.startsWith('unix://') && !existsSync(host.slice('unix://'.length))) return `there is no Docker at ${host}`;
  try {
    const client = createDockerClient(host);
    await client.call({ method: 'GET', path: '/_ping' });
    const found = await client.call({ method: 'GET', path: `/images/${image}/json`, allowed: [404] });
    if (found.status !== 404) return undefined;
    await client.call({ method: 'POST', path: '/images/create', query: { fromImage: image.split(':')[0] ?? '', tag: image.split(':')[1] ?? 'latest' } });
    return (await client.call({ method: 'GET', path: `/images/${image}/json`, allowed: [404] })).status === 404 ? `the image ${image} cannot be fetched (ENSEMBLE_TEST_IMAGE names another one that has a shell)` : undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

const why = await missing();
const when = why === undefined ? test : test.skip;
const because = why === undefined ? '' : `: skipped, ${why}`;
const commands = commandsTask(shell);
const run = (properties: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Trial> => tryTask(commands, {
  taskRunners: [plugin], docker: { host, fallback: 'none', trusted: false }, properties: { containerImage: image, ...properties }, ...(signal === undefined ? {} : { signal }),
});
async function left(id: unknown): Promise<number> {
  return (await createDockerClient(host).call({ method: 'GET', path: `/containers/${String(id)}/json`, allowed: [404] })).status;
}

when(`a real container gets files, gives files, values and lines, and is gone afterwards${because}`, async () => {
  const trial = await run({
    inputFiles: { 'in.txt': 'hello', 'deep/b.txt': 'b' }, outputFiles: ['out/*'], env: { NAME: 'you' },
    commands: ['pwd; echo oh >&2', 'mkdir out && cat in.txt deep/b.txt > out/all.txt && echo "$NAME" >> out/all.txt', 'echo "::{\\"outputs\\":{\\"a\\":1}}::"'],
  });
  assert.is(trial.outcome.type, 'succeeded', JSON.stringify([trial.outcome, trial.logs]));
  const outputs = trial.outcome.outputs ?? {};
  assert.equal(outputs['vars'], { a: 1 });
  assert.ok(trial.logs.some((line) => line.level === 'INFO' && line.message === '/ensemble/work'));
  assert.ok(trial.logs.some((line) => line.level === 'ERROR' && line.message === 'oh'));
  assert.is(Object.entries(trial.stored).find(([uri]) => uri.endsWith('out/all.txt'))?.[1], 'hellobyou\n');
  assert.is(await left(isMap(outputs['taskRunner']) ? outputs['taskRunner']['containerId'] : ''), 404);
});

when(`an ordinary user of a real container may write where it works${because}`, async () => {
  const trial = await run({ commands: ['id -u; echo a > new.txt; echo b >> in.txt'], inputFiles: { 'in.txt': 'a' }, outputFiles: ['*.txt'], taskRunner: { type: plugin.type, user: '1234:1234' } });
  assert.is(trial.outcome.type, 'succeeded', JSON.stringify([trial.outcome, trial.logs]));
  assert.equal(Object.keys(trial.outcome.outputs?.['outputFiles'] ?? {}), ['in.txt', 'new.txt']);
});

when(`a real container ends with its exit code, and by a kill${because}`, async () => {
  const failed = await run({ commands: ['exit 3'] });
  assert.is(failed.outcome.outputs?.['exitCode'], 3);
  const abort = new AbortController();
  const running = run({ commands: ['sleep 600'], taskRunner: { type: plugin.type, killGracePeriod: 'PT1S' } }, abort.signal);
  await new Promise((resolve) => AbortSignal.timeout(3000).addEventListener('abort', resolve));
  abort.abort(new Error('The task was stopped.'));
  assert.is((await running).outcome.type, 'failed');
});

test.run();
