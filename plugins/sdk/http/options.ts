/** From the properties of a task to one request: the address, the headers, and how to connect. */
import { Buffer } from 'node:buffer';
import type { TaskContext } from '../index.ts';
import { clipped, durationOf, isMap, isTruthy, renderedBoolean, renderedMap, renderedText, requiredText, TaskFailure, textOf } from '../values.ts';
import { requestBody } from './body.ts';
import type { ExchangeOptions } from './exchange.ts';
import { exchangeLogs, methods } from './properties.ts';
import type { ProxyServer } from './tunnel.ts';

const connectTimeoutDefaultMs = 10_000;
const readTimeoutDefaultMs = 10_000;

type Values = Readonly<Record<string, unknown>>;
type Connection = Pick<ExchangeOptions, 'connectTimeoutMs' | 'readIdleTimeoutMs' | 'followsRedirects' | 'trustsAll' | 'proxy' | 'logs'>;

/** What a task has instead of the usual when its author says nothing. */
export interface ConnectionDefaults {
  readonly readIdleTimeoutMs?: number;
}

/** The whole request that a task's properties say. `answerBytesMax` is what the task itself can take. */
export async function requestOf(context: TaskContext, answerBytesMax: number, defaults: ConnectionDefaults = {}): Promise<ExchangeOptions> {
  const uri = urlOf(requiredText(context, 'uri'));
  for (const [name, value] of Object.entries(renderedMap(context, 'params'))) for (const one of Array.isArray(value) ? value : [value]) uri.searchParams.append(name, textOf(one));
  const method = (renderedText(context, 'method') ?? 'GET').trim().toUpperCase();
  if (!isMethod(method)) throw new TaskFailure(`The property "method" is "${clipped(method)}": expected one of ${methods.join(', ')}.`);
  const body = await requestBody(context);
  const headers: Record<string, string | readonly string[]> = {};
  if (body !== undefined) headers['content-type'] = body.contentType;
  for (const [name, value] of Object.entries(renderedMap(context, 'headers'))) headers[name.toLowerCase()] = Array.isArray(value) ? value.map(textOf) : textOf(value);
  return { uri, method, headers, body: body?.bytes, ...connectionOf(context, answerBytesMax, defaults) };
}

/** How a task connects, whatever it sends. */
export function connectionOf(context: TaskContext, answerBytesMax: number, defaults: ConnectionDefaults = {}): Connection & Pick<ExchangeOptions, 'authorization' | 'digest' | 'answerBytesMax'> {
  const options = optionsOf(context);
  const timeout = isMap(options['timeout']) ? options['timeout'] : {};
  const ssl = isMap(options['ssl']) ? options['ssl'] : isMap(context.properties['sslOptions']) ? context.properties['sslOptions'] : {};
  const asked = numberOption(context, options, 'maxContentLength');
  return {
    connectTimeoutMs: time(context, [[timeout, 'connectTimeout'], [options, 'connectTimeout']]) ?? connectTimeoutDefaultMs,
    readIdleTimeoutMs: time(context, [[timeout, 'readIdleTimeout'], [options, 'readIdleTimeout'], [options, 'readTimeout']]) ?? defaults.readIdleTimeoutMs ?? readTimeoutDefaultMs,
    followsRedirects: textOption(context, options, 'followRedirects') !== 'false',
    answerBytesMax: asked === undefined ? answerBytesMax : Math.min(asked, answerBytesMax),
    trustsAll: textOption(context, ssl, 'insecureTrustAllCertificates') === 'true',
    proxy: proxyOf(context, options),
    logs: logsOf(options),
    ...authorizationOf(context, options),
  };
}

/** Whether a status is no failure for this task. */
export function isAllowed(context: TaskContext, code: number): boolean {
  if (code < 400) return true;
  const options = optionsOf(context);
  if (renderedBoolean(context, 'allowFailed', false) || textOption(context, options, 'allowFailed') === 'true') return true;
  const listed = options['allowedResponseCodes'];
  if (listed === undefined || listed === null) return false;
  const rendered = typeof listed === 'string' ? context.renderTyped(listed) : context.renderDeep(listed);
  return (Array.isArray(rendered) ? rendered : textOf(rendered).replace(/[[\]\s]/g, '').split(',')).map(Number).includes(code);
}

export function optionsOf(context: TaskContext): Values {
  return isMap(context.properties['options']) ? context.properties['options'] : {};
}

/** Undefined when the option is left out or null. */
export function textOption(context: TaskContext, options: Values, name: string): string | undefined {
  const value = options[name];
  return value === undefined || value === null ? undefined : context.render(value);
}

/** Refuses what is no web address; `name` is the property's. */
export function urlOf(value: string, name = 'uri'): URL {
  const trimmed = value.trim();
  if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) throw new TaskFailure(`The property "${name}" is "${clipped(trimmed)}": expected an address that begins with http:// or https://.`);
  return new URL(trimmed);
}

const isMethod = (value: string): value is (typeof methods)[number] => (methods as readonly string[]).includes(value);

function time(context: TaskContext, places: readonly (readonly [Values, string])[]): number | undefined {
  for (const [map, name] of places) {
    const value = textOption(context, map, name)?.trim();
    if (value !== undefined && value !== '') return durationOf(value, `options.${name}`);
  }
  return undefined;
}

function numberOption(context: TaskContext, options: Values, name: string): number | undefined {
  const value = textOption(context, options, name)?.trim();
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new TaskFailure(`The property "options.${name}" is "${clipped(value)}": expected a whole number from 1 on.`);
  return number;
}

function authorizationOf(context: TaskContext, options: Values): Pick<ExchangeOptions, 'authorization' | 'digest'> {
  const none = { authorization: undefined, digest: undefined };
  const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const auth = options['auth'];
  if (isMap(auth)) {
    const type = textOption(context, auth, 'type')?.trim().toUpperCase();
    const username = textOption(context, auth, 'username') ?? '';
    const password = textOption(context, auth, 'password') ?? '';
    switch (type) {
      case 'BASIC': return { ...none, authorization: basic(username, password) };
      case 'BEARER': return { ...none, authorization: `Bearer ${textOption(context, auth, 'token') ?? ''}` };
      case 'DIGEST': return { ...none, digest: { username, password, seed: `${context.taskRun.id} ${context.nowMs()}` } };
      default: throw new TaskFailure(`The property "options.auth.type" is "${clipped(type ?? '')}": expected BASIC, BEARER or DIGEST.`);
    }
  }
  const user = textOption(context, options, 'basicAuthUser');
  return user === undefined ? none : { ...none, authorization: basic(user, textOption(context, options, 'basicAuthPassword') ?? '') };
}

function proxyOf(context: TaskContext, options: Values): ProxyServer | undefined {
  const given = options['proxy'];
  const read = (name: string, earlier: string): string | undefined => (isMap(given) ? textOption(context, given, name) : textOption(context, options, earlier))?.trim();
  const type = (read('type', 'proxyType') ?? 'DIRECT').toUpperCase();
  if (type === 'DIRECT' || type === '') return undefined;
  if (type !== 'HTTP' && type !== 'SOCKS') throw new TaskFailure(`The property "options.proxy.type" is "${clipped(type)}": expected DIRECT, HTTP or SOCKS.`);
  const host = read('address', 'proxyAddress') ?? '';
  const port = Number(read('port', 'proxyPort'));
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) throw new TaskFailure('The proxy of "options.proxy" is not whole: expected "address" (a host) and "port" (1 to 65535) beside "type".');
  const username = read('username', 'proxyUsername');
  return { type, host, port, login: username === undefined || !isTruthy(username) ? undefined : { username, password: read('password', 'proxyPassword') ?? '' } };
}

function logsOf(options: Values): ExchangeOptions['logs'] {
  const asked = Array.isArray(options['logs']) ? options['logs'].map((one) => textOf(one).trim().toUpperCase()) : [];
  const unknown = asked.find((one) => !(exchangeLogs as readonly string[]).includes(one));
  if (unknown !== undefined) throw new TaskFailure(`The property "options.logs" has "${clipped(unknown)}": expected ${exchangeLogs.join(', ')}.`);
  return exchangeLogs.filter((one) => asked.includes(one));
}
