/**
 * A daemon that speaks Docker's HTTP API on a unix socket, for tests: a container is a folder and a process of this machine. Archives
 * are unpacked and packed by the machine's tar, so that ours meet somebody else's.
 */
import { Buffer } from 'node:buffer';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Container {
  readonly id: string;
  readonly body: Record<string, unknown> & { Entrypoint: string[]; Cmd: string[]; Env: string[] };
  readonly root: string;
  child: ChildProcess | undefined;
  exit: Promise<number>;
  attached: ServerResponse | undefined;
}

export interface Daemon {
  readonly host: string;
  /** `METHOD path?query`, ids replaced by `ID`. */
  readonly calls: readonly string[];
  readonly bodies: readonly (Record<string, unknown> & { readonly Labels?: Readonly<Record<string, string>>; readonly HostConfig?: Readonly<Record<string, unknown>> })[];
  /** Headers of pulls, decoded. */
  readonly logins: readonly unknown[];
  readonly running: () => number;
  readonly images: Set<string>;
  /** Resolves when a call of this form has come. */
  called(pattern: RegExp): Promise<void>;
  close(): Promise<void>;
}

export interface DaemonOptions {
  readonly images?: readonly string[];
  /** Answered in the stream of a pull. */
  readonly pullError?: string;
  readonly oomKilled?: boolean;
  /** What it answers to the creation of a container. */
  readonly refuses?: string;
  /** Containers that are there already, by label. */
  readonly leftOver?: readonly string[];
}

export async function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-daemon-'));
  const containers = new Map<string, Container>();
  const calls: string[] = [];
  const bodies: Container['body'][] = [];
  const logins: unknown[] = [];
  const images = new Set(options.images ?? []);
  const leftOver = new Set(options.leftOver ?? []);
  const sockets = new Set<Socket>();
  const listeners = new Set<() => void>();

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://docker');
    const said = `${request.method} ${decodeURIComponent(url.pathname + url.search)}`.replace(/\/containers\/c\d+/, '/containers/ID');
    calls.push(said);
    for (const listener of [...listeners]) listener();
    const json = (status: number, value: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const part = /^\/containers\/([^/]+)(\/.*)?$/.exec(url.pathname);
    if (url.pathname === '/_ping') return void response.writeHead(200, { 'api-version': '1.50' }).end('OK');
    if (url.pathname.startsWith('/images/') && request.method === 'GET') {
      const name = decodeURIComponent(url.pathname.slice('/images/'.length, -'/json'.length));
      return images.has(name) ? json(200, { Id: 'sha256:0' }) : json(404, { message: `No such image: ${name}` });
    }
    if (url.pathname === '/images/create') {
      const login = request.headers['x-registry-auth'];
      if (typeof login === 'string') logins.push(JSON.parse(Buffer.from(login, 'base64url').toString()));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"status":"Pulling from library"}\r\n{"status":"Downloading",');
      if (options.pullError !== undefined) return void response.end(`"progress":"1"}\r\n${JSON.stringify({ errorDetail: { message: options.pullError }, error: options.pullError })}\r\n`);
      images.add(`${url.searchParams.get('fromImage')}:${url.searchParams.get('tag')}`);
      return void response.end('"progress":"1"}\r\n{"status":"Downloaded"}\r\n');
    }
    if (url.pathname === '/containers/json') {
      const filters: unknown = JSON.parse(url.searchParams.get('filters') ?? '{}');
      return json(200, [...leftOver].filter((label) => JSON.stringify(filters).includes(label)).map((label) => ({ Id: `old-${label.length}` })));
    }
    if (url.pathname === '/containers/create') {
      const body = JSON.parse(await bytesOf(request).then(String)) as Container['body'];
      bodies.push(body);
      if (options.refuses !== undefined) return json(400, { message: options.refuses });
      const id = `c${bodies.length}`;
      const root = join(folder, id);
      await mkdir(join(root, 'ensemble/work'), { recursive: true });
      containers.set(id, { id, body, root, child: undefined, exit: Promise.resolve(0), attached: undefined });
      return json(201, { Id: id, Warnings: [] });
    }
    if (request.method === 'DELETE' && part?.[1]?.startsWith('old-') === true) return leftOver.clear(), void response.writeHead(204).end();
    const container = containers.get(part?.[1] ?? '');
    if (container === undefined) return json(404, { message: `No such container: ${part?.[1] ?? url.pathname}` });
    switch (`${request.method} ${part?.[2] ?? ''}`) {
      case 'PUT /archive': {
        const archive = join(folder, `${container.id}.tar`);
        await writeFile(archive, await bytesOf(request));
        await promisify(execFile)('tar', ['-xf', archive, '-C', container.root, '--no-same-owner']);
        return void response.writeHead(200).end();
      }
      case 'GET /archive': {
        const path = url.searchParams.get('path') ?? '';
        response.writeHead(200, { 'content-type': 'application/x-tar' });
        const packing = spawn('tar', ['-c', `--format=${container.body.Env.includes('TAR=gnu') ? 'gnu' : 'pax'}`, '-C', join(container.root, path, '..'), path.split('/').at(-1) ?? ''], { stdio: ['ignore', 'pipe', 'ignore'] });
        return void packing.stdout.pipe(response);
      }
      case 'POST /attach':
        container.attached = response;
        response.useChunkedEncodingByDefault = false;
        response.writeHead(200, { 'content-type': 'application/vnd.docker.multiplexed-stream', connection: 'close' });
        return response.flushHeaders();
      case 'POST /start': run(container); return void response.writeHead(204).end();
      case 'POST /wait': return json(200, { StatusCode: await container.exit, Error: null });
      case 'POST /stop': {
        const group = container.child?.pid;
        if (group !== undefined && container.child?.exitCode === null) {
          process.kill(-group, 'SIGTERM');
          const timer = setTimeout(() => process.kill(-group, 'SIGKILL'), Number(url.searchParams.get('t')) * 1000);
          await container.exit;
          clearTimeout(timer);
        }
        return void response.writeHead(204).end();
      }
      case 'GET /json': return json(200, { State: { OOMKilled: options.oomKilled ?? false } });
      case 'DELETE ':
        containers.delete(container.id);
        await rm(container.root, { recursive: true, force: true });
        return void response.writeHead(204).end();
      default: return json(404, { message: `page not found: ${said}` });
    }
  };
  /** The container's own paths are those of its folder. */
  const run = (container: Container): void => {
    const inside = (text: string): string => text.replaceAll('/ensemble/work', join(container.root, 'ensemble/work'));
    const [program = '', ...args] = [...container.body.Entrypoint, ...container.body.Cmd].map(inside);
    const env = Object.fromEntries(container.body.Env.map(inside).map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
    const child = spawn(program, args, { cwd: join(container.root, 'ensemble/work'), env: { PATH: process.env['PATH'] ?? '', ...env }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    container.child = child;
    const frame = (stream: number) => (chunk: Buffer): void => {
      const head = Buffer.alloc(8);
      head[0] = stream;
      head.writeUInt32BE(chunk.byteLength, 4);
      // Heads and payloads come in pieces, as over a real network.
      for (const piece of [head.subarray(0, 3), head.subarray(3), chunk.subarray(0, 1), chunk.subarray(1)]) container.attached?.write(piece);
    };
    child.stdout.on('data', frame(1));
    child.stderr.on('data', frame(2));
    container.exit = new Promise((resolve) => child.once('close', (code, signal) => {
      container.attached?.end();
      resolve(code ?? (signal === 'SIGKILL' ? 137 : 143));
    }));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((thrown: unknown) => response.writeHead(500).end(JSON.stringify({ message: String(thrown) })));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`, calls, bodies, logins, images,
    running: () => containers.size,
    called: (pattern) => new Promise((resolve) => {
      const look = (): void => {
        if (!calls.some((call) => pattern.test(call))) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    }),
    close: async () => {
      for (const { child } of containers.values()) if (child?.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
