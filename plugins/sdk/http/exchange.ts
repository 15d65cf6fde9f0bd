/** One request and its answer over HTTP/1.1, through redirects and a digest challenge, with time and size limits, and ended with the task. */
import { Buffer } from 'node:buffer';
import type { TaskContext } from '../index.ts';
import { TaskFailure } from '../values.ts';
import { digestHeader, type DigestLogin } from './digest.ts';
import { send, type OpenAnswer, type SendOptions } from './send.ts';

const redirectsMax = 10;
/** Of a body that `options.logs` asks for. */
const loggedCharsMax = 4096;
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key']);

export interface ExchangeOptions extends Omit<SendOptions, 'headers'> {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The header of that name, over a written one. */
  readonly authorization: string | undefined;
  readonly digest: DigestLogin | undefined;
  readonly followsRedirects: boolean;
  /** Of the decompressed body. */
  readonly answerBytesMax: number;
  readonly logs: readonly ('REQUEST_HEADERS' | 'REQUEST_BODY' | 'RESPONSE_HEADERS' | 'RESPONSE_BODY')[];
}

export interface Answer extends Pick<OpenAnswer, 'uri' | 'code' | 'headers'> {
  readonly bytes: Uint8Array;
}

export type ExchangeContext = Pick<TaskContext, 'signal' | 'after' | 'log'>;

/** Sends the request and reads the whole answer into memory. */
export async function exchange(context: ExchangeContext, options: ExchangeOptions): Promise<Answer> {
  const answer = await openExchange(context, options);
  const bytes = await collected(answer, options.answerBytesMax);
  if (options.logs.includes('RESPONSE_BODY')) logBody(context, 'answer', bytes);
  return { uri: answer.uri, code: answer.code, headers: answer.headers, bytes };
}

/** Sends the request; the body of the answer is read by the caller, who closes it in any case. */
export async function openExchange(context: ExchangeContext, options: ExchangeOptions): Promise<OpenAnswer> {
  let current: ExchangeOptions = options.authorization === undefined ? options : { ...options, headers: { ...options.headers, authorization: options.authorization } };
  let isChallenged = false;
  for (let redirects = 0; ; ) {
    if (options.logs.includes('REQUEST_HEADERS')) logHeaders(context, `${current.method} ${shown(current.uri)}`, current.headers);
    if (options.logs.includes('REQUEST_BODY') && current.body !== undefined) logBody(context, 'request', current.body);
    const answer = await send(context, current);
    if (options.logs.includes('RESPONSE_HEADERS')) logHeaders(context, `${answer.code} from ${answer.uri}`, answer.headers);
    const authorization = answer.code === 401 && current.digest !== undefined && !isChallenged
      ? digestHeader(answer.headers['www-authenticate'] ?? [], current.digest, { method: current.method, target: `${current.uri.pathname}${current.uri.search}`, body: current.body }) : undefined;
    const location = answer.headers['location']?.[0];
    if (authorization !== undefined) {
      isChallenged = true;
      current = { ...current, headers: { ...current.headers, authorization } };
    } else if (options.followsRedirects && location !== undefined && [301, 302, 303, 307, 308].includes(answer.code)) {
      answer.close();
      if (redirects === redirectsMax) throw new TaskFailure(`Request to ${shown(options.uri)} failed: more than ${redirectsMax} redirects, the last one to ${location}`);
      redirects += 1;
      isChallenged = false;
      current = redirected(current, answer, location);
      continue;
    } else return answer;
    answer.close();
  }
}

function redirected(options: ExchangeOptions, answer: OpenAnswer, location: string): ExchangeOptions {
  if (!URL.canParse(location, answer.uri)) throw new TaskFailure(`Request to ${answer.uri} failed: it redirects to "${location}", which is no address.`);
  const uri = new URL(location, answer.uri);
  if (!/^https?:$/.test(uri.protocol)) throw new TaskFailure(`Request to ${answer.uri} failed: it redirects to ${uri.href}, which is no web address.`);
  const headers = { ...options.headers };
  const isElsewhere = uri.origin !== options.uri.origin;
  // Credentials are meant for the host they were written for, not for whoever it points at. A digest of the last address is of no use here either.
  if (isElsewhere || options.digest !== undefined) {
    delete headers['authorization'];
    if (isElsewhere) delete headers['cookie'];
  }
  const digest = isElsewhere ? undefined : options.digest;
  const becomesGet = answer.code === 303 || ((answer.code === 301 || answer.code === 302) && options.method === 'POST');
  if (!becomesGet) return { ...options, uri, headers, digest };
  delete headers['content-type'];
  return { ...options, uri, headers, digest, method: options.method === 'HEAD' ? 'HEAD' : 'GET', body: undefined };
}

async function collected(answer: OpenAnswer, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of limited(answer, bytesMax)) chunks.push(chunk);
  } finally {
    answer.close();
  }
  return Buffer.concat(chunks);
}

/** The chunks of an answer; throws when there are more bytes than allowed. */
export async function* limited(answer: OpenAnswer, bytesMax: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of answer.chunks) {
    size += chunk.byteLength;
    if (size > bytesMax) throw new TaskFailure(`Request to ${answer.uri} failed: the answer has more than ${bytesMax} bytes`);
    yield chunk;
  }
}

/** The bytes as text in the charset that the answer names. */
export function decoded(bytes: Uint8Array, contentType: string | undefined, charsetDefault: string | undefined): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? charsetDefault ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows: UTF-8 is the best guess, and the bytes are shown rather than lost.
    return new TextDecoder().decode(bytes);
  }
}

/** An address as it may stand in a log: without user and password. */
export function shown(uri: URL): string {
  const plain = new URL(uri);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

function logHeaders(context: ExchangeContext, title: string, headers: Readonly<Record<string, string | readonly string[]>>): void {
  const lines = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [value] : value).map((one) => `${name}: ${secretHeaders.has(name) ? '***' : one}`));
  context.log('INFO', [title, ...lines].join('\n'));
}

function logBody(context: ExchangeContext, what: string, bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes.subarray(0, loggedCharsMax));
  context.log('INFO', `Body of the ${what}, ${bytes.byteLength} bytes:\n${text}${bytes.byteLength > loggedCharsMax ? '…' : ''}`);
}
