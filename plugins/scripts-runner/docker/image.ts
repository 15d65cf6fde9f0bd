/** Makes sure that an image is there: looks, pulls by the policy, with the credentials of its registry. */
import { Buffer } from 'node:buffer';
import { parseJsonText } from '../../../core/protocol/json.ts';
import type { TaskContext } from '../../sdk/index.ts';
import { clipped, isMap, TaskFailure, textOf } from '../../sdk/values.ts';
import type { DockerClient } from './client.ts';

export type PullPolicy = 'IF_NOT_PRESENT' | 'ALWAYS' | 'NEVER';

export interface Registry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly registrytoken?: string;
  readonly identitytoken?: string;
  readonly serveraddress?: string;
}

export interface ImageOptions {
  readonly image: string;
  readonly policy: PullPolicy;
  /** Already rendered; `credentials` of the runner. */
  readonly credentials: Registry | undefined;
  /** The text or map of a Docker `config.json`. */
  readonly config: unknown;
}

const hub = 'https://index.docker.io/v1/';

export async function ensureImage(context: TaskContext, client: DockerClient, options: ImageOptions): Promise<void> {
  const { image, policy } = options;
  if (image.trim() === '' || /[\s?#]/.test(image)) throw new TaskFailure(`The property "containerImage" is "${clipped(image)}": expected the name of an image, such as python:3.13-slim.`);
  if (policy !== 'ALWAYS') {
    const found = await client.call({ method: 'GET', path: `/images/${image.split('/').map(encodeURIComponent).join('/')}/json`, allowed: [404], signal: context.signal });
    if (found.status !== 404) return;
    if (policy === 'NEVER') throw new TaskFailure(`The image "${image}" is not at ${client.host}, and "pullPolicy: NEVER" forbids to fetch it.`);
  }
  await pull(context, client, options);
}

async function pull(context: TaskContext, client: DockerClient, options: ImageOptions): Promise<void> {
  const { name, tag } = partsOf(options.image);
  const registry = options.credentials ?? ofConfig(options.config, registryOf(name));
  context.log('INFO', `Pulling the image ${options.image}`);
  const startMs = context.nowMs();
  const response = await client.open({
    method: 'POST', path: '/images/create', query: { fromImage: name, tag }, signal: context.signal, allowed: [401, 403, 404, 500],
    ...(registry === undefined ? {} : { headers: { 'x-registry-auth': Buffer.from(JSON.stringify(registry)).toString('base64url') } }),
  });
  let problem: string | undefined;
  let rest = '';
  // Progress comes as one JSON a line; an error is a line like the others, behind a status of 200.
  for await (const chunk of response) {
    const lines = `${rest}${Buffer.from(chunk).toString('utf8')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) problem = errorIn(line) ?? problem;
  }
  problem = errorIn(rest) ?? problem;
  if (problem === undefined && (response.statusCode ?? 0) >= 400) problem = `status ${response.statusCode ?? 0}`;
  if (problem !== undefined) throw new TaskFailure(`The image "${options.image}" could not be pulled: ${problem}. Check its name, and the "credentials" if it is not public.`);
  context.log('DEBUG', `The image ${options.image} was pulled in ${context.nowMs() - startMs} ms`);
}

function errorIn(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  try {
    const value = parseJsonText(line);
    if (!isMap(value)) return undefined;
    return typeof value['error'] === 'string' ? value['error'] : typeof value['message'] === 'string' ? value['message'] : undefined;
  } catch {
    // Progress that is no JSON says nothing.
    return undefined;
  }
}

/** `registry:5000/a/b:tag`, `a@sha256:…`: the tag is behind the last slash. */
function partsOf(image: string): { readonly name: string; readonly tag: string } {
  const at = image.indexOf('@');
  if (at !== -1) return { name: image.slice(0, at), tag: image.slice(at + 1) };
  const colon = image.indexOf(':', image.lastIndexOf('/') + 1);
  return colon === -1 ? { name: image, tag: 'latest' } : { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

function registryOf(name: string): string {
  const first = name.split('/')[0] ?? '';
  return name.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : hub;
}

function ofConfig(config: unknown, registry: string): Registry | undefined {
  let value = config;
  if (typeof config === 'string' && config.trim() !== '') {
    try {
      value = parseJsonText(config);
    } catch (cause) {
      throw new TaskFailure('The property "config" of the Docker runner is no JSON: expected the content of a config.json of Docker.', { cause });
    }
  }
  const auths = isMap(value) ? value['auths'] : undefined;
  if (!isMap(auths)) return undefined;
  const names = registry === hub ? [hub, 'https://index.docker.io/v1', 'index.docker.io', 'docker.io'] : [registry, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`];
  const found = names.map((name) => auths[name]).find(isMap);
  if (found === undefined) return undefined;
  const [username, ...password] = Buffer.from(textOf(found['auth']), 'base64').toString('utf8').split(':');
  return {
    ...(found['auth'] === undefined ? { username: textOf(found['username']), password: textOf(found['password']) } : { username: username ?? '', password: password.join(':') }),
    ...(found['identitytoken'] === undefined ? {} : { identitytoken: textOf(found['identitytoken']) }),
    serveraddress: registry,
  };
}
