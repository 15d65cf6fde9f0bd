import type { SocketLike } from './connection.ts';

/** The browser's WebSocket to the RPC of a tenant, with the page's own origin and cookie. */
export function openBrowserSocket(tenant: string): SocketLike {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/${encodeURIComponent(tenant)}/rpc`);
  const handlers: Pick<SocketLike, 'onopen' | 'onmessage' | 'onclose'> = { onopen: null, onmessage: null, onclose: null };
  socket.addEventListener('open', () => handlers.onopen?.());
  socket.addEventListener('message', (event) => handlers.onmessage?.({ data: event.data }));
  socket.addEventListener('close', (event) => handlers.onclose?.({ code: event.code, reason: event.reason }));
  return Object.assign(handlers, {
    send: (text: string) => socket.send(text),
    close: (code?: number, reason?: string) => socket.close(code, reason),
  });
}
