/** Everything at once on one machine: 500 two-task executions a second, 100 watchers of their list, 20 people who type in a flow. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startServer, discard } from '../harness/server.ts';
import { atRate, startExecution, twoTaskFlow } from './executions.ts';
import { measureEnsemble, type KeystrokeFigures } from './keystroke.ts';

export interface JointFigures {
  readonly keystrokes: readonly KeystrokeFigures[];
  /** From the creation of an execution to the start of its first task, as its own history tells; of a sample of each round. */
  readonly firstTaskP95Ms: number;
  /** Asked over HTTP to durable end. */
  readonly executionP95Ms: number;
  readonly failed: number;
  readonly patchesPerWatcher: number;
  /** After each round. */
  readonly memoryMb: readonly number[];
}

interface Wire { readonly state: { readonly startDate: string }; readonly taskRunList?: readonly { readonly state: { readonly histories: readonly { readonly state: string; readonly date: string }[] } }[] }

const watchersMax = 100;

/** Rounds of nine seconds; many of them show whether the memory stays flat. */
export async function measureJoint(typingFlow: string, rounds: number, memoryOf: (pid: number) => number, told: (round: number, memoryMb: number) => void = () => undefined): Promise<JointFigures> {
  const server = await startServer();
  await server.putFlow(twoTaskFlow);
  await server.putFlow(typingFlow);
  const firstTasks: number[] = [];
  const executionP95: number[] = [];
  const keystrokes: KeystrokeFigures[] = [];
  const memoryMb: number[] = [];
  let failed = 0;
  let count = 0;
  const start = async (): Promise<void> => {
    const text = await startExecution(server.port, true);
    count += 1;
    if (count % 20 !== 0) return;
    const execution = JSON.parse(text) as Wire;
    const running = execution.taskRunList?.[0]?.state.histories.find((change) => change.state === 'RUNNING');
    if (running !== undefined) firstTasks.push(Date.parse(running.date) - Date.parse(execution.state.startDate));
  };
  const watchers = await openWatchers(server.port);
  await atRate(500, 3, start);
  firstTasks.length = 0;
  for (let round = 0; round < rounds; round += 1) {
    const running = atRate(500, 9, start);
    keystrokes.push(await measureEnsemble('bench/typing', server.port, server.pid, 20, 30, 200));
    const result = await running;
    failed += result.failed;
    executionP95.push(result.latencies[Math.floor(result.latencies.length * 0.95)] ?? Number.NaN);
    memoryMb.push(memoryOf(server.pid));
    told(round, memoryMb[round] ?? Number.NaN);
  }
  const patches = await watchers.close();
  await discard(server);
  const sorted = [...firstTasks].sort((a, b) => a - b);
  return {
    keystrokes, failed, memoryMb, patchesPerWatcher: Math.round(patches / watchersMax),
    firstTaskP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
    executionP95Ms: [...executionP95].sort((a, b) => a - b)[Math.floor(executionP95.length / 2)] ?? Number.NaN,
  };
}

/** Answers how many messages all of them have had. */
async function openWatchers(port: number): Promise<{ close(): Promise<number> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./watchers.mjs', import.meta.url)), String(port), String(watchersMax), 'executions?namespace=bench'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text; });
  while (!said.includes('ready')) await once(child.stdout, 'data');
  return {
    async close() {
      child.stdin.end();
      await once(child, 'close');
      return Number(said.split('\n')[1] ?? 0);
    },
  };
}
