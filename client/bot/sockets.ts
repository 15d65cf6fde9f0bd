/** Sockets with a token: Node's can send a header, a browser's only its list of protocols. */
import { WebSocket as NodeWebSocket } from 'ws';
import type { SocketLike } from '../connection/index.ts';

const isNode = (): boolean => typeof window === 'undefined' && typeof process !== 'undefined';

/** The stock WebSocket provider takes a class: this one carries the token. */
export function socketClass(token: string): typeof WebSocket {
  if (!isNode()) {
    return class extends WebSocket {
      constructor(address: string | URL) {
        super(address, [`bearer.${token}`]);
      }
    };
  }
  class TokenSocket extends NodeWebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  // `ws` implements what the provider uses of a browser's WebSocket; its types are its own.
  return TokenSocket as unknown as typeof WebSocket;
}

export function openTokenSocket(address: string, token: string): SocketLike {
  const socket = new (socketClass(token))(address);
  const handlers: Pick<SocketLike, 'onopen' | 'onmessage' | 'onclose'> = { onopen: null, onmessage: null, onclose: null };
  socket.onopen = () => handlers.onopen?.();
  socket.onmessage = (event: { readonly data: unknown }) => handlers.onmessage?.({ data: event.data });
  socket.onclose = (event: { readonly code: number; readonly reason: string }) => handlers.onclose?.({ code: event.code, reason: event.reason });
  // A failed connection is followed by a close, which is what counts; without a listener Node would end the process.
  socket.onerror = () => {};
  return Object.assign(handlers, {
    send: (text: string) => socket.send(text),
    close: (code?: number, reason?: string) => socket.close(code, reason),
  });
}
