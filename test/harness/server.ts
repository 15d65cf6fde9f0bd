/** A real server in a process of its own, from the bundle that `npm start` runs, on a free port and a fresh data directory. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const sharedConformance = join(root, '..', 'shared', 'conformance');

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
  readonly headers: Headers;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  request(method: string, path: string, options?: { readonly body?: string | Uint8Array | FormData; readonly headers?: Record<string, string> }): Promise<Answer>;
  /** Publishes a flow's text, created or replaced. */
  putFlow(source: string): Promise<unknown>;
  stop(): Promise<number | null>;
  kill9(): Promise<void>;
}

const readyLine = /Ensemble is listening on (http:\/\/[^\s]+):(\d+)/;

export interface StartOptions {
  readonly data?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly port?: number;
}

export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const data = options.data ?? await mkdtemp(join(tmpdir(), 'ensemble-test-'));
  const bundle = join(root, 'dist', 'server.js');
  if (!existsSync(bundle)) throw new Error('dist/server.js is missing: run `npm run build` first');
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', bundle, ...(options.args ?? [])], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', LANG: 'C.UTF-8', TZ: 'UTC', ENSEMBLE_PORT: String(options.port ?? 0), ENSEMBLE_DATA: data, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ready line within 30 s:\n${output}`)), 30_000);
    const read = (bytes: Buffer): void => {
      output = (output + bytes.toString('utf8')).slice(-200_000);
      const match = readyLine.exec(output);
      if (match !== null) { clearTimeout(timer); resolve(Number(match[2])); }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((code) => { clearTimeout(timer); reject(new Error(`the server ended with ${code} before it was ready:\n${output}`)); });
  });
  const url = `http://127.0.0.1:${port}`;
  const request: TestServer['request'] = async (method, path, { body, headers } = {}) => {
    const response = await fetch(url + path, { method, ...(body === undefined ? {} : { body: body as BodyInit }), headers: { ...(typeof body === 'string' && headers?.['content-type'] === undefined ? { 'content-type': 'application/json' } : {}), ...headers } });
    const text = await response.text();
    let json: unknown;
    try { json = text === '' ? undefined : JSON.parse(text); } catch { json = undefined; }
    return { status: response.status, text, json, headers: response.headers };
  };
  return {
    url, port, data, pid: child.pid ?? 0,
    output: () => output,
    request,
    async putFlow(source) {
      const id = /^id:\s*(\S+)/m.exec(source)?.[1] ?? '';
      const namespace = /^namespace:\s*(\S+)/m.exec(source)?.[1] ?? '';
      const yaml = { 'content-type': 'application/x-yaml' };
      let answer = await request('PUT', `/api/v1/flows/${namespace}/${id}`, { body: source, headers: yaml });
      if (answer.status === 404) answer = await request('POST', '/api/v1/flows', { body: source, headers: yaml });
      if (answer.status !== 200) throw new Error(`the flow was refused: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Ends the server and removes its data. */
export async function discard(server: TestServer): Promise<void> {
  await server.stop();
  await rm(server.data, { recursive: true, force: true });
}

/** Waits for a condition without a fixed sleep: asked again every few milliseconds, failing with what it last saw. */
export async function until<T>(what: string, ask: () => T | Promise<T>, holds: (value: T) => boolean = Boolean, timeoutMs = 15_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: T | undefined;
  let problem: unknown;
  while (performance.now() < end) {
    try {
      last = await ask();
      problem = undefined;
      if (holds(last)) return last;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited ${timeoutMs} ms in vain until ${what}; last seen: ${problem instanceof Error ? problem.message : JSON.stringify(last)?.slice(0, 500)}`);
}
