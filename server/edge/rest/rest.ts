/** REST: the projection of the operations on paths, methods, queries and bodies. It knows no operation but the webhook by name. */
import type { Caller } from '../../access/contract.ts';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { Download, EventStream, Redirection, RestBinding } from '../../../core/protocol/operation.ts';
import type { WebhookReply } from '../../../core/protocol/operations/executions.ts';
import { allOperations } from '../../../core/protocol/operations/index.ts';
import type { Operations } from '../../operations/index.ts';
import type { Timers } from '../../ambient/index.ts';
import { parseJson, readForm, readJson, readText } from '../bodies.ts';
import { empty, json, redirect, text } from '../headers.ts';
import type { HttpAnswer, HttpRequest } from '../transport/index.ts';
import { coerceQuery, coerceText } from './coerce.ts';
import { createRoutes, propertiesOf, type Route } from './routes.ts';
import { readWebhook, webhookAnswer } from './webhook.ts';

export interface RestOptions {
  readonly operations: Operations;
  readonly tenant: string;
  readonly uploadPath: () => string;
  readonly timers: Timers;
  /** Who calls; throws a ProtocolError 401 when nobody is known. `anonymous`: nobody needs to be. */
  readonly callerOf: (request: HttpRequest, anonymous: boolean) => Caller | Promise<Caller>;
}

const webhookName = 'executions.webhook';
const nothing = async (): Promise<void> => {};

/** Answers paths below `/api/v1`; `path` is what follows it. */
export function createRest(options: RestOptions): (request: HttpRequest, path: string) => Promise<HttpAnswer> {
  const { operations } = options;
  const routes = createRoutes(allOperations, [options.tenant]);

  return async (request, path) => {
    const match = routes.match(request.method, path);
    switch (match.type) {
      case 'none': throw new ProtocolError({ status: 404, message: `Not Found: there is no ${request.path}` });
      case 'tenant': throw new ProtocolError({ status: 404, message: `Not Found: there is no tenant "${match.tenant}"` });
      case 'method': throw new ProtocolError({ status: 405, message: `Method Not Allowed: ${request.method} ${request.path}; allowed are ${match.allowed.join(', ')}`, details: { allowed: match.allowed } });
      case 'found': break;
      default: return never(match);
    }
    const { route, params } = match;
    // Who it is comes before the body: nobody unknown makes the server read megabytes.
    const caller = await options.callerOf(request, route.operation.anonymous === true);
    const { input, discard } = await inputOf(route, params, request);
    try {
      const output = await operations.callUnchecked(route.operation, input, caller);
      return answerOf(route, output, options.timers);
    } finally {
      await discard();
    }
  };

  async function inputOf(route: Route, params: Readonly<Record<string, string>>, request: HttpRequest): Promise<{ readonly input: Readonly<Record<string, unknown>>; readonly discard: () => Promise<void> }> {
    const { operation, binding } = route;
    const properties = propertiesOf(operation.input);
    const fromPath: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(params)) fromPath[name] = coerceText(properties[name], value);
    if (operation.name === webhookName) {
      const call = await readWebhook(request, options.uploadPath);
      return { input: { ...fromPath, ...call.input }, discard: call.discard };
    }
    const fromHeaders: Record<string, unknown> = {};
    for (const [header, member] of Object.entries(binding.headers ?? {})) {
      const value = request.headers[header];
      if (value !== undefined && value !== '*') fromHeaders[member] = coerceText(properties[member], value);
    }
    const known = { ...coerceQuery(operation, binding, request.query), ...fromHeaders, ...fromPath, ...route.preset };
    const { members, discard } = await bodyOf(binding, request, properties);
    return { input: { ...members, ...known, ...filtersOfBoth(members, known) }, discard };
  }

  async function bodyOf(binding: RestBinding, request: HttpRequest, properties: Readonly<Record<string, unknown>>): Promise<{ readonly members: Readonly<Record<string, unknown>>; readonly discard: () => Promise<void> }> {
    const kind = binding.body ?? 'none';
    switch (kind) {
      case 'json': {
        const body = await readJson(request);
        return { members: body === undefined ? {} : { body }, discard: nothing };
      }
      case 'yaml': case 'text': return { members: { source: await readText(request) }, discard: nothing };
      case 'form': {
        const upload = await readForm(request, options.uploadPath);
        return { members: { form: upload.form }, discard: upload.discard };
      }
      case 'none': {
        // Some clients send a body where none is needed (on DELETE too): JSON members that the operation knows are taken, the rest is drained.
        if (request.method === 'GET' || request.method === 'HEAD') return { members: {}, discard: nothing };
        const body = await readText(request);
        if (!/json/i.test(request.headers['content-type'] ?? '') || body.trim() === '') return { members: {}, discard: nothing };
        const value = parseJson(body);
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return { members: {}, discard: nothing };
        return { members: Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(properties, name))), discard: nothing };
      }
      default: return never(kind);
    }
  }
}

/** A by-query call may have filters in its address and in its body: both hold. */
function filtersOfBoth(members: Readonly<Record<string, unknown>>, known: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const [inBody, inQuery] = [members['filters'], known['filters']];
  return Array.isArray(inBody) && Array.isArray(inQuery) ? { filters: [...inQuery, ...inBody] } : {};
}

function answerOf(route: Route, output: unknown, timers: Timers): HttpAnswer {
  const { binding, operation } = route;
  const status = binding.status ?? 200;
  if (status === 204 || status === 202) return empty(status);
  const kind = binding.answer ?? 'json';
  switch (kind) {
    case 'json':
      if (operation.name === webhookName) return webhookAnswer(output as WebhookReply | null);
      return output === null || output === undefined ? empty(status) : json(status, output);
    case 'text': return text(status, String(output));
    case 'none': return empty(status);
    // The operation's definition says which of these its output is.
    case 'download': return isRedirection(output) ? redirect(output.redirect, 301) : downloadAnswer(output as Download);
    case 'events': return eventsAnswer(output as EventStream, timers);
    default: return never(kind);
  }
}

const isRedirection = (output: unknown): output is Redirection => typeof output === 'object' && output !== null && 'redirect' in output;

export function downloadAnswer(download: Download): HttpAnswer {
  const { body } = download;
  const ascii = download.filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return {
    status: 200,
    headers: {
      'content-type': download.contentType, 'cache-control': 'no-store',
      'content-disposition': `${download.inline === true ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(download.filename)}`,
      // What a task wrote is never a page of ours, even when somebody opens it in a tab.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    },
    body: typeof body === 'string' || body instanceof Uint8Array ? { type: 'bytes', bytes: body } : { type: 'stream', chunks: body },
  };
}

/** A comment now and then keeps proxies from closing a stream in which nothing happens. */
const keepAliveMs = 15_000;

function eventsAnswer(stream: EventStream, timers: Timers): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' },
    body: {
      type: 'events',
      open: (sink) => {
        const cancel = timers.every(keepAliveMs, () => sink.write(': \n\n'));
        const release = stream.open({ event: (id, data) => sink.write(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`), end: () => sink.end(), bufferedBytes: () => sink.bufferedBytes() });
        return () => {
          cancel();
          release();
        };
      },
    },
  };
}

function never(value: never): never {
  throw new Error(`unknown case ${JSON.stringify(value)}`);
}
