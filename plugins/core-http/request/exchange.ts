/** One request and its answer over HTTP/1.1, through redirects, with time and size limits, and ended with the task. */
import { Buffer } from 'node:buffer';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { TaskContext } from '../../sdk/index.ts';
import { TaskFailure } from '../../sdk/values.ts';

const redirectsMax = 10;

export interface ExchangeOptions {
  readonly uri: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly connectTimeoutMs: number;
  /** The longest time without a byte. */
  readonly readIdleTimeoutMs: number;
  readonly followsRedirects: boolean;
  /** Of the decompressed body. */
  readonly answerBytesMax: number;
  readonly trustsAll: boolean;
}

export interface Answer {
  readonly uri: string;
  readonly code: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly bytes: Uint8Array;
}

type Context = Pick<TaskContext, 'signal' | 'after'>;

export async function exchange(context: Context, options: ExchangeOptions): Promise<Answer> {
  let current = options;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await exchangeOnce(context, current);
    const location = answer.headers['location']?.[0];
    if (!options.followsRedirects || location === undefined || ![301, 302, 303, 307, 308].includes(answer.code)) return answer;
    if (redirects === redirectsMax) throw new TaskFailure(`Request to ${options.uri.href} failed: more than ${redirectsMax} redirects, the last one to ${location}`);
    current = redirected(current, answer, location);
  }
}

function redirected(options: ExchangeOptions, answer: Answer, location: string): ExchangeOptions {
  if (!URL.canParse(location, answer.uri)) throw new TaskFailure(`Request to ${answer.uri} failed: it redirects to "${location}", which is no address.`);
  const uri = new URL(location, answer.uri);
  if (!/^https?:$/.test(uri.protocol)) throw new TaskFailure(`Request to ${answer.uri} failed: it redirects to ${uri.href}, which is no web address.`);
  const headers = { ...options.headers };
  // Credentials are meant for the host they were written for, not for whoever it points at.
  if (uri.origin !== options.uri.origin) {
    delete headers['authorization'];
    delete headers['cookie'];
  }
  const becomesGet = answer.code === 303 || ((answer.code === 301 || answer.code === 302) && options.method === 'POST');
  if (!becomesGet) return { ...options, uri, headers };
  delete headers['content-type'];
  return { ...options, uri, headers, method: options.method === 'HEAD' ? 'HEAD' : 'GET', body: undefined };
}

async function exchangeOnce(context: Context, options: ExchangeOptions): Promise<Answer> {
  const timers = idleTimers(context, options);
  try {
    const response = await sent(context, options, timers);
    timers.heard();
    response.on('data', timers.heard);
    const bytes = await collected(response, decompressed(response), options);
    return { uri: options.uri.href, code: response.statusCode ?? 0, headers: headersOf(response), bytes };
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

function idleTimers(context: Context, options: ExchangeOptions): Timers {
  const failed = new AbortController();
  let cancel = (): void => {};
  const start = (ms: number, what: string): void => {
    cancel();
    cancel = context.after(ms, () => failed.abort(new TaskFailure(`Request to ${options.uri.href} failed: ${what} within ${ms} ms`)));
  };
  return {
    failed: failed.signal,
    connecting: () => start(options.connectTimeoutMs, 'no connection'),
    heard: () => start(options.readIdleTimeoutMs, 'no byte of the answer'),
    stop: () => cancel(),
  };
}

function sent(context: Context, options: ExchangeOptions, timers: Timers): Promise<IncomingMessage> {
  const make = options.uri.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.any([context.signal, timers.failed]);
  const given = new URL(options.uri);
  // `http://user:password@host` says Basic authentication; the address itself is not to carry it on.
  const login = given.username === '' ? undefined : `${decodeURIComponent(given.username)}:${decodeURIComponent(given.password)}`;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => reject(signal.reason instanceof TaskFailure ? signal.reason : new TaskFailure(`Request to ${options.uri.origin}${options.uri.pathname} failed: ${cause.message === '' ? cause.name : cause.message}`, { cause }));
    const request: ClientRequest = make(given, {
      method: options.method,
      signal,
      headers: {
        accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': 'Ensemble',
        ...(options.body === undefined ? {} : { 'content-length': String(options.body.byteLength) }),
        ...options.headers,
      },
      ...(login === undefined ? {} : { auth: login }),
      ...(options.trustsAll ? { rejectUnauthorized: false } : {}),
    });
    request.on('socket', (socket) => {
      if (!socket.connecting) timers.heard();
      else {
        timers.connecting();
        socket.once(options.uri.protocol === 'https:' ? 'secureConnect' : 'connect', timers.heard);
      }
    });
    request.on('error', fail);
    request.on('response', resolve);
    request.end(options.body);
  });
}

function decompressed(response: IncomingMessage): Readable {
  switch (response.headers['content-encoding']?.toLowerCase()) {
    case 'gzip': return response.pipe(createGunzip());
    case 'deflate': return response.pipe(createInflate());
    case 'br': return response.pipe(createBrotliDecompress());
    default: return response;
  }
}

async function collected(response: IncomingMessage, body: Readable, options: ExchangeOptions): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  // An error of the connection does not reach a decompressor behind a pipe by itself.
  response.on('error', (cause) => body.destroy(cause));
  try {
    for await (const chunk of body) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      if (size > options.answerBytesMax) throw new TaskFailure(`Request to ${options.uri.href} failed: the answer has more than ${options.answerBytesMax} bytes`);
      chunks.push(bytes);
    }
  } catch (thrown) {
    response.destroy();
    if (thrown instanceof TaskFailure || !(thrown instanceof Error)) throw thrown;
    throw thrown.cause instanceof TaskFailure ? thrown.cause : new TaskFailure(`Request to ${options.uri.href} failed while its answer was read: ${thrown.message}`, { cause: thrown });
  }
  return Buffer.concat(chunks);
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
