/**
 * `npm run bench [-- keystrokes executions both start memory]`: every figure of docs/BENCHMARKS.md, each against its named peer in
 * this one run. Prints a markdown table and the load of the machine; loopback only; ends by itself.
 */
import { loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { discard, startServer, type TestServer } from '../harness/server.ts';
import { atRate, measureEnsembleRate, startBullMq, startExecution, twoTaskFlow } from './executions.ts';
import { measureEnsemble, measureHocuspocus, startHocuspocus, type KeystrokeFigures } from './keystroke.ts';

const words = process.argv.slice(2);
const wanted = (word: string): boolean => words.length === 0 || words.includes(word);
const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const load = (): string => loadavg().map((value) => value.toFixed(2)).join(' ');

export const typingFlow = 'id: typing\nnamespace: bench\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n# ';
/** Resident memory of a process, MB (Linux). */
const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function keystrokes(): Promise<void> {
  say(`\n### Keystrokes, load ${load()}`);
  say('| people | Ensemble p50 / p99 | Hocuspocus p50 / p99 | ratio of p99 | Ensemble CPU | Hocuspocus CPU | ratio of CPU |');
  say('|---|---|---|---|---|---|---|');
  for (const people of [2, 20, 100]) {
    const ours: KeystrokeFigures[] = [];
    const theirs: KeystrokeFigures[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await startServer();
      await server.putFlow(typingFlow.replace('typing', `typing${people}`));
      ours.push(await measureEnsemble(`bench/typing${people}`, server.port, server.pid, people, people === 100 ? 10 : 30, people === 100 ? 1000 : 200));
      await discard(server);
      const peer = await startHocuspocus();
      theirs.push(await measureHocuspocus(peer.port, peer.pid, people, people === 100 ? 10 : 30, people === 100 ? 1000 : 200));
      await peer.stop();
    }
    const pick = (list: readonly KeystrokeFigures[], key: 'p50Ms' | 'p99Ms' | 'cpuUsPerDelivery'): number => median(list.map((figure) => figure[key]));
    say(`| ${people} | ${ms(pick(ours, 'p50Ms'))} / ${ms(pick(ours, 'p99Ms'))} | ${ms(pick(theirs, 'p50Ms'))} / ${ms(pick(theirs, 'p99Ms'))} | ${(pick(ours, 'p99Ms') / pick(theirs, 'p99Ms')).toFixed(2)} | ${pick(ours, 'cpuUsPerDelivery').toFixed(1)} us | ${pick(theirs, 'cpuUsPerDelivery').toFixed(1)} us | ${(pick(ours, 'cpuUsPerDelivery') / pick(theirs, 'cpuUsPerDelivery')).toFixed(2)} |`);
  }
}

async function executions(): Promise<void> {
  say(`\n### Two-task executions, load ${load()}`);
  say('| rate asked | Ensemble done, p50 / p95, CPU | BullMQ (fsync always) done, p50 / p95, CPU |');
  say('|---|---|---|');
  const server = await startServer();
  await server.putFlow(twoTaskFlow);
  const peer = await startBullMq();
  for (const perSecond of [200, 500, 1000]) {
    const ours = await measureEnsembleRate(server.port, server.pid, perSecond, 10);
    const theirs = await peer?.measure(perSecond, 10);
    const cell = (figure: typeof ours | undefined): string => (figure === undefined ? 'redis-server is not installed' : `${figure.completedPerMinute}/min, ${ms(figure.p50Ms)} / ${ms(figure.p95Ms)}, ${figure.cpuUsPerExecution.toFixed(0)} us`);
    say(`| ${perSecond * 60}/min | ${cell(ours)} | ${cell(theirs)} |`);
  }
  await peer?.stop();
  await discard(server);
}

async function both(): Promise<void> {
  say(`\n### Both at once: 20 people type while 500 executions/s run, load ${load()}`);
  const server = await startServer();
  await server.putFlow(twoTaskFlow);
  await server.putFlow(typingFlow);
  const running = atRate(500, 12, async () => { await startExecution(server.port, true); });
  const typing = await measureEnsemble('bench/typing', server.port, server.pid, 20, 40, 200);
  const result = await running;
  say(`keystrokes p50 ${ms(typing.p50Ms)}, p99 ${ms(typing.p99Ms)}; executions done ${result.latencies.length} of 6000, failed ${result.failed}, p95 ${ms(result.latencies[Math.floor(result.latencies.length * 0.95)] ?? Number.NaN)}`);
  await discard(server);
}

async function start(): Promise<void> {
  say(`\n### Cold start and empty memory, load ${load()}`);
  const times: number[] = [];
  let memory = 0;
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    const server = await startServer();
    times.push(performance.now() - begun);
    memory = residentMb(server.pid);
    await discard(server);
  }
  say(`ready after ${median(times).toFixed(0)} ms (median of 5), ${memory.toFixed(0)} MB resident`);
}

async function memory(): Promise<void> {
  say(`\n### Memory with 100,000 executions, load ${load()}`);
  const server: TestServer = await startServer();
  await server.putFlow(twoTaskFlow);
  const result = await atRate(1000, 100, async () => { await startExecution(server.port, true); });
  await server.request('GET', '/api/v1/executions/search?size=100');
  say(`${result.latencies.length} executions ended, ${result.failed} failed; ${residentMb(server.pid).toFixed(0)} MB resident under load`);
  const again = await server.stop();
  const restarted = await startServer({ data: server.data });
  say(`after a restart (exit code ${again}): ${residentMb(restarted.pid).toFixed(0)} MB resident`);
  await discard(restarted);
}

if (wanted('start')) await start();
if (wanted('keystrokes')) await keystrokes();
if (wanted('executions')) await executions();
if (wanted('both')) await both();
if (wanted('memory')) await memory();
