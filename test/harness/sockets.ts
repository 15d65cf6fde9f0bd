/** Raw sockets of a test: what a stock library would hide (close codes, refused upgrades, single frames) is what refusals are made of. */
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import { until } from './server.ts';

export interface RawSocket {
  readonly socket: WebSocket;
  readonly frames: (string | Uint8Array)[];
  /** Code and reason, once it has closed. */
  end(): { readonly code: number; readonly reason: string } | undefined;
  ended(): Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export interface OpenOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly origin?: string;
}

const opened = new Set<{ readonly end: () => void }>();
/** Ends every socket and provider that this file opened: for `test.after`, so that a failed test does not hold the process. */
export function closeSockets(): void {
  for (const one of opened) one.end();
  opened.clear();
}

/** Opens, or throws `the upgrade was refused: STATUS BODY`. */
export async function openSocket(address: string, options: OpenOptions = {}): Promise<RawSocket> {
  const socket = new WebSocket(address, [...(options.protocols ?? [])], { headers: { ...options.headers }, ...(options.origin === undefined ? {} : { origin: options.origin }) });
  opened.add({ end: () => socket.terminate() });
  const frames: (string | Uint8Array)[] = [];
  let end: { readonly code: number; readonly reason: string } | undefined;
  socket.on('message', (data: Buffer, isBinary: boolean) => frames.push(isBinary ? new Uint8Array(data) : data.toString('utf8')));
  socket.on('close', (code: number, reason: Buffer) => { end = { code, reason: reason.toString('utf8') }; });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (part: Buffer) => { text += part.toString('utf8'); });
      response.on('end', () => reject(new Error(`the upgrade was refused: ${response.statusCode} ${text}`)));
    });
  });
  socket.on('error', () => undefined);
  return {
    socket, frames,
    end: () => end,
    ended: () => until('the socket is closed', () => end, (known) => known !== undefined) as Promise<{ readonly code: number; readonly reason: string }>,
    close: () => socket.terminate(),
  };
}

export interface RpcAnswer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly problem?: { readonly status: number; readonly message: string } } };
}

export interface RawRpc extends RawSocket {
  call(method: string, params?: unknown): Promise<RpcAnswer>;
}

let nextCall = 1;
export async function openRpc(port: number, options: OpenOptions = {}): Promise<RawRpc> {
  const raw = await openSocket(`ws://127.0.0.1:${port}/api/v1/main/rpc`, options);
  return {
    ...raw,
    async call(method, params = {}) {
      const id = nextCall;
      nextCall += 1;
      raw.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return await until(`${method} is answered`, () => {
        const closed = raw.end();
        for (const frame of raw.frames) {
          if (typeof frame !== 'string' || !frame.includes(`"id":${id}`)) continue;
          const answer = JSON.parse(frame) as RpcAnswer;
          if (answer.id === id) return answer;
        }
        if (closed !== undefined) throw new Error(`the socket closed with ${closed.code} ${closed.reason}`);
        return undefined;
      }, (answer) => answer !== undefined) as RpcAnswer;
    },
  };
}

export const syncAddress = (port: number, room: string): string => `ws://127.0.0.1:${port}/sync/main/${room}`;

/** The stock provider of y-websocket with Node's sockets, as any Yjs client would join. */
export function joinDocument(port: number, room: string, doc: Y.Doc, headers: Readonly<Record<string, string>> = {}): WebsocketProvider {
  class Headed extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols ?? [], { headers: { ...headers } });
    }
  }
  const provider = new WebsocketProvider(syncAddress(port, 'flow'), room, doc, { WebSocketPolyfill: Headed as unknown as typeof globalThis.WebSocket, disableBc: true });
  opened.add({ end: () => { provider.destroy(); doc.destroy(); } });
  return provider;
}

/** A port that is free now, for a server that has to come back on the same one. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A cable between a client and the server that a test can cut, hold, or move to another port. */
export interface Cable {
  readonly port: number;
  /** Where new connections go. */
  plug(port: number): void;
  /** Ends every connection at once, or the chosen ones, without a word of the protocol. */
  cut(chosen?: () => boolean): void;
  /** The client takes nothing any more, while the connection stays: a slow consumer. */
  hold(): void;
  release(): void;
  connections(): number;
  close(): Promise<void>;
}

export async function openCable(): Promise<Cable> {
  let target = 0;
  let held = false;
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
    if (held) far.unpipe(near).pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    plug: (port) => { target = port; },
    cut: (chosen = () => true) => { for (const { near, far } of [...pairs]) if (chosen()) { near.resetAndDestroy(); far.resetAndDestroy(); } },
    hold: () => {
      held = true;
      for (const { near, far } of pairs) far.unpipe(near).pause();
    },
    release: () => {
      held = false;
      for (const { near, far } of pairs) far.pipe(near);
    },
    connections: () => pairs.size,
    close: async () => {
      for (const { near, far } of [...pairs]) { near.destroy(); far.destroy(); }
      server.close();
      await once(server, 'close');
    },
  };
}
