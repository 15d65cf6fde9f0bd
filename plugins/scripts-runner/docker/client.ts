/** The HTTP API of Docker (and of Podman, which speaks it too) over a unix socket or TCP: only what this runner needs. */
import { Buffer } from 'node:buffer';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { clipped, isMap, messageOf, RunnerMissing, TaskFailure } from '../../sdk/values.ts';

export interface DockerCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Sent in chunks. */
  readonly body?: AsyncIterable<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Statuses from 400 on that are an answer, too. */
  readonly allowed?: readonly number[];
}

export interface DockerClient {
  readonly host: string;
  /** The answer as JSON; undefined when it has none. */
  call(call: DockerCall): Promise<{ readonly status: number; readonly value: unknown }>;
  /** The answer as it comes. */
  open(call: DockerCall): Promise<IncomingMessage>;
}

const answerBytesMax = 8 * 1024 * 1024;
const processType = 'io.kestra.plugin.core.runner.Process';

/** Nothing is sent before the first call. Throws `RunnerMissing` for an address of another kind. */
export function createDockerClient(host: string): DockerClient {
  const target = targetOf(host);
  const open = (call: DockerCall): Promise<IncomingMessage> => new Promise((resolve, reject) => {
    const query = call.query === undefined ? '' : `?${new URLSearchParams(call.query).toString()}`;
    const json = call.json === undefined ? undefined : Buffer.from(JSON.stringify(call.json));
    const make = target.isSecure ? httpsRequest : httpRequest;
    const request = make({
      ...target.options,
      agent: false,
      method: call.method,
      path: `${call.path}${query}`,
      headers: {
        host: 'docker',
        ...(json === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(json.byteLength) }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' }),
        ...(json === undefined && call.body === undefined ? { 'content-length': '0' } : {}),
        ...call.headers,
      },
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    request.on('error', (cause: NodeJS.ErrnoException) => reject(call.signal?.aborted === true ? call.signal.reason : dockerMissing(host, cause)));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status < 400 || call.allowed?.includes(status) === true) resolve(response);
      else textOf(response).then((text) => reject(new TaskFailure(`Docker at ${host} refused ${call.method} ${call.path}: ${messageIn(text)} (status ${status})`)), reject);
    });
    if (call.body === undefined) request.end(json);
    // Written by a pipe, so that the file on the disk is read as fast as the daemon takes it.
    else Readable.from(call.body).on('error', (cause) => request.destroy(cause)).pipe(request);
  });
  return {
    host,
    open,
    call: async (call) => {
      const response = await open(call);
      const text = await textOf(response);
      return { status: response.statusCode ?? 0, value: text.trim() === '' ? undefined : jsonOf(text) };
    },
  };
}

function targetOf(host: string): { readonly options: RequestOptions; readonly isSecure: boolean } {
  if (/^unix:\/\/\/./.test(host)) return { options: { socketPath: host.slice('unix://'.length) }, isSecure: false };
  if (/^(tcp|http|https):\/\/./.test(host) && URL.canParse(host.replace(/^tcp:/, 'http:'))) {
    const { hostname, port, protocol } = new URL(host.replace(/^tcp:/, 'http:'));
    const isSecure = protocol === 'https:';
    return { options: { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isSecure ? 2376 : 2375) : Number(port) }, isSecure };
  }
  throw new RunnerMissing(`The Docker host "${clipped(host)}" cannot be used: expected an address such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375. ${remedy}`);
}

export const remedy = `Start Docker there, or say where it is (ENSEMBLE_DOCKER_HOST of the server, or "host" of the task runner; a server in a container needs the socket mounted), or run the commands on the server's machine: "taskRunner: {type: ${processType}}".`;

function dockerMissing(host: string, cause: NodeJS.ErrnoException): Error {
  switch (cause.code) {
    case 'ENOENT': return new RunnerMissing(`There is no Docker at ${host}: no such socket. ${remedy}`, { cause });
    case 'ECONNREFUSED': return new RunnerMissing(`There is no Docker at ${host}: nobody listens there. ${remedy}`, { cause });
    case 'EACCES': case 'EPERM': return new RunnerMissing(`Docker at ${host} may not be used by the server: its user has no right to the socket. Add it to the group "docker". ${remedy}`, { cause });
    case 'ENOTFOUND': case 'EAI_AGAIN': case 'EHOSTUNREACH': case 'ENETUNREACH': case 'ETIMEDOUT': return new RunnerMissing(`Docker at ${host} cannot be reached (${cause.code}). ${remedy}`, { cause });
    default: return new TaskFailure(`The connection to Docker at ${host} broke: ${messageOf(cause)}`, { cause });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size <= answerBytesMax) chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function messageIn(text: string): string {
  const value = jsonOf(text);
  return isMap(value) && typeof value['message'] === 'string' ? value['message'] : clipped(text.trim());
}

function jsonOf(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    // The caller asks for members; a text that is no JSON has none.
    return undefined;
  }
}
