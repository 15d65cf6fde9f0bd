/** Connections through a proxy: HTTP with CONNECT (RFC 9110, 9.3.6), and SOCKS 5 (RFC 1928, 1929). */
import { Buffer } from 'node:buffer';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TaskFailure } from '../values.ts';

export interface ProxyServer {
  readonly type: 'HTTP' | 'SOCKS';
  readonly host: string;
  readonly port: number;
  readonly login: { readonly username: string; readonly password: string } | undefined;
}

export const proxyAuthorization = (proxy: ProxyServer): Readonly<Record<string, string>> =>
  proxy.login === undefined ? {} : { 'proxy-authorization': `Basic ${Buffer.from(`${proxy.login.username}:${proxy.login.password}`).toString('base64')}` };

/** A socket that reaches the address through the proxy. The caller ends it by the signal. */
export function openTunnel(proxy: ProxyServer, target: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<Socket> {
  return proxy.type === 'HTTP' ? openHttpTunnel(proxy, target, signal) : openSocksTunnel(proxy, target, signal);
}

function openHttpTunnel(proxy: ProxyServer, target: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  return new Promise((resolve, reject) => {
    const asking = request({ host: proxy.host, port: proxy.port, method: 'CONNECT', path: authority, headers: { host: authority, ...proxyAuthorization(proxy) }, signal, agent: false });
    asking.once('error', (cause) => reject(proxyFailure(proxy, cause.message, cause)));
    asking.once('response', (response) => {
      response.resume();
      reject(proxyFailure(proxy, `it answered CONNECT with status ${response.statusCode ?? 0}`));
    });
    asking.once('connect', (response, socket) => {
      // Node types the socket as a stream in general; over TCP it is one of net.
      if (response.statusCode === 200 && isSocket(socket)) resolve(socket);
      else {
        socket.destroy();
        reject(proxyFailure(proxy, `it answered CONNECT with status ${response.statusCode ?? 0}`));
      }
    });
    asking.end();
  });
}

const isSocket = (stream: unknown): stream is Socket => stream !== null && typeof stream === 'object' && 'setKeepAlive' in stream;

async function openSocksTunnel(proxy: ProxyServer, target: { readonly host: string; readonly port: number }, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: proxy.host, port: proxy.port });
  const stop = (): void => void socket.destroy(new Error('the request was ended'));
  signal.addEventListener('abort', stop, { once: true });
  const reader = byteReader(socket);
  try {
    const methods = proxy.login === undefined ? [0] : [0, 2];
    socket.write(Buffer.from([5, methods.length, ...methods]));
    const [version, method] = await reader.read(2);
    if (version !== 5) throw proxyFailure(proxy, 'it does not speak SOCKS 5');
    if (method === 2 && proxy.login !== undefined) {
      const [user, password] = [Buffer.from(proxy.login.username), Buffer.from(proxy.login.password)];
      if (user.byteLength > 255 || password.byteLength > 255) throw proxyFailure(proxy, 'user and password may have 255 bytes each');
      socket.write(Buffer.concat([Buffer.from([1, user.byteLength]), user, Buffer.from([password.byteLength]), password]));
      if ((await reader.read(2))[1] !== 0) throw proxyFailure(proxy, 'it refused the user and password');
    } else if (method !== 0) throw proxyFailure(proxy, 'it wants a user and password');
    const host = Buffer.from(target.host.replace(/^\[|\]$/g, ''));
    socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, host.byteLength]), host, Buffer.from([target.port >> 8, target.port & 255])]));
    const [, status, , kind] = await reader.read(4);
    if (status !== 0) throw proxyFailure(proxy, `it could not reach ${target.host}:${target.port} (code ${status ?? -1})`);
    await reader.read((kind === 1 ? 4 : kind === 4 ? 16 : (await reader.read(1))[0] ?? 0) + 2);
    reader.release();
    return socket;
  } catch (thrown) {
    socket.destroy();
    if (thrown instanceof TaskFailure || !(thrown instanceof Error)) throw thrown;
    throw proxyFailure(proxy, thrown.message, thrown);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Reads exact counts of bytes; what came too much goes back into the socket on release. */
function byteReader(socket: Socket): { read(count: number): Promise<Uint8Array>; release(): void } {
  let buffered = Buffer.alloc(0);
  let wanted: (() => void) | undefined;
  let broken: Error | undefined;
  const onData = (chunk: Buffer): void => {
    buffered = Buffer.concat([buffered, chunk]);
    wanted?.();
  };
  const onError = (cause: Error): void => {
    broken = cause;
    wanted?.();
  };
  const onEnd = (): void => onError(new Error('it closed the connection'));
  socket.on('data', onData).on('error', onError).on('end', onEnd);
  return {
    read: async (count) => {
      while (buffered.byteLength < count) {
        if (broken !== undefined) throw broken;
        await new Promise<void>((resolve) => {
          wanted = resolve;
        });
      }
      const bytes = buffered.subarray(0, count);
      buffered = buffered.subarray(count);
      return bytes;
    },
    release: () => {
      socket.pause();
      socket.off('data', onData).off('error', onError).off('end', onEnd);
      if (buffered.byteLength > 0) socket.unshift(buffered);
    },
  };
}

const proxyFailure = (proxy: ProxyServer, why: string, cause?: unknown): TaskFailure =>
  new TaskFailure(`The proxy ${proxy.host}:${proxy.port} (${proxy.type}) cannot be used: ${why}. See "options.proxy".`, { cause });
