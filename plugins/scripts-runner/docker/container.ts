/** One container from its creation to its end: files in, output as lines, files out, and gone afterwards whatever happened. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandPlace, ProcessEnd, RunnerRequest, TaskContext } from '../../sdk/index.ts';
import { fetchedFolder } from '../../sdk/script/files.ts';
import { isMap, messageOf, TaskFailure } from '../../sdk/values.ts';
import type { DockerClient } from './client.ts';
import { outputPieces } from './frames.ts';
import { ensureImage } from './image.ts';
import { containerDirectory, taskRunLabel, type ContainerOptions } from './options.ts';
import { packTar, unpackTar, type TarEntry } from './tar.ts';

/** Beyond the container's own grace: to remove it, and to read what it said last. */
const stopReserveMs = 15_000;
/** A stream that does not end after its container has ended is not waited for longer. */
const lastOutputMs = 10_000;

type Commands = Parameters<CommandPlace['run']>[0];

export interface Container {
  run(commands: Commands): Promise<ProcessEnd>;
  readonly id: string | undefined;
  /** Removes it, unless it is to stay. */
  close(): Promise<void>;
}

export function createContainer(context: TaskContext, client: DockerClient, request: RunnerRequest, options: ContainerOptions): Container {
  let id: string | undefined;
  const of = (path: string): string => `/containers/${id ?? ''}${path}`;
  const create = async (commands: Commands): Promise<string> => {
    const answer = await client.call({
      method: 'POST', path: '/containers/create', signal: context.signal,
      json: { ...options.body, ...programOf(commands), Image: request.containerImage, Env: Object.entries(commands.env).map(([name, value]) => `${name}=${value}`) },
    });
    const made = isMap(answer.value) ? answer.value['Id'] : undefined;
    if (typeof made !== 'string' || made === '') throw new TaskFailure(`Docker at ${client.host} made a container and did not say its id.`);
    return made;
  };
  const programOf = ({ command }: Commands): Record<string, unknown> =>
    options.entryPoint === undefined ? { Entrypoint: command.slice(0, 1), Cmd: command.slice(1) } : { Entrypoint: options.entryPoint, Cmd: command };
  const stop = (): void => {
    const seconds = Math.ceil(options.killGraceMs / 1000);
    // Without the task's signal: it is aborted already. A container that has ended meanwhile needs no stop (304), or is gone (404).
    client.call({ method: 'POST', path: of('/stop'), query: { t: String(seconds) }, allowed: [404] }).catch((thrown: unknown) => context.log('WARN', `The container could not be stopped: ${messageOf(thrown)}`));
  };

  const run = async (commands: Commands): Promise<ProcessEnd> => {
    context.stopsWithin(options.killGraceMs + stopReserveMs);
    await removeLeftOver(context, client);
    await ensureImage(context, client, { image: request.containerImage, policy: options.policy, credentials: options.credentials, config: options.config });
    id = await create(commands);
    if (!options.mounts) await copyIn(context, client, of('/archive'), request.directory);
    // Attached before it starts, so that nothing it says is missed, whatever the daemon's log driver is.
    const output = await client.open({ method: 'POST', path: of('/attach'), query: { stream: '1', stdout: '1', stderr: '1' } });
    const reading = readOutput(context, output, commands);
    context.signal.addEventListener('abort', stop, { once: true });
    try {
      context.signal.throwIfAborted();
      await client.call({ method: 'POST', path: of('/start') });
      // Between the start and here the signal may have come, when there was nothing to stop yet.
      if (context.signal.aborted) stop();
      if (!options.waits) {
        output.destroy();
        return { exitCode: 0 };
      }
      const waited = await client.call({ method: 'POST', path: of('/wait') });
      const cancel = context.after(lastOutputMs, () => output.destroy());
      await reading;
      cancel();
      context.signal.throwIfAborted();
      if (!options.mounts && request.keepsFiles) await copyOut(context, client, of('/archive'));
      return await endOf(client, of('/json'), waited.value);
    } finally {
      context.signal.removeEventListener('abort', stop);
      output.destroy();
      await reading;
    }
  };
  return {
    run,
    get id() { return id; },
    close: async () => {
      if (id === undefined || !options.removes || (!options.waits && !context.signal.aborted)) return;
      // Not a failure of the task: its work is done. 409: it is being removed already.
      await client.call({ method: 'DELETE', path: of(''), query: { force: '1', v: '1' }, allowed: [404, 409] }).catch((thrown: unknown) => context.log('WARN', `The container could not be removed: ${messageOf(thrown)}`));
    },
  };
}

/** A server that was killed leaves its containers running; the task run then starts anew, and must not be there twice. */
async function removeLeftOver(context: TaskContext, client: DockerClient): Promise<void> {
  const filters = JSON.stringify({ label: [`${taskRunLabel}=${context.taskRun.id}`] });
  const { value } = await client.call({ method: 'GET', path: '/containers/json', query: { all: '1', filters }, signal: context.signal });
  for (const one of Array.isArray(value) ? value : []) {
    const id: unknown = isMap(one) ? one['Id'] : undefined;
    if (typeof id === 'string') await client.call({ method: 'DELETE', path: `/containers/${id}`, query: { force: '1', v: '1' }, allowed: [404, 409], signal: context.signal });
  }
}

async function readOutput(context: TaskContext, output: AsyncIterable<Uint8Array>, commands: Commands): Promise<void> {
  const readers = { stdout: context.lineReader((line) => commands.onLine('stdout', line)), stderr: context.lineReader((line) => commands.onLine('stderr', line)) };
  try {
    for await (const { stream, bytes } of outputPieces(output)) await readers[stream].push(bytes);
  } catch (thrown) {
    // Its end is what `wait` says. A stream that was cut off has said what it had to say.
    context.log('DEBUG', `The output of the container ended early: ${messageOf(thrown)}`);
  }
  readers.stdout.end();
  readers.stderr.end();
}

async function copyIn(context: TaskContext, client: DockerClient, path: string, directory: string): Promise<void> {
  const files = await context.files.find(['**']);
  const parts = containerDirectory.slice(1).split('/');
  const root = containerDirectory.slice(1);
  const folders = new Set(parts.map((_part, index) => parts.slice(0, index + 1).join('/')));
  for (const file of files) {
    const names = file.split('/');
    for (let count = 1; count < names.length; count += 1) folders.add(`${root}/${names.slice(0, count).join('/')}`);
  }
  async function* entries(): AsyncGenerator<TarEntry> {
    for (const file of files) {
      const place = join(directory, file);
      const found = await stat(place);
      // Whoever the commands run as in the container, they may read and write.
      yield { path: `${root}/${file}`, mode: 0o666 | (found.mode & 0o111), sizeBytes: found.size, content: createReadStream(place) };
    }
  }
  await client.call({ method: 'PUT', path, query: { path: '/' }, body: packTar([...folders].map((folder) => ({ path: folder, mode: 0o777 })), entries()), signal: context.signal });
}

async function copyOut(context: TaskContext, client: DockerClient, path: string): Promise<void> {
  const archive = await client.open({ method: 'GET', path, query: { path: containerDirectory }, signal: context.signal });
  const root = `${containerDirectory.split('/').at(-1) ?? ''}/`;
  const kept = new Set<string>();
  for await (const entry of unpackTar(archive)) {
    if (!entry.path.startsWith(root)) continue;
    const name = entry.path.slice(root.length);
    kept.add(name);
    // Copies of stored files are for the commands alone.
    if (name.startsWith(`${fetchedFolder}/`)) continue;
    await context.files.write(name, entry.content);
  }
  // What the commands removed in the container is not there for the next task either.
  for (const name of await context.files.find(['**'])) if (!kept.has(name)) await context.files.discard(name);
}

async function endOf(client: DockerClient, path: string, waited: unknown): Promise<ProcessEnd> {
  const exitCode = isMap(waited) ? Number(waited['StatusCode']) : Number.NaN;
  if (!Number.isInteger(exitCode)) throw new TaskFailure(`Docker at ${client.host} did not say the exit code of the container.`);
  if (exitCode === 0) return { exitCode };
  const { value } = await client.call({ method: 'GET', path, allowed: [404] });
  const state = isMap(value) ? value['State'] : undefined;
  if (isMap(state) && state['OOMKilled'] === true) return { exitCode, reason: 'the container used more memory than it may have; give it more with "memory", or handle less at once' };
  return { exitCode };
}
