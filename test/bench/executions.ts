/**
 * Two-task executions per minute and created-to-durable-end latency: Ensemble over HTTP (`wait=true` answers after the end is
 * flushed) and BullMQ on Redis with `appendfsync always` (two jobs, the second added by the first), at the same fixed rates.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { request as httpRequest, Agent } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpuUs } from './keystroke.ts';

export interface RateFigures {
  readonly ratePerMinute: number;
  readonly completedPerMinute: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly cpuUsPerExecution: number;
}

export const twoTaskFlow = `id: two-tasks
namespace: bench
tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: "{{ execution.id }}"
  - id: second
    type: io.kestra.plugin.core.output.OutputValues
    values:
      seen: "{{ outputs.first.value }}"
`;

/** Starts `start` at a fixed rate for `seconds` and measures each to its end. Open loop: a slow server meets a growing backlog. */
export async function atRate(perSecond: number, seconds: number, start: () => Promise<void>): Promise<{ latencies: number[]; elapsedMs: number; failed: number }> {
  const latencies: number[] = [];
  const pending = new Set<Promise<void>>();
  let failed = 0;
  const begun = performance.now();
  const total = perSecond * seconds;
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - begun) / 1000) * perSecond));
    for (; sent < due; sent += 1) {
      const at = performance.now();
      const one: Promise<void> = start().then(() => { latencies.push(performance.now() - at); }, () => { failed += 1; }).finally(() => pending.delete(one));
      pending.add(one);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
  return { latencies: latencies.sort((a, b) => a - b), elapsedMs: performance.now() - begun, failed };
}

const figures = (perSecond: number, result: { latencies: number[]; elapsedMs: number }, cpu: number): RateFigures => {
  const at = (share: number): number => result.latencies[Math.min(result.latencies.length - 1, Math.floor(result.latencies.length * share))] ?? Number.NaN;
  return {
    ratePerMinute: perSecond * 60,
    completedPerMinute: Math.round((result.latencies.length / result.elapsedMs) * 60_000),
    p50Ms: at(0.5), p95Ms: at(0.95),
    cpuUsPerExecution: cpu / Math.max(1, result.latencies.length),
  };
};

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export function startExecution(port: number, wait: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path: `/api/v1/executions/bench/two-tasks?wait=${wait}`, agent, headers: { 'content-length': 0 } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => { text += part; });
      response.on('end', () => { if (response.statusCode === 200) resolve(text); else reject(new Error(`${response.statusCode} ${text.slice(0, 200)}`)); });
    });
    request.on('error', reject);
    request.end();
  });
}

export async function measureEnsembleRate(port: number, pid: number, perSecond: number, seconds: number): Promise<RateFigures> {
  const before = cpuUs(pid);
  const result = await atRate(perSecond, seconds, async () => {
    const text = await startExecution(port, true);
    if (!text.includes('"current":"SUCCESS"')) throw new Error(`not SUCCESS: ${text.slice(0, 300)}`);
  });
  if (result.failed > 0) process.stderr.write(`${result.failed} executions were refused or failed\n`);
  return figures(perSecond, result, cpuUs(pid) - before);
}

const freePort = (): Promise<number> => new Promise((resolve) => {
  const probe = createServer();
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
});

const here = dirname(fileURLToPath(import.meta.url));

/** Starts `count` executions, at most `atOnce` under way. */
export async function inFlight(count: number, atOnce: number, start: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (left > 0) {
      left -= 1;
      await start();
    }
  }));
}

export interface BullPeer {
  measure(perSecond: number, seconds: number): Promise<RateFigures>;
  stop(): Promise<void>;
}

/** Undefined where redis-server is not installed. */
export async function startBullMq(): Promise<BullPeer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-bench-redis-'));
  const port = await freePort();
  const redis: ChildProcess = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''], { stdio: ['ignore', 'pipe', 'ignore'] });
  const up = await new Promise<boolean>((resolve) => {
    redis.once('error', () => resolve(false));
    redis.stdout?.on('data', (bytes: Buffer) => { if (bytes.toString('utf8').includes('Ready to accept connections')) resolve(true); });
  });
  if (!up) return undefined;
  const worker: ChildProcess = spawn(process.execPath, [join(here, 'peer-bullmq.mjs'), String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => worker.stdout?.on('data', (bytes: Buffer) => { if (bytes.toString('utf8').includes('ready')) resolve(); }));
  const { Queue, QueueEvents } = await import('bullmq');
  const { Redis } = await import('ioredis');
  const open = (): InstanceType<typeof Redis> => new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: null });
  const connections = [open(), open()] as const;
  const first = new Queue('first', { connection: connections[0] });
  const events = new QueueEvents('second', { connection: connections[1] });
  await events.waitUntilReady();
  const waiting = new Map<string, () => void>();
  events.on('completed', ({ jobId }) => { waiting.get(jobId)?.(); waiting.delete(jobId); });
  let number = 0;
  return {
    async measure(perSecond, seconds) {
      const pids = [worker.pid ?? 0, redis.pid ?? 0];
      const before = pids.reduce((sum, pid) => sum + cpuUs(pid), 0);
      const result = await atRate(perSecond, seconds, async () => {
        number += 1;
        const id = `run-${number}`;
        const ended = new Promise<void>((resolve) => waiting.set(id, resolve));
        await first.add('first', { id }, { jobId: id, removeOnComplete: true });
        await ended;
      });
      return figures(perSecond, result, pids.reduce((sum, pid) => sum + cpuUs(pid), 0) - before);
    },
    async stop() {
      await first.close();
      await events.close();
      for (const connection of connections) connection.disconnect();
      worker.kill('SIGKILL');
      redis.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
