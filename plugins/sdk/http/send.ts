/** One request on one connection of its own, perhaps through a proxy, with a time to connect and a longest silence. */
import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { TaskContext } from '../index.ts';
import { TaskFailure } from '../values.ts';
import { openTunnel, proxyAuthorization, type ProxyServer } from './tunnel.ts';

export interface SendOptions {
  readonly uri: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | undefined;
  readonly connectTimeoutMs: number;
  /** The longest time without a byte. */
  readonly readIdleTimeoutMs: number;
  readonly trustsAll: boolean;
  readonly proxy: ProxyServer | undefined;
}

export interface OpenAnswer {
  readonly uri: string;
  readonly code: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The decompressed body. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Ends the connection; may be called more than once. */
  close(): void;
}

type Context = Pick<TaskContext, 'signal' | 'after'>;

/** Sends and resolves with the head of the answer. */
export async function send(context: Context, options: SendOptions): Promise<OpenAnswer> {
  const timers = idleTimers(context, options);
  try {
    const response = await sent(context, options, timers);
    timers.heard();
    const body = decompressed(response);
    // Packed bytes are heard before they make a chunk. A body that is not packed is heard where it is read: a listener would set it flowing.
    if (body !== response) response.on('data', timers.heard);
    const close = (): void => {
      timers.stop();
      response.destroy();
    };
    return { uri: options.uri.href, code: response.statusCode ?? 0, headers: headersOf(response), chunks: chunksOf(options, timers, response, body), close };
  } catch (thrown) {
    timers.stop();
    throw thrown;
  }
}

async function* chunksOf(options: SendOptions, timers: Timers, response: IncomingMessage, body: Readable): AsyncGenerator<Uint8Array> {
  // An error of the connection does not reach a decompressor behind a pipe by itself.
  response.on('error', (cause) => body.destroy(cause));
  try {
    for await (const chunk of body) {
      const bytes: Uint8Array = chunk;
      // A reader that is slow itself is no silence of the server.
      timers.stop();
      yield bytes;
      timers.heard();
    }
  } catch (thrown) {
    response.destroy();
    if (timers.failed.reason instanceof TaskFailure) throw timers.failed.reason;
    if (thrown instanceof TaskFailure || !(thrown instanceof Error)) throw thrown;
    throw thrown.cause instanceof TaskFailure ? thrown.cause : new TaskFailure(`Request to ${placeOf(options.uri)} failed while its answer was read: ${thrown.message}`, { cause: thrown });
  } finally {
    timers.stop();
  }
}

interface Timers {
  readonly failed: AbortSignal;
  connecting(): void;
  heard(): void;
  stop(): void;
}

function idleTimers(context: Context, options: SendOptions): Timers {
  const failed = new AbortController();
  let cancel = (): void => {};
  const start = (ms: number, what: string): void => {
    cancel();
    cancel = context.after(ms, () => failed.abort(new TaskFailure(`Request to ${placeOf(options.uri)} failed: ${what} within ${ms} ms`)));
  };
  return {
    failed: failed.signal,
    connecting: () => start(options.connectTimeoutMs, 'no connection'),
    heard: () => start(options.readIdleTimeoutMs, 'no byte of the answer'),
    stop: () => cancel(),
  };
}

/** Without query, user and password: they may hold what nobody is to read. */
const placeOf = (uri: URL): string => `${uri.origin}${uri.pathname}`;

async function sent(context: Context, options: SendOptions, timers: Timers): Promise<IncomingMessage> {
  const signal = AbortSignal.any([context.signal, timers.failed]);
  const isSecure = options.uri.protocol === 'https:';
  const tls = options.trustsAll ? { rejectUnauthorized: false } : {};
  let tunnel: Socket | undefined;
  if (options.proxy !== undefined && (isSecure || options.proxy.type === 'SOCKS')) {
    timers.connecting();
    tunnel = await openTunnel(options.proxy, { host: options.uri.hostname, port: Number(options.uri.port || (isSecure ? 443 : 80)) }, signal).catch((cause: unknown) => {
      throw signal.reason instanceof TaskFailure ? signal.reason : cause;
    });
  }
  const through = tunnel;
  const given = new URL(options.uri);
  // `http://user:password@host` says Basic authentication; the address itself is not to carry it on.
  const login = given.username === '' ? undefined : `${decodeURIComponent(given.username)}:${decodeURIComponent(given.password)}`;
  const request: RequestOptions = {
    method: options.method,
    signal,
    agent: false,
    headers: {
      accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Ensemble',
      ...(options.body === undefined ? {} : { 'content-length': String(options.body.byteLength) }),
      ...Object.fromEntries(Object.entries(options.headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])),
    },
    ...(login === undefined ? {} : { auth: login }),
    ...tls,
  };
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(signal.reason instanceof TaskFailure ? signal.reason : new TaskFailure(`Request to ${placeOf(options.uri)} failed: ${cause.message === '' ? cause.name : cause.message}`, { cause }));
    const made = (): ClientRequest => {
      if (through !== undefined) {
        const createConnection = (): Socket => (isSecure ? connectTls({ socket: through, servername: given.hostname, ...tls }) : through);
        return isSecure ? httpsRequest(given, { ...request, createConnection }) : httpRequest(given, { ...request, createConnection });
      }
      if (options.proxy !== undefined) {
        const { host, port } = options.proxy;
        return httpRequest({ ...request, host, port, path: hrefWithoutLogin(given), headers: { ...request.headers, host: given.host, ...proxyAuthorization(options.proxy) } });
      }
      return isSecure ? httpsRequest(given, request) : httpRequest(given, request);
    };
    const sending = made();
    sending.on('socket', (socket) => {
      if (!socket.connecting) timers.heard();
      else {
        timers.connecting();
        socket.once(isSecure ? 'secureConnect' : 'connect', timers.heard);
      }
    });
    sending.on('error', fail);
    sending.on('response', resolve);
    sending.end(options.body);
  });
}

function hrefWithoutLogin(uri: URL): string {
  const plain = new URL(uri);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain.href;
}

function decompressed(response: IncomingMessage): Readable {
  switch (response.headers['content-encoding']?.toLowerCase()) {
    case 'gzip': case 'x-gzip': return response.pipe(createGunzip());
    case 'deflate': return response.pipe(createInflate());
    case 'br': return response.pipe(createBrotliDecompress());
    default: return response;
  }
}

function headersOf(response: IncomingMessage): Readonly<Record<string, readonly string[]>> {
  // A map, not an object: a header may be called `constructor` or `__proto__`.
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < response.rawHeaders.length; at += 2) {
    const name = (response.rawHeaders[at] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), response.rawHeaders[at + 1] ?? '']);
  }
  return Object.fromEntries(headers);
}
