/**
 * `npm run bench [-- start keystrokes executions both joint memory]`: every figure of docs/BENCHMARKS.md, each against its named peer in
 * this one run; `keystrokes 100` measures that number of people only. Medians of rounds that alternate between the two servers,
 * both warm; loopback only; ends by itself. Prints markdown and the load of the machine beside it.
 */
import { loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { discard, startServer } from '../harness/server.ts';
import { atRate, inFlight, measureEnsembleRate, startBullMq, startExecution, twoTaskFlow, type RateFigures } from './executions.ts';
import { measureJoint } from './joint.ts';
import { measureEnsemble, measureHocuspocus, startHocuspocus, type KeystrokeFigures } from './keystroke.ts';

const words = process.argv.slice(2).filter((word) => !/^\d+$/.test(word));
const numbers = process.argv.slice(2).filter((word) => /^\d+$/.test(word)).map(Number);
const wanted = (word: string): boolean => words.length === 0 || words.includes(word);
const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const load = (): string => loadavg().map((value) => value.toFixed(2)).join(' ');

export const typingFlow = 'id: typing\nnamespace: bench\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n# ';
/** Resident memory of a process, MB (Linux). */
export const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
/** Of its own, without the pages of the store that the kernel lends it and takes back (Linux). */
const anonymousMb = (pid: number): number => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const medianOf = <K extends string>(list: readonly Readonly<Record<K, number>>[], key: K): number => median(list.map((figure) => figure[key]));

async function keystrokes(): Promise<void> {
  say(`\n### Keystrokes, load ${load()}`);
  say('| people | Ensemble p50 / p99 | Hocuspocus p50 / p99 | ratio of p99 | Ensemble CPU per delivery | Hocuspocus CPU | ratio of CPU |');
  say('|---|---|---|---|---|---|---|');
  for (const people of numbers.length > 0 ? numbers : [2, 20, 100]) {
    const ours: KeystrokeFigures[] = [];
    const theirs: KeystrokeFigures[] = [];
    const [keys, intervalMs] = people >= 100 ? [8, 1000] : [30, 200];
    // The two are near each other where it counts: more rounds there.
    for (let round = 0; round < (people >= 100 ? 7 : 3); round += 1) {
      const server = await startServer();
      await server.putFlow(typingFlow);
      ours.push(await measureEnsemble('bench/typing', server.port, server.pid, people, keys, intervalMs));
      await discard(server);
      const peer = await startHocuspocus();
      theirs.push(await measureHocuspocus(peer.port, peer.pid, people, keys, intervalMs));
      await peer.stop();
    }
    const missing = people * keys * (people - 1) - Math.min(...ours.map((figure) => figure.deliveries));
    const [p99, peerP99] = [medianOf(ours, 'p99Ms'), medianOf(theirs, 'p99Ms')];
    const [cpu, peerCpu] = [medianOf(ours, 'cpuUsPerDelivery'), medianOf(theirs, 'cpuUsPerDelivery')];
    say(`| ${people} | ${ms(medianOf(ours, 'p50Ms'))} / ${ms(p99)} | ${ms(medianOf(theirs, 'p50Ms'))} / ${ms(peerP99)} | ${(p99 / peerP99).toFixed(2)} | ${cpu.toFixed(1)} us | ${peerCpu.toFixed(1)} us | ${(cpu / peerCpu).toFixed(2)} |${missing > 0 ? ` ${missing} keys did not arrive` : ''}`);
  }
}

async function executions(): Promise<void> {
  say(`\n### Two-task executions, load ${load()}`);
  say('| rate asked | Ensemble done, p50 / p95, CPU each | BullMQ (fsync always) done, p50 / p95, CPU each |');
  say('|---|---|---|');
  const server = await startServer();
  await server.putFlow(twoTaskFlow);
  const peer = await startBullMq();
  await measureEnsembleRate(server.port, server.pid, 300, 3);
  await peer?.measure(300, 3);
  for (const perSecond of numbers.length > 0 ? numbers : [500, 1000]) {
    const ours: RateFigures[] = [];
    const theirs: RateFigures[] = [];
    for (let round = 0; round < 3; round += 1) {
      ours.push(await measureEnsembleRate(server.port, server.pid, perSecond, 4));
      if (peer !== undefined) theirs.push(await peer.measure(perSecond, 4));
    }
    const cell = (list: readonly RateFigures[]): string => (list.length === 0 ? 'redis-server is not installed' : `${medianOf(list, 'completedPerMinute')}/min, ${ms(medianOf(list, 'p50Ms'))} / ${ms(medianOf(list, 'p95Ms'))}, ${medianOf(list, 'cpuUsPerExecution').toFixed(0)} us`);
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
  const start = async (): Promise<void> => { await startExecution(server.port, true); };
  await atRate(500, 3, start);
  const typing: KeystrokeFigures[] = [];
  const p95s: number[] = [];
  let failed = 0;
  for (let round = 0; round < 3; round += 1) {
    const running = atRate(500, 9, start);
    typing.push(await measureEnsemble('bench/typing', server.port, server.pid, 20, 30, 200));
    const result = await running;
    failed += result.failed;
    p95s.push(result.latencies[Math.floor(result.latencies.length * 0.95)] ?? Number.NaN);
  }
  say(`keystrokes p50 ${ms(medianOf(typing, 'p50Ms'))}, p99 ${ms(medianOf(typing, 'p99Ms'))} (${typing.map((figure) => ms(figure.p99Ms)).join(', ')}); executions p95 ${ms(median(p95s))}, failed ${failed}`);
  await discard(server);
}

async function joint(): Promise<void> {
  const rounds = numbers[0] ?? 3;
  say(`\n### All at once: 500 executions/s, 100 watchers, 20 people type, ${rounds} rounds of 9 s, load ${load()}`);
  const found = await measureJoint(typingFlow, rounds, anonymousMb, (round, memoryMb) => { if (rounds > 10 && round % 20 === 0) say(`round ${round}: ${memoryMb.toFixed(0)} MB`); });
  const [first = Number.NaN] = found.memoryMb;
  say(`keystrokes p50 ${ms(medianOf(found.keystrokes, 'p50Ms'))}, p99 ${ms(medianOf(found.keystrokes, 'p99Ms'))} (worst round ${ms(Math.max(...found.keystrokes.map((figure) => figure.p99Ms)))}); creation to first task p95 ${ms(found.firstTaskP95Ms)}; executions p95 ${ms(found.executionP95Ms)}, failed ${found.failed}; ${found.patchesPerWatcher} patches a watcher; memory of its own ${first.toFixed(0)} MB after the first round, ${Math.max(...found.memoryMb).toFixed(0)} MB at most, ${(found.memoryMb[found.memoryMb.length - 1] ?? Number.NaN).toFixed(0)} MB at the end`);
}

async function start(): Promise<void> {
  say(`\n### Cold start and empty memory, load ${load()}`);
  const times: number[] = [];
  const memories: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    const server = await startServer();
    times.push(performance.now() - begun);
    memories.push(residentMb(server.pid));
    await discard(server);
  }
  say(`ready after ${median(times).toFixed(0)} ms (median of 5: ${times.map((time) => time.toFixed(0)).join(', ')}), ${median(memories).toFixed(0)} MB resident`);
}

async function memory(): Promise<void> {
  say(`\n### Memory with 100,000 executions, load ${load()}`);
  const server = await startServer();
  await server.putFlow(twoTaskFlow);
  const begun = performance.now();
  await inFlight(100_000, 100, async () => { await startExecution(server.port, true); });
  const elapsedMs = performance.now() - begun;
  const busy = residentMb(server.pid);
  const found = await server.request('GET', '/api/v1/executions/search?size=100');
  await server.stop();
  const restartedAt = performance.now();
  const restarted = await startServer({ data: server.data });
  const readyMs = performance.now() - restartedAt;
  const empty = residentMb(restarted.pid);
  const listed = await restarted.request('GET', '/api/v1/executions/search?size=100');
  say(`100,000 in ${(elapsedMs / 1000).toFixed(0)} s with 100 under way (${Math.round(100_000 / (elapsedMs / 60_000))}/min); ${busy.toFixed(0)} MB resident right after; search ${found.status}. After a restart: ready in ${readyMs.toFixed(0)} ms, ${empty.toFixed(0)} MB resident, ${residentMb(restarted.pid).toFixed(0)} MB after a page of the list (${listed.status})`);
  await discard(restarted);
}

if (process.argv[1]?.endsWith('run.ts') === true) {
  if (wanted('start')) await start();
  if (wanted('keystrokes')) await keystrokes();
  if (wanted('executions')) await executions();
  if (wanted('both')) await both();
  if (wanted('joint')) await joint();
  if (wanted('memory')) await memory();
}
