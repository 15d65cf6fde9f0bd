/**
 * uWebSockets.js behind the contract. Its rules, kept here and nowhere else: read the request before the first wait, register
 * `onAborted` before it too, cork what is written, never touch a response after it ended or was aborted, never touch a socket after close,
 * and copy what has to outlive a callback.
 */
import type { HttpRequest as UwsRequest, HttpResponse, TemplatedApp, WebSocket, us_listen_socket, us_socket_context_t } from 'uWebSockets.js';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { HttpAnswer, HttpRequest, Socket, SocketHandler, Transport, TransportOptions, UpgradeRequest } from './contract.ts';
import { IncomingBody } from './request-body.ts';

// Its types declare the compression constants as types only; they are values too.
declare module 'uWebSockets.js' {
  export const DISABLED: number;
  export const LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  interface TemplatedApp {
    listen(host: string, port: number, options: number, cb: (token: us_listen_socket | false) => void): TemplatedApp;
  }
}

const reasonPhrases: Readonly<Record<number, string>> = {
  101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 206: 'Partial Content', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other',
  304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
  405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 413: 'Request Entity Too Large', 415: 'Unsupported Media Type', 416: 'Range Not Satisfiable', 421: 'Misdirected Request',
  422: 'Unprocessable Entity', 429: 'Too Many Requests', 500: 'Internal Server Error', 503: 'Service Unavailable',
};
const statusLine = (status: number): string => `${status} ${reasonPhrases[status] ?? 'Status'}`;

/** An event stream whose reader takes nothing is ended at this; the reader comes back and reads the state anew. */
const eventBufferBytesMax = 1024 * 1024;

interface UserData {
  readonly opens: (socket: Socket) => SocketHandler;
  socket?: UwsSocket;
  handler?: SocketHandler;
}

export async function openTransport(options: TransportOptions): Promise<Transport> {
  // Loaded here: it reads how long a request's head may be (UWS_HTTP_MAX_HEADERS_SIZE, which `ambient` sets) when it is loaded.
  const uWS = await import('uWebSockets.js');
  const app: TemplatedApp = options.tls === undefined ? uWS.App() : uWS.SSLApp({ cert_file_name: options.tls.certPath, key_file_name: options.tls.keyPath });
  const trusted = new Set(options.trustedProxies);
  const open = new Map<number, UwsSocket>();
  const streams = new Set<Exchange>();
  let requests = 0;
  let pendingRequests = 0;
  let nextSocketId = 1;

  const head = (req: UwsRequest, peer: string): Omit<HttpRequest, 'body'> => {
    const headers: Record<string, string> = Object.create(null);
    // A header that comes twice is joined, as RFC 9110 section 5.3 says; cookies by `; `.
    req.forEach((name, value) => {
      const before = headers[name];
      headers[name] = before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
    });
    const believed = trusted.has(peer);
    const forwarded = believed ? (headers['x-forwarded-for'] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '') : [];
    // Only the last untrusted hop is what our own proxies have seen; everything before it is what the client claims.
    const address = [...forwarded].reverse().find((hop) => !trusted.has(hop)) ?? forwarded[0] ?? peer;
    return {
      method: req.getCaseSensitiveMethod().toUpperCase(), path: req.getUrl(), query: req.getQuery() ?? '', headers, address,
      encrypted: options.tls !== undefined || (believed && headers['x-forwarded-proto'] === 'https'),
    };
  };

  app.any('/*', (res, req) => {
    requests += 1;
    pendingRequests += 1;
    const line = head(req, addressText(res.getRemoteAddressAsText()));
    const exchange = new Exchange(res, line.headers, streams, () => { pendingRequests -= 1; });
    const fault = (error: unknown): void => {
      options.onFault(error, `${line.method} ${line.path}`);
      exchange.answer({ status: 500, headers: { 'content-type': 'application/json' }, body: { type: 'bytes', bytes: '{"message":"Internal Server Error"}' } }, line.method);
    };
    try {
      const answer = options.http({ ...line, body: exchange.body });
      if (answer instanceof Promise) answer.then((value) => exchange.answer(value, line.method), fault);
      else exchange.answer(answer, line.method);
    } catch (error) {
      fault(error);
    }
  });

  app.ws<UserData>('/*', {
    // The library's defaults lose frames silently under backpressure; these close instead, and the client comes back (collaboration.md section 4).
    maxPayloadLength: options.frameBytesMax,
    maxBackpressure: options.backpressureBytesMax,
    closeOnBackpressureLimit: true,
    compression: uWS.DISABLED,
    idleTimeout: options.socketIdleSeconds,
    sendPingsAutomatically: true,
    upgrade: (res, req, context) => {
      const line = head(req, addressText(res.getRemoteAddressAsText()));
      const request: UpgradeRequest = {
        path: line.path, query: line.query, headers: line.headers, address: line.address, encrypted: line.encrypted,
        protocols: (line.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== ''),
      };
      decideUpgrade(res, request, context);
    },
    open: (ws) => {
      const data = ws.getUserData();
      const socket = new UwsSocket(nextSocketId, ws);
      nextSocketId += 1;
      open.set(socket.id, socket);
      data.socket = socket;
      const handler = data.opens(socket);
      data.handler = handler;
      // A room may refuse while it opens: the close has come and gone before there was a handler to tell.
      if (!socket.isOpen()) handler.closed(1006);
    },
    message: (ws, message, isBinary) => {
      const { socket, handler } = ws.getUserData();
      if (socket === undefined || handler === undefined || !socket.isOpen()) return;
      try {
        handler.message(new Uint8Array(message), isBinary);
      } catch (error) {
        options.onFault(error, 'a WebSocket frame');
        socket.close(1011, 'a fault of the server; it is in its log');
      }
    },
    drain: (ws) => ws.getUserData().handler?.drained(),
    close: (ws, code) => {
      const { socket, handler } = ws.getUserData();
      if (socket === undefined) return;
      socket.gone();
      open.delete(socket.id);
      handler?.closed(code);
    },
  });

  function decideUpgrade(res: HttpResponse, request: UpgradeRequest, context: us_socket_context_t): void {
    let aborted = false;
    res.onAborted(() => { aborted = true; });
    const key = request.headers['sec-websocket-key'] ?? '';
    const extensions = request.headers['sec-websocket-extensions'] ?? '';
    const settle = (decision: Awaited<ReturnType<TransportOptions['upgrade']>>): void => {
      if (aborted) return;
      res.cork(() => {
        if (decision.type === 'refused') {
          writeHead(res, decision.answer);
          res.end(decision.answer.body.type === 'bytes' ? decision.answer.body.bytes : '', true);
        } else {
          res.upgrade<UserData>({ opens: decision.open }, key, decision.protocol ?? '', extensions, context);
        }
      });
    };
    const fault = (error: unknown): void => {
      options.onFault(error, `upgrade of ${request.path}`);
      if (!aborted) res.cork(() => { res.writeStatus(statusLine(500)).end('Internal Server Error', true); });
    };
    try {
      const decision = options.upgrade(request);
      if (decision instanceof Promise) decision.then(settle, fault);
      else settle(decision);
    } catch (error) {
      fault(error);
    }
  }

  return new Promise((resolve, reject) => {
    // Without the option a second server on a taken port is given half of the connections, and nobody is told.
    app.listen(options.host, options.port, uWS.LIBUS_LISTEN_EXCLUSIVE_PORT, (token: us_listen_socket | false) => {
      if (token === false) {
        reject(new ProtocolError({ status: 503, message: `Cannot listen on ${options.host}:${options.port}: the port is taken, or the address is not one of this machine. Choose another with ENSEMBLE_PORT or ENSEMBLE_HOST` }));
        return;
      }
      let listening = true;
      const stopListening = (): void => {
        if (!listening) return;
        listening = false;
        uWS.us_listen_socket_close(token);
        for (const socket of [...open.values()]) socket.close(1012, 'the server restarts');
        for (const stream of [...streams]) stream.endStream();
      };
      resolve({
        port: uWS.us_socket_local_port(token),
        publish: (topic, message, exceptSocketId) => {
          const except = exceptSocketId === undefined ? undefined : open.get(exceptSocketId);
          if (except === undefined) app.publish(topic, message, typeof message !== 'string');
          else except.publish(topic, message);
        },
        figures: () => ({ requests, sockets: open.size, pendingRequests }),
        stopListening,
        close: () => {
          stopListening();
          app.close();
        },
      });
    });
  });
}

/** One request and its answer. */
class Exchange {
  readonly body: IncomingBody;
  readonly #res: HttpResponse;
  #state: 'open' | 'answering' | 'done' = 'open';
  #onDone: (() => void)[] = [];

  readonly #streams: Set<Exchange>;
  /** Ends an event stream from this side; for a restart. */
  endStream: () => void = () => {};

  constructor(res: HttpResponse, headers: Readonly<Record<string, string>>, streams: Set<Exchange>, onDone: () => void) {
    this.#res = res;
    this.#streams = streams;
    this.#onDone.push(onDone);
    const hasBody = (headers['content-length'] !== undefined && headers['content-length'] !== '0') || headers['transfer-encoding'] !== undefined;
    this.body = new IncomingBody({ pause: () => { if (this.#state === 'open') res.pause(); }, resume: () => { if (this.#state === 'open') res.resume(); } }, !hasBody);
    res.onAborted(() => {
      this.body.abort();
      this.#done();
    });
    if (hasBody) res.onData((chunk, isLast) => this.body.push(chunk, isLast));
  }

  #done(): void {
    if (this.#state === 'done') return;
    this.#state = 'done';
    for (const run of this.#onDone) run();
    this.#onDone = [];
  }

  answer(answer: HttpAnswer, method: string): void {
    if (this.#state !== 'open') {
      if (answer.body.type === 'stream') void answer.body.chunks[Symbol.asyncIterator]().return?.();
      return;
    }
    this.body.release();
    this.#state = 'answering';
    const res = this.#res;
    const { body } = answer;
    switch (body.type) {
      case 'empty':
      case 'bytes': {
        const bytes = body.type === 'bytes' ? body.bytes : '';
        res.cork(() => {
          writeHead(res, answer);
          if (answer.status === 204 || answer.status === 304) res.endWithoutBody();
          else if (method === 'HEAD') res.endWithoutBody(typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.byteLength);
          else res.end(bytes);
        });
        this.#done();
        break;
      }
      case 'stream':
        res.cork(() => writeHead(res, answer));
        if (method === 'HEAD') {
          res.cork(() => res.endWithoutBody(body.sizeBytes));
          void body.chunks[Symbol.asyncIterator]().return?.();
          this.#done();
        } else void this.#pour(body.chunks, body.sizeBytes);
        break;
      case 'events':
        res.cork(() => { writeHead(res, answer); res.write(': \n\n'); });
        this.#events(body.open);
        break;
      default: never(body);
    }
  }

  async #pour(chunks: AsyncIterable<Uint8Array>, sizeBytes: number | undefined): Promise<void> {
    const res = this.#res;
    let writable: (() => void) | undefined;
    this.#onDone.push(() => writable?.());
    res.onWritable(() => {
      writable?.();
      return true;
    });
    try {
      for await (const chunk of chunks) {
        if (this.#state === 'done') return;
        if (chunk.byteLength === 0) continue;
        let taken = true;
        if (sizeBytes === undefined) res.cork(() => { taken = res.write(chunk); });
        else taken = await this.#tryEnd(chunk, sizeBytes, (resolve) => { writable = resolve; });
        if (!taken && this.#state === 'answering') await new Promise<void>((resolve) => { writable = resolve; });
      }
      if (this.#state === 'answering' && (sizeBytes === undefined || sizeBytes === 0)) res.cork(() => { res.end(); });
      else if (this.#state === 'answering') res.close();
    } catch {
      // The source failed half way: the connection is cut, so that the reader does not take a part for the whole.
      if (this.#state === 'answering') res.close();
    } finally {
      this.#done();
    }
  }

  /** With a known size the header is Content-Length; `tryEnd` takes what fits and must be given the rest again. */
  async #tryEnd(chunk: Uint8Array, sizeBytes: number, wait: (resolve: () => void) => void): Promise<boolean> {
    const res = this.#res;
    const start = res.getWriteOffset();
    let rest = chunk;
    while (this.#state === 'answering') {
      let ok = false;
      let finished = false;
      res.cork(() => { [ok, finished] = res.tryEnd(rest, sizeBytes); });
      if (finished) {
        this.#done();
        return true;
      }
      if (ok) return true;
      await new Promise<void>((resolve) => wait(resolve));
      if (this.#state !== 'answering') return true;
      rest = chunk.subarray(res.getWriteOffset() - start);
      if (rest.byteLength === 0) return true;
    }
    return true;
  }

  #events(open: (sink: { write(text: string): void; end(): void; bufferedBytes(): number }) => () => void): void {
    const res = this.#res;
    let waitingBytes = 0;
    res.onWritable(() => {
      waitingBytes = 0;
      return true;
    });
    const sink = {
      write: (text: string): void => {
        if (this.#state !== 'answering') return;
        let taken = true;
        res.cork(() => { taken = res.write(text); });
        waitingBytes = taken ? 0 : waitingBytes + text.length;
        if (waitingBytes > eventBufferBytesMax) {
          res.close();
          this.#done();
        }
      },
      end: (): void => {
        if (this.#state !== 'answering') return;
        res.cork(() => { res.end(); });
        this.#done();
      },
      bufferedBytes: (): number => waitingBytes,
    };
    this.endStream = sink.end;
    this.#streams.add(this);
    this.#onDone.push(() => this.#streams.delete(this));
    const release = open(sink);
    // It may have ended while it opened.
    if (this.#state === 'answering') this.#onDone.push(release);
    else release();
  }
}

function writeHead(res: HttpResponse, answer: HttpAnswer): void {
  res.writeStatus(statusLine(answer.status));
  for (const [name, value] of Object.entries(answer.headers)) {
    // A line break in a value would end the header and begin another: the value is cut there.
    for (const one of typeof value === 'string' ? [value] : value) res.writeHeader(name, one.replace(/[\r\n]+/g, ' '));
  }
}

class UwsSocket implements Socket {
  readonly id: number;
  readonly #ws: WebSocket<UserData>;
  #open = true;

  constructor(id: number, ws: WebSocket<UserData>) {
    this.id = id;
    this.#ws = ws;
  }

  isOpen = (): boolean => this.#open;
  gone(): void { this.#open = false; }
  sendText(text: string): void { if (this.#open) this.#ws.send(text, false); }
  sendBytes(bytes: Uint8Array): void { if (this.#open) this.#ws.send(bytes, true); }
  bufferedBytes(): number { return this.#open ? this.#ws.getBufferedAmount() : 0; }
  subscribe(topic: string): void { if (this.#open) this.#ws.subscribe(topic); }
  unsubscribe(topic: string): void { if (this.#open) this.#ws.unsubscribe(topic); }
  /** To all subscribers but this one. */
  publish(topic: string, message: string | Uint8Array): void { if (this.#open) this.#ws.publish(topic, message, typeof message !== 'string'); }
  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#ws.end(code, closeReason(reason));
  }
}

/** A close frame holds at most 123 bytes of reason. */
function closeReason(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > 120) text = text.slice(0, -8);
  return text;
}

/** `::ffff:127.0.0.1` and its long form are 127.0.0.1; zeros of IPv6 are written short. */
function addressText(bytes: ArrayBuffer): string {
  const text = Buffer.from(bytes).toString('latin1');
  const mapped = /^(?:0000:){5}ffff:([0-9a-f]{2})([0-9a-f]{2}):([0-9a-f]{2})([0-9a-f]{2})$/.exec(text);
  if (mapped !== null) return mapped.slice(1).map((hex) => Number.parseInt(hex, 16)).join('.');
  if (text === '0000:0000:0000:0000:0000:0000:0000:0001') return '::1';
  return text;
}

function never(body: never): never {
  throw new Error(`unknown body ${JSON.stringify(body)}`);
}
