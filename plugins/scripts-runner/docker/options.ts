/** From the properties of the Docker runner to what its API wants. */
import type { RunnerRequest, TaskContext } from '../../sdk/index.ts';
import { clipped, durationOf, isMap, renderedBoolean, renderedMap, renderedText, renderedTexts, TaskFailure, textOf, type PropertySource } from '../../sdk/values.ts';
import type { PullPolicy, Registry } from './image.ts';

/** Where the files of a task are in its container. */
export const containerDirectory = '/ensemble/work';
export const taskRunLabel = 'io.ensemble.task-run';
const killGraceDefaultMs = 5000;
const policies = ['IF_NOT_PRESENT', 'ALWAYS', 'NEVER'] as const;
const hostDefault = 'unix:///var/run/docker.sock';

export interface ContainerOptions {
  readonly host: string;
  readonly policy: PullPolicy;
  readonly credentials: Registry | undefined;
  readonly config: unknown;
  /** Of `POST /containers/create`, without image, command and environment. */
  readonly body: Readonly<Record<string, unknown>>;
  /** In front of the command. Undefined: the command's own program takes the place of the image's entry point. */
  readonly entryPoint: readonly string[] | undefined;
  /** The task's directory is mounted; else its files are copied in and out. */
  readonly mounts: boolean;
  readonly removes: boolean;
  readonly waits: boolean;
  readonly killGraceMs: number;
}

export function containerOptions(context: TaskContext, request: RunnerRequest): ContainerOptions {
  const source: PropertySource = { properties: request.properties, render: context.render, renderTyped: context.renderTyped, renderDeep: context.renderDeep };
  const text = (name: string): string | undefined => {
    const value = renderedText(source, name)?.trim();
    return value === '' ? undefined : value;
  };
  const policy = text('pullPolicy')?.toUpperCase() ?? 'IF_NOT_PRESENT';
  if (!isPolicy(policy)) throw new TaskFailure(`The property "pullPolicy" is "${clipped(policy)}": expected ${policies.join(', ')}.`);
  const strategy = text('fileHandlingStrategy')?.toUpperCase() ?? 'VOLUME';
  if (strategy !== 'VOLUME' && strategy !== 'MOUNT') throw new TaskFailure(`The property "fileHandlingStrategy" is "${clipped(strategy)}": expected VOLUME or MOUNT.`);
  const grace = text('killGracePeriod');
  const user = text('user');
  return {
    host: text('host') ?? context.docker.host ?? hostDefault,
    policy,
    credentials: credentialsOf(source),
    config: request.properties['config'] === undefined ? undefined : context.renderDeep(request.properties['config']),
    entryPoint: request.properties['entryPoint'] === undefined ? undefined : renderedTexts(source, 'entryPoint'),
    mounts: strategy === 'MOUNT',
    removes: renderedBoolean(source, 'delete', true),
    waits: renderedBoolean(source, 'wait', true),
    killGraceMs: grace === undefined ? killGraceDefaultMs : durationOf(grace, 'killGracePeriod'),
    body: {
      WorkingDir: containerDirectory,
      Tty: false, OpenStdin: false, AttachStdout: true, AttachStderr: true,
      ...(user === undefined ? {} : { User: user }),
      Labels: {
        [taskRunLabel]: context.taskRun.id,
        'io.ensemble.namespace': context.execution.namespace, 'io.ensemble.flow': context.execution.flowId, 'io.ensemble.execution': context.execution.id, 'io.ensemble.task': context.task.id,
      },
      ...ports(renderedTexts(source, 'portBindings')),
      HostConfig: hostConfigOf(context, source, text, strategy === 'MOUNT' ? [`${request.directory}:${containerDirectory}`] : []),
    },
  };
}

const isPolicy = (value: string): value is PullPolicy => (policies as readonly string[]).includes(value);

function hostConfigOf(context: TaskContext, source: PropertySource, text: (name: string) => string | undefined, own: readonly string[]): Record<string, unknown> {
  const volumes = renderedTexts(source, 'volumes');
  const isPrivileged = renderedBoolean(source, 'privileged', false);
  // With a folder of the machine, or privileged, a container can become the machine's root.
  if (!context.docker.trusted && (volumes.length > 0 || isPrivileged)) {
    throw new TaskFailure(`The property "${volumes.length > 0 ? 'volumes' : 'privileged'}" of the Docker runner is refused: this server does not let flows reach into its machine. Whoever runs it can allow that with "docker: {trusted: true}" in ENSEMBLE_CONFIG.`);
  }
  const cpu = renderedMap(source, 'cpu');
  const cpus = cpu['cpus'] === undefined ? undefined : Number(cpu['cpus']);
  if (cpus !== undefined && !(cpus > 0)) throw new TaskFailure(`The property "cpu.cpus" is "${clipped(textOf(cpu['cpus']))}": expected a number such as 1.5.`);
  const network = text('networkMode');
  const shared = text('shmSize');
  const extraHosts = renderedTexts(source, 'extraHosts');
  const devices = source.properties['deviceRequests'] === undefined ? [] : deviceRequests(source);
  return {
    ...(own.length + volumes.length > 0 ? { Binds: [...own, ...volumes] } : {}),
    ...(isPrivileged ? { Privileged: true } : {}),
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(extraHosts.length > 0 ? { ExtraHosts: extraHosts } : {}),
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...memoryOf(renderedMap(source, 'memory')),
    ...(shared === undefined ? {} : { ShmSize: bytesOf(shared, 'shmSize') }),
    ...(devices.length > 0 ? { DeviceRequests: devices } : {}),
    ...bindingsOf(renderedTexts(source, 'portBindings')),
  };
}

function memoryOf(memory: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const sizes: Readonly<Record<string, string>> = { memory: 'Memory', memorySwap: 'MemorySwap', memoryReservation: 'MemoryReservation', kernelMemory: 'KernelMemory' };
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(memory)) {
    const field = sizes[name];
    if (field !== undefined) found[field] = bytesOf(textOf(value), `memory.${name}`);
    else if (name === 'memorySwappiness') found['MemorySwappiness'] = Number(value);
    else if (name === 'oomKillDisable') found['OomKillDisable'] = textOf(value) === 'true';
    else throw new TaskFailure(`The property "memory.${clipped(name)}" is not known: expected ${[...Object.keys(sizes), 'memorySwappiness', 'oomKillDisable'].join(', ')}.`);
  }
  return found;
}

/** `512MB`, `2g`, `1048576`, `-1`. */
function bytesOf(value: string, name: string): number {
  const found = /^(-?\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(value.trim());
  if (found === null) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected a size such as 512MB.`);
  return Math.round(Number(found[1]) * 1024 ** ' kmgt'.indexOf((found[2] ?? '').toLowerCase() || ' '));
}

function deviceRequests(source: PropertySource): readonly unknown[] {
  const given = source.renderDeep(source.properties['deviceRequests'], { typed: true });
  if (!Array.isArray(given)) throw new TaskFailure('The property "deviceRequests" is no list: expected items with driver, count, deviceIds, capabilities and options.');
  return given.filter(isMap).map((one) => ({
    ...(one['driver'] === undefined ? {} : { Driver: textOf(one['driver']) }),
    ...(one['count'] === undefined ? {} : { Count: Number(one['count']) }),
    ...(Array.isArray(one['deviceIds']) ? { DeviceIDs: one['deviceIds'].map(textOf) } : {}),
    // Docker wants a list of lists; one list is what people write.
    ...(Array.isArray(one['capabilities']) ? { Capabilities: one['capabilities'].every(Array.isArray) ? one['capabilities'] : [one['capabilities'].map(textOf)] } : {}),
    ...(isMap(one['options']) ? { Options: one['options'] } : {}),
  }));
}

interface PortBinding {
  readonly container: string;
  readonly hostPort: string;
  readonly hostIp: string;
}

/** `80`, `8080:80`, `127.0.0.1:8080:80/udp`. */
function portBinding(text: string): PortBinding {
  const found = /^(?:(?:(\[?[0-9a-fA-F.:]+\]?):)?(\d*):)?(\d+)(\/(?:tcp|udp|sctp))?$/.exec(text.trim());
  if (found === null) throw new TaskFailure(`The property "portBindings" has "${clipped(text)}": expected HOST:CONTAINER, such as 8080:80.`);
  return { container: `${found[3] ?? ''}${found[4] ?? '/tcp'}`, hostPort: found[2] ?? '', hostIp: (found[1] ?? '').replace(/^\[|\]$/g, '') };
}

const ports = (texts: readonly string[]): Record<string, unknown> =>
  texts.length === 0 ? {} : { ExposedPorts: Object.fromEntries(texts.map((text) => [portBinding(text).container, {}])) };

const bindingsOf = (texts: readonly string[]): Record<string, unknown> =>
  texts.length === 0 ? {} : { PortBindings: Object.fromEntries(texts.map(portBinding).map((one) => [one.container, [{ HostIp: one.hostIp, HostPort: one.hostPort }]])) };

function credentialsOf(source: PropertySource): Registry | undefined {
  const given = renderedMap(source, 'credentials');
  const read = (name: string): string | undefined => (given[name] === undefined || given[name] === null ? undefined : textOf(given[name]));
  const found = Object.fromEntries([
    ['username', read('username')], ['password', read('password')], ['auth', read('auth')],
    ['registrytoken', read('registryToken')], ['identitytoken', read('identityToken')], ['serveraddress', read('registry')],
  ].filter(([, value]) => value !== undefined));
  return Object.keys(found).length === 0 ? undefined : found;
}
