/** Request: one HTTP call; its answer becomes outputs. */
import { Buffer } from 'node:buffer';
import { Type } from 'typebox';
import { limits } from '../../../core/protocol/limits.ts';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { anything, boolean, choice, dynamic, duration, group, integer, listOf, mapOf, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, durationOf, isMap, renderedBoolean, renderedMap, renderedText, requiredText, TaskFailure, textOf } from '../../sdk/values.ts';
import { exchange, type ExchangeOptions } from './exchange.ts';
import { requestBody } from './request-body.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'] as const;
const connectTimeoutDefaultMs = 10_000;
const readTimeoutDefaultMs = 10_000;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.http.Request',
  aliases: ['io.kestra.plugin.fs.http.Request'],
  title: 'Call a web service',
  description: 'Sends one HTTP request. Status, headers and body of the answer become outputs; a status from 400 on fails, unless allowed.',
  properties: properties({
    uri: dynamic(text({ title: 'The address', description: 'Begins with `http://` or `https://`.' })),
    method: optional(dynamic(choice(methods, { title: 'Method', default: 'GET' }))),
    body: optional(dynamic(anything({ title: 'Body', description: 'A text as it is; a map or list is sent as JSON.' }))),
    formData: optional(dynamic(mapOf(undefined, { title: 'Form', description: 'Values by name, sent as a form. With `contentType: multipart/form-data` a `kestra://` address or a map `{name, content}` is sent as a file.' }))),
    contentType: optional(dynamic(text({ title: 'Type of the body', description: 'Left out: `application/json`; for a form `application/x-www-form-urlencoded`.' }))),
    headers: optional(dynamic(mapOf(undefined, { title: 'Headers', description: 'Values by name.' }))),
    options: optional(group({
      timeout: optional(group({
        connectTimeout: optional(dynamic(duration({ title: 'Time to connect', default: 'PT10S' }))),
        readIdleTimeout: optional(dynamic(duration({ title: 'Time without a byte', default: 'PT10S' }))),
      }, { title: 'Timeouts' })),
      connectTimeout: optional(dynamic(duration({ title: 'Time to connect', description: 'Earlier form of `timeout.connectTimeout`.', deprecated: true }))),
      readTimeout: optional(dynamic(duration({ title: 'Time without a byte', description: 'Earlier form of `timeout.readIdleTimeout`.', deprecated: true }))),
      readIdleTimeout: optional(dynamic(duration({ title: 'Time without a byte', description: 'Earlier form of `timeout.readIdleTimeout`.', deprecated: true }))),
      followRedirects: optional(dynamic(boolean({ title: 'Follow redirects', description: 'At most ten. Credentials are not sent to another host.', default: true }))),
      allowFailed: optional(dynamic(boolean({ title: 'Accept every status', default: false }))),
      allowedResponseCodes: optional(listOf(Type.Integer(), { title: 'Further status codes that are no failure' })),
      auth: optional(group({
        type: choice(['BASIC', 'BEARER'], { title: 'Kind' }),
        username: optional(dynamic(text({ title: 'User' }))),
        password: optional(dynamic(text({ title: 'Password' }))),
        token: optional(dynamic(text({ title: 'Token' }))),
      }, { title: 'Authentication', description: 'BASIC with `username` and `password`, BEARER with `token`.' })),
      basicAuthUser: optional(dynamic(text({ title: 'User', description: 'Earlier form of `auth`.', deprecated: true }))),
      basicAuthPassword: optional(dynamic(text({ title: 'Password', description: 'Earlier form of `auth`.', deprecated: true }))),
      defaultCharset: optional(dynamic(text({ title: 'Charset when the answer names none', default: 'UTF-8' }))),
      maxContentLength: optional(integer({ title: 'Bytes of the answer at most', description: `At most ${limits.outputBytesMax}, the size that outputs of a task may have.`, minimum: 1, maximum: limits.outputBytesMax })),
      ssl: optional(group({ insecureTrustAllCertificates: optional(boolean({ title: 'Trust every certificate', default: false })) }, { title: 'TLS' })),
    }, { title: 'Options of the connection' })),
    sslOptions: optional(group({ insecureTrustAllCertificates: optional(boolean({ title: 'Trust every certificate', default: false })) }, { title: 'TLS', description: 'Earlier form of `options.ssl`.', deprecated: true })),
    allowFailed: optional(dynamic(boolean({ title: 'Accept every status', description: 'With `true` a status from 400 on is no failure.', default: false }))),
    encryptBody: optional(dynamic(boolean({ title: 'Encrypt the body', description: 'The body becomes the output `encryptedBody`, readable only in expressions.', default: false }))),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'The address that answered, after redirects' }),
    code: Type.Integer({ title: 'Status' }),
    headers: Type.Unsafe<unknown>({ type: 'object', title: 'Headers of the answer, each a list of texts' }),
    body: Type.Optional(Type.String({ title: 'Body of the answer' })),
    encryptedBody: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Body of the answer, encrypted' })),
  }),
  metrics: [
    { name: 'response.length', type: 'counter', description: 'Bytes of the answer' },
    { name: 'request.duration', type: 'timer', description: 'From the first byte sent to the last byte read' },
  ],
  runs: 'thread',
  run: async (context) => {
    const options = isMap(context.properties['options']) ? context.properties['options'] : {};
    const uri = urlOf(requiredText(context, 'uri'));
    const method = (renderedText(context, 'method') ?? 'GET').trim().toUpperCase();
    if (!isMethod(method)) throw new TaskFailure(`The property "method" is "${clipped(method)}": expected one of ${methods.join(', ')}.`);
    const body = await requestBody(context);
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = body.contentType;
    for (const [name, value] of Object.entries(renderedMap(context, 'headers'))) headers[name.toLowerCase()] = textOf(value);
    const authorization = authorizationOf(context, options);
    if (authorization !== undefined) headers['authorization'] = authorization;
    const startMs = context.nowMs();
    const answer = await exchange(context, { uri, method, headers, body: body?.bytes, ...connectionOf(context, options) });
    const tookMs = context.nowMs() - startMs;
    context.log('DEBUG', `${method} ${answer.uri} answered ${answer.code} with ${answer.bytes.byteLength} bytes in ${tookMs} ms`);
    context.metric({ type: 'counter', name: 'response.length', value: answer.bytes.byteLength });
    context.metric({ type: 'timer', name: 'request.duration', value: tookMs });
    const content = decoded(answer.bytes, answer.headers['content-type']?.[0], textOption(context, options, 'defaultCharset'));
    const outputs = {
      uri: answer.uri, code: answer.code, headers: answer.headers,
      ...(renderedBoolean(context, 'encryptBody', false) ? { encryptedBody: context.encrypt(content) } : { body: content }),
    };
    const allowed = renderedBoolean(context, 'allowFailed', false) || textOption(context, options, 'allowFailed') === 'true'
      || (Array.isArray(options['allowedResponseCodes']) && options['allowedResponseCodes'].map(Number).includes(answer.code));
    if (answer.code < 400 || allowed) return { type: 'succeeded', outputs };
    return { type: 'failed', message: `Request to ${answer.uri} failed: status ${answer.code}${content === '' ? '' : `, "${clipped(content)}"`}`, outputs };
  },
});

const isMethod = (value: string): value is (typeof methods)[number] => (methods as readonly string[]).includes(value);

function urlOf(value: string): URL {
  const trimmed = value.trim();
  if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) throw new TaskFailure(`The property "uri" is "${clipped(trimmed)}": expected an address that begins with http:// or https://.`);
  return new URL(trimmed);
}

function connectionOf(context: TaskContext, options: Readonly<Record<string, unknown>>): Pick<ExchangeOptions, 'connectTimeoutMs' | 'readIdleTimeoutMs' | 'followsRedirects' | 'answerBytesMax' | 'trustsAll'> {
  const timeout = isMap(options['timeout']) ? options['timeout'] : {};
  const time = (names: readonly (readonly [Readonly<Record<string, unknown>>, string])[], whenMissing: number): number => {
    for (const [map, name] of names) {
      const value = textOption(context, map, name);
      if (value !== undefined) return durationOf(value.trim(), `options.${name}`);
    }
    return whenMissing;
  };
  const ssl = isMap(options['ssl']) ? options['ssl'] : isMap(context.properties['sslOptions']) ? context.properties['sslOptions'] : {};
  const asked = Number(options['maxContentLength'] ?? limits.outputBytesMax);
  return {
    connectTimeoutMs: time([[timeout, 'connectTimeout'], [options, 'connectTimeout']], connectTimeoutDefaultMs),
    readIdleTimeoutMs: time([[timeout, 'readIdleTimeout'], [options, 'readIdleTimeout'], [options, 'readTimeout']], readTimeoutDefaultMs),
    followsRedirects: textOption(context, options, 'followRedirects') !== 'false',
    answerBytesMax: Number.isFinite(asked) ? Math.min(asked, limits.outputBytesMax) : limits.outputBytesMax,
    trustsAll: ssl['insecureTrustAllCertificates'] === true,
  };
}

function authorizationOf(context: TaskContext, options: Readonly<Record<string, unknown>>): string | undefined {
  const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const auth = options['auth'];
  if (isMap(auth)) {
    const type = textOption(context, auth, 'type')?.toUpperCase();
    if (type === 'BASIC') return basic(textOption(context, auth, 'username') ?? '', textOption(context, auth, 'password') ?? '');
    if (type === 'BEARER') return `Bearer ${textOption(context, auth, 'token') ?? ''}`;
    throw new TaskFailure(`The property "options.auth.type" is "${clipped(type ?? '')}": expected BASIC or BEARER.`);
  }
  const user = textOption(context, options, 'basicAuthUser');
  return user === undefined ? undefined : basic(user, textOption(context, options, 'basicAuthPassword') ?? '');
}

function textOption(context: TaskContext, options: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = options[name];
  return value === undefined || value === null ? undefined : context.render(value);
}

function decoded(bytes: Uint8Array, contentType: string | undefined, charsetDefault: string | undefined): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? charsetDefault ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows: UTF-8 is the best guess, and the bytes are shown rather than lost.
    return new TextDecoder().decode(bytes);
  }
}
