/**
 * What the rest of the edge knows of the network. Nothing outside this folder names uWebSockets: a request is plain data with a body
 * that is read on demand, an answer is plain data, a socket is a handler of frames.
 */

export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Percent-encoded, as sent. */
  readonly path: string;
  /** Without `?`, as sent. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The peer's, or what a trusted proxy says of it. */
  readonly address: string;
  /** True when the connection, or a trusted proxy's, is encrypted. */
  readonly encrypted: boolean;
  readonly body: RequestBody;
}

export interface RequestBody {
  /** The whole body, or a ProtocolError 413 when it is larger. What comes after the limit is drained, not kept. */
  read(bytesMax: number): Promise<Uint8Array>;
  /** Hands chunks on as they arrive; the network waits while a chunk's promise is pending. The chunk may be kept. */
  stream(take: (chunk: Uint8Array) => void | Promise<void>): Promise<void>;
}

export type AnswerBody =
  | { readonly type: 'empty' }
  | { readonly type: 'bytes'; readonly bytes: string | Uint8Array }
  | { readonly type: 'stream'; readonly chunks: AsyncIterable<Uint8Array>; readonly sizeBytes?: number }
  /** Stays open until `end`; the answered function is called when either side has closed it. */
  | { readonly type: 'events'; readonly open: (sink: EventSink) => () => void };

export interface EventSink {
  write(text: string): void;
  end(): void;
  /** What the reader has not taken yet. */
  bufferedBytes(): number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: AnswerBody;
}

export type HttpHandler = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** Everything of an upgrade request, read before any wait: afterwards it is gone. */
export type UpgradeRequest = Omit<HttpRequest, 'body' | 'method'> & { readonly protocols: readonly string[] };

export type Upgraded =
  | { readonly type: 'accepted'; readonly protocol: string | undefined; readonly open: (socket: Socket) => SocketHandler }
  | { readonly type: 'refused'; readonly answer: HttpAnswer };

export interface SocketHandler {
  /** The bytes are only valid during the call. */
  message(bytes: Uint8Array, isBinary: boolean): void;
  drained(): void;
  closed(code: number): void;
}

/** One open WebSocket. After it has closed, every call is quietly without effect: commits finish later than connections. */
export interface Socket {
  readonly id: number;
  readonly isOpen: () => boolean;
  sendText(text: string): void;
  sendBytes(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  bufferedBytes(): number;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
}

export interface TransportOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  /** Addresses whose `X-Forwarded-…` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly frameBytesMax: number;
  readonly backpressureBytesMax: number;
  /** A socket that answers no ping for so long is half open and closed: 8 to 960 s. */
  readonly socketIdleSeconds: number;
  readonly http: HttpHandler;
  readonly upgrade: (request: UpgradeRequest) => Upgraded | Promise<Upgraded>;
  /** A handler threw: a bug, for the log. */
  readonly onFault: (error: unknown, where: string) => void;
}

export interface Transport {
  readonly port: number;
  /** To all subscribers but, when given, one; encoded once. */
  publish(topic: string, message: string | Uint8Array, exceptSocketId?: number): void;
  figures(): { readonly requests: number; readonly sockets: number; readonly pendingRequests: number };
  /** Takes no new connections, closes sockets with 1012 (restart). */
  stopListening(): void;
  /** Ends whatever is still open. */
  close(): void;
}
