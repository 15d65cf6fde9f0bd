/** Puts the doors together: Host and Origin first, then pages, REST, RPC, sync, static files, health. Nothing passes without the first check. */
import { ProtocolError } from '../../core/protocol/errors.ts';
import { limits } from '../../core/protocol/limits.ts';
import { cookieOf, sessionCookie, setCookie, visitorCookie, type AccessRoom, type Caller, type Credentials, type Identified } from '../access/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Documents } from '../documents/index.ts';
import type { Operations } from '../operations/index.ts';
import type { Watch } from '../watch/index.ts';
import { parseJson, readText } from './bodies.ts';
import { empty, json, redirect, secured, text } from './headers.ts';
import { createOrigins } from './origins.ts';
import { createPages } from './pages/index.ts';
import { createRest, problemAnswer } from './rest/index.ts';
import { createRpc, watchTopic } from './rpc/index.ts';
import { openStaticFiles } from './static-files.ts';
import { createSync, denied, syncTopic } from './sync/index.ts';
import { openTransport, type HttpAnswer, type HttpRequest, type Socket, type SocketHandler, type Transport, type Upgraded, type UpgradeRequest } from './transport/index.ts';

export interface EdgeOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  readonly publicUrl: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly machineNames: readonly string[];
  readonly tenant: string;
  readonly version: string;
  readonly clientFolder: string;
  readonly ambient: Ambient;
  readonly access: AccessRoom;
  readonly operations: Operations;
  readonly documents: Documents;
  readonly watch: Watch;
  readonly uploadPath: () => string;
  /** Whether the server can take work, and why not. */
  /** `readOnly`: why nothing can be written, while everything can be read. */
  readonly readiness: () => { readonly ready: boolean; readonly reason?: string; readonly readOnly?: string };
}

export interface Edge {
  readonly port: number;
  readonly transport: Transport;
  /** Takes no new connections; open requests go on. */
  stop(): void;
  /** Waits a moment for open requests to be answered, then ends them. */
  close(): Promise<void>;
}

const publicPaths = new Set(['/health', '/health/liveness', '/health/readiness', '/ready', '/metrics', '/prometheus', '/version', '/ping']);
const socketIdleSeconds = 60;
const formBytesMax = 64 * 1024;
/** What open requests get to be answered at a shutdown; a `wait=true` may last for hours. */
const drainMs = 3000;
const drainStepMs = 20;

export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const { access, ambient, operations, tenant } = options;
  const files = openStaticFiles(options.clientFolder);
  const sync = createSync({ documents: options.documents });
  const rpc = createRpc({ operations, watch: options.watch, logger: ambient.logger });
  const rest = createRest({ operations, tenant, uploadPath: options.uploadPath, timers: ambient.timers, callerOf });
  const pages = createPages({
    operations, ambient, tenant, manifest: files.manifest, version: options.version, isOpen: () => access.isOpen(), readOnly: () => options.readiness().readOnly,
    present: (caller) => options.watch.present(caller),
  });
  let origins = createOrigins({ host: options.host, port: options.port, encrypted: options.tls !== undefined, publicUrl: options.publicUrl, machineNames: options.machineNames });

  const credentialsOf = (request: Pick<HttpRequest, 'headers' | 'address'>): Credentials => ({
    address: request.address,
    ...(request.headers['cookie'] === undefined ? {} : { cookie: request.headers['cookie'] }),
    ...(request.headers['authorization'] === undefined ? {} : { authorization: request.headers['authorization'] }),
  });
  const unauthorized = (identified: Extract<Identified, { type: 'unknown' }>): ProtocolError => new ProtocolError({ status: identified.retryAfterMs === undefined ? 401 : 429, message: identified.reason, ...(identified.retryAfterMs === undefined ? {} : { retryAfterMs: identified.retryAfterMs }) });
  const anonymousCaller = (request: Pick<HttpRequest, 'address'>): Caller => ({
    participant: { id: 'anonymous', name: 'Anonymous', kind: 'visitor', role: 'viewer', color: 1 }, tenant, door: 'rest', credential: { type: 'visitor', id: 'anonymous' }, address: request.address,
  });

  async function callerOf(request: HttpRequest, anonymous: boolean): Promise<Caller> {
    const identified = await access.authenticate(credentialsOf(request), request.headers['cookie'] === undefined ? 'rest' : 'browser');
    if (identified.type === 'known') return identified.caller;
    if (anonymous) return anonymousCaller(request);
    throw unauthorized(identified);
  }

  // ------------------------------------------------------------------ HTTP

  async function http(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return secured(await route(request), request.encrypted);
    } catch (error) {
      if (error instanceof ProtocolError) return secured(problemAnswer(error.problem, request), request.encrypted);
      ambient.logger.error('a request failed', { error, method: request.method, path: request.path });
      return secured(problemAnswer({ status: 500, message: 'Internal Server Error: the server\'s log says why' }, request), request.encrypted);
    }
  }

  async function route(request: HttpRequest): Promise<HttpAnswer> {
    const { path, method } = request;
    if (publicPaths.has(path)) return health(path);
    const refused = origins.refusal(request);
    if (refused !== undefined) throw refused;
    // The parser takes the first of two lengths; a proxy before us may take the other, and see another request in the body.
    if (!/^\d*$/.test(request.headers['content-length'] ?? '')) throw new ProtocolError({ status: 400, message: 'Bad Request: the header Content-Length stands there twice, or is no number' });
    if (path.startsWith('/assets/')) {
      // Names of assets need no percent signs: what holds one names no file.
      const file = await files.answer(path.slice('/assets/'.length), request);
      if (file === undefined) throw new ProtocolError({ status: 404, message: `Not Found: there is no ${path}` });
      return file;
    }
    if (path === '/favicon.ico') return redirect('/assets/mark.svg', 301);
    if (path === '/' || path === '/ui' || path === '/ui/') return redirect(`/ui/${tenant}/dashboards`);
    if (path.startsWith('/ui/')) return page(request);
    if (method === 'POST' && (path === '/login' || path === '/api/v1/login')) return login(request);
    if (method === 'POST' && (path === '/logout' || path === '/api/v1/logout')) return logout(request);
    if (method === 'POST' && (path === '/invitation' || path === '/invitations/accept')) return accept(request);
    if (path === '/api/v1/auths') return json(200, { loginPassword: !access.isOpen(), mailsEnabled: false, oauths: [] });
    if (path.startsWith('/api/v1/') || path === '/api/v1') return rest(request, path.slice('/api/v1'.length));
    throw new ProtocolError({ status: 404, message: `Not Found: there is no ${path}` });
  }

  async function health(path: string): Promise<HttpAnswer> {
    switch (path) {
      case '/ping': return text(200, 'pong');
      case '/version': return json(200, { version: options.version });
      case '/metrics': case '/prometheus': return text(200, await ambient.metrics.text(), { 'content-type': ambient.metrics.contentType });
      case '/ready': case '/health/readiness': {
        const { ready, reason } = options.readiness();
        return json(ready ? 200 : 503, { status: ready ? 'UP' : 'DOWN', ...(reason === undefined ? {} : { details: { reason } }) });
      }
      default: return json(200, { status: 'UP' });
    }
  }

  async function page(request: HttpRequest): Promise<HttpAnswer> {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new ProtocolError({ status: 405, message: `Method Not Allowed: ${request.method} ${request.path}; pages are read with GET` });
    const identified = await access.authenticate(credentialsOf(request), 'browser');
    // In an open workspace somebody new is welcomed: a signed cookie makes this browser one participant.
    if (access.isOpen() && cookieOf(request.headers['cookie'], visitorCookie) === undefined && request.headers['authorization'] === undefined) {
      const welcome = access.welcome(request.address);
      return pages({ request, caller: welcome.caller, anonymous: anonymousCaller(request), cookies: [setCookie(visitorCookie, welcome.cookie, { maxAgeSeconds: welcome.maxAgeSeconds, secure: request.encrypted })] });
    }
    return pages({ request, caller: identified.type === 'known' ? identified.caller : undefined, anonymous: anonymousCaller(request), cookies: [] });
  }

  /** Members of a JSON body or of a plain form. */
  async function fieldsOf(request: HttpRequest): Promise<{ readonly fields: Readonly<Record<string, string>>; readonly isForm: boolean }> {
    const body = await readText(request, formBytesMax);
    if (/json/i.test(request.headers['content-type'] ?? '')) {
      const value = parseJson(body);
      const fields: Record<string, string> = {};
      if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) if (typeof one === 'string') fields[name] = one;
      return { fields, isForm: false };
    }
    return { fields: Object.fromEntries(new URLSearchParams(body)), isForm: true };
  }

  const granted = (request: HttpRequest, grant: { readonly session: string; readonly maxAgeSeconds: number; readonly participant: unknown }, isForm: boolean): HttpAnswer => {
    const cookie = setCookie(sessionCookie, grant.session, { maxAgeSeconds: grant.maxAgeSeconds, secure: request.encrypted });
    const answer = isForm ? redirect(`/ui/${tenant}/dashboards`, 303) : json(200, grant.participant);
    return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };
  };

  async function login(request: HttpRequest): Promise<HttpAnswer> {
    const { fields, isForm } = await fieldsOf(request);
    return granted(request, await access.login(fields['username'] ?? '', fields['password'] ?? '', request.address), isForm);
  }

  async function logout(request: HttpRequest): Promise<HttpAnswer> {
    await access.logout(request.headers['cookie']);
    return empty(204, { 'set-cookie': setCookie(sessionCookie, '', { maxAgeSeconds: 0, secure: request.encrypted }) });
  }

  async function accept(request: HttpRequest): Promise<HttpAnswer> {
    const { fields, isForm } = await fieldsOf(request);
    return granted(request, await access.accept({ secret: fields['token'] ?? '', name: fields['name'] ?? '', email: fields['email'] ?? '', password: fields['password'] ?? '', address: request.address }), isForm);
  }

  // ------------------------------------------------------------------ WebSockets

  const sockets = new Map<number, { readonly caller: Caller; readonly socket: Socket; readonly kind: 'rpc' | 'sync' }>();
  const tracked = (socket: Socket, caller: Caller, kind: 'rpc' | 'sync', handler: SocketHandler): SocketHandler => {
    sockets.set(socket.id, { caller, socket, kind });
    return { ...handler, message: (bytes, isBinary) => handler.message(bytes, isBinary), drained: () => handler.drained(), closed: (code) => { sockets.delete(socket.id); handler.closed(code); } };
  };

  /** A provider that can send no header says who it is by the protocol `bearer.TOKEN`, which the server then selects. */
  const bearerProtocol = (protocols: readonly string[]): string | undefined => protocols.find((name) => name.startsWith('bearer.'));

  async function upgrade(request: UpgradeRequest): Promise<Upgraded> {
    const refuse = (error: ProtocolError): Upgraded => ({ type: 'refused', answer: secured(problemAnswer(error.problem, request), request.encrypted) });
    const refused = origins.refusal({ ...request, method: 'GET' });
    if (refused !== undefined) return refuse(refused);
    const isSync = request.path.startsWith('/sync/');
    const isRpc = request.path === '/api/v1/rpc' || request.path === `/api/v1/${tenant}/rpc`;
    if (!isSync && !isRpc) return refuse(new ProtocolError({ status: 404, message: `Not Found: there is no WebSocket at ${request.path}` }));
    const query = new URLSearchParams(request.query);
    const ticket = query.get('ticket') ?? undefined;
    const identified = await access.authenticate({
      ...credentialsOf(request), protocols: request.protocols, ...(ticket === undefined ? {} : { ticket }),
    }, isSync ? 'sync' : request.headers['cookie'] === undefined ? 'rpc' : 'browser');
    const protocol = bearerProtocol(request.protocols) ?? request.protocols[0];
    if (identified.type === 'unknown') {
      if (!isSync) return refuse(unauthorized(identified));
      // A refused upgrade would make a stock provider try for ever: it is let in, told, and closed for good.
      return { type: 'accepted', protocol, open: (socket) => denied(socket, 4401, identified.reason) };
    }
    const { caller } = identified;
    const mine = [...sockets.values()].filter((one) => one.caller.participant.id === caller.participant.id).length;
    if (mine >= limits.socketsPerParticipantMax) return refuse(new ProtocolError({ status: 429, message: `One participant has at most ${limits.socketsPerParticipantMax} sockets open` }));
    if (isRpc) return { type: 'accepted', protocol, open: (socket) => tracked(socket, caller, 'rpc', rpc(socket, caller)) };
    const birth = query.get('birth') ?? undefined;
    return { type: 'accepted', protocol, open: (socket) => tracked(socket, caller, 'sync', sync(socket, caller, request.path, birth)) };
  }

  // Rights that end take the open RPC sockets with them; documents close their own.
  access.onRevoked(({ participantId, credentialId }) => {
    for (const { caller, socket, kind } of [...sockets.values()]) {
      if (kind !== 'rpc' || caller.participant.id !== participantId) continue;
      if (credentialId === undefined || caller.credential.id === credentialId) socket.close(4401, 'The session has ended; sign in again');
    }
  });
  // A socket carries the name and role of its opening: it is asked to come again, which both kinds of client do at once.
  // In the next turn: who changed their own name over a socket is answered on it first. Rights are read anew at each call anyway.
  access.onChanged(({ participantId }) => ambient.timers.soon(() => {
    for (const { caller, socket } of [...sockets.values()]) if (caller.participant.id === participantId) socket.close(1012, 'Your name or role has changed');
  }));

  const transport = await openTransport({
    host: options.host, port: options.port, tls: options.tls, trustedProxies: options.trustedProxies,
    frameBytesMax: limits.frameBytesMax, backpressureBytesMax: limits.backpressureBytesMax, socketIdleSeconds,
    http, upgrade, onFault: (error, where) => ambient.logger.error('the edge failed', { error, where }),
  });
  origins = createOrigins({ host: options.host, port: transport.port, encrypted: options.tls !== undefined, publicUrl: options.publicUrl, machineNames: options.machineNames });

  return {
    port: transport.port, transport,
    stop: () => transport.stopListening(),
    close: async () => {
      for (let waitedMs = 0; transport.figures().pendingRequests > 0 && waitedMs < drainMs; waitedMs += drainStepMs) {
        await new Promise<void>((resolve) => { ambient.timers.after(drainStepMs, resolve); });
      }
      transport.close();
    },
  };
}

export { syncTopic, watchTopic };
