// What ends tasks and threads: kills, timeouts, breaks; and what they may take.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../core/protocol/limits.ts';
import { openBench, type Bench } from './testing.ts';

const sleep = 'io.kestra.plugin.core.flow.Sleep';
const commands = 'io.kestra.plugin.scripts.shell.Commands';
const burn = 'io.ensemble.plugin.test.Burn';
const runner = { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' } };

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const isAlive = (pid: number): boolean => {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  // A zombie has ended; only nobody has asked for its exit code yet.
  return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
};
/** Starts commands that print the ids of processes, and waits for the ids. */
async function started(bench: Bench, lines: readonly string[], count: number) {
  const task = bench.start(commands, { ...runner, commands: lines });
  const pids: number[] = [];
  await task.seen((event) => {
    if (event.type === 'logged') pids.push(...event.lines.map((line) => Number(line.message)).filter((pid) => pid > 0));
    return pids.length >= count;
  });
  return { ...task, pids };
}

let bench: Bench;
test.before(async () => {
  bench = await openBench();
});
test.after(() => bench.close());

test('a kill ends a waiting task at once', async () => {
  const task = bench.start(sleep, { duration: 'PT1H' });
  await task.seen((event) => event.type === 'started');
  bench.worker.kill(task.jobId);
  const { ended, logs } = await task.result;
  assert.ok(ended.killed);
  assert.equal(logs, []);
});

test('a timeout ends a waiting task and says so', async () => {
  const { ended, logs } = await bench.run(sleep, { duration: 'PT1H' }, { job: { timeoutMs: 50 } });
  assert.ok(ended.timedOut);
  assert.not(ended.killed);
  assert.equal(ended.outcome, { type: 'failed', message: 'Timeout after PT0.05S' });
  assert.equal(logs.map((line) => line.message), ['Timeout after PT0.05S']);
});

test('a kill ends the command with all its children', async () => {
  const task = await started(bench, ['sleep 1000 & echo $!', 'sh -c "echo \\$\\$; sleep 1000"'], 2);
  assert.is(task.pids.every(isAlive), true);
  bench.worker.kill(task.jobId);
  assert.ok((await task.result).ended.killed);
  await until(() => !task.pids.some(isAlive));
});

test('a command that does not listen to SIGTERM is ended after five seconds', async () => {
  const task = await started(bench, ['trap "" TERM', 'echo $$', 'while :; do sleep 0.1; done'], 1);
  const before = performance.now();
  bench.worker.kill(task.jobId);
  assert.ok((await task.result).ended.killed);
  const tookMs = performance.now() - before;
  assert.ok(tookMs > 4500 && tookMs < 7500, `${tookMs} ms`);
  await until(() => !task.pids.some(isAlive));
});

test('what a command leaves in the background ends with it', async () => {
  const task = await started(bench, ['sleep 1000 >/dev/null 2>&1 & echo $!'], 1);
  assert.is((await task.result).ended.outcome.type, 'succeeded');
  await until(() => !task.pids.some(isAlive));
});

for (const [what, command] of [
  ['leaves the process group', 'setsid sh -c "echo \\$\\$; exec sleep 1000" &'],
  ['leaves the process group, ignores SIGTERM and holds the output open', 'setsid sh -c "trap \'\' TERM; echo \\$\\$; while :; do sleep 0.1; done" &'],
  ['leaves the process group and closes its output', 'setsid sh -c "echo \\$\\$; exec sleep 1000 >/dev/null 2>&1" &'],
] as const) {
  // The child has said its id before the command ends, or is killed.
  const holding = ['exec 3>&1', 'mkfifo said', `(${command.replace('echo \\$\\$', 'echo \\$\\$ | tee said >&3')}) >&3`, 'read pid < said'];
  test(`a child that ${what} neither holds the task up nor outlives it`, async () => {
    const task = await started(bench, holding, 1);
    assert.is((await task.result).ended.outcome.type, 'succeeded');
    await until(() => !task.pids.some(isAlive));
  });

  test(`a kill ends a child that ${what}`, async () => {
    const task = await started(bench, [...holding, 'sleep 1000'], 1);
    assert.is(task.pids.every(isAlive), true);
    bench.worker.kill(task.jobId);
    assert.ok((await task.result).ended.killed);
    await until(() => !task.pids.some(isAlive));
  });
}

test('a timeout ends commands, too', async () => {
  const { ended } = await bench.run(commands, { ...runner, commands: ['sleep 1000'] }, { job: { timeoutMs: 200 } });
  assert.ok(ended.timedOut);
  assert.match(ended.outcome.type === 'failed' ? ended.outcome.message : '', /^Timeout after/);
});

test('the directory of a task is gone when it has ended', async () => {
  await bench.run(commands, { ...runner, commands: ['echo x > file.txt', 'chmod 500 .'] });
  await until(() => readdirSync(join(bench.path, 'data', 'work')).length === 0);
});

test('200 MB of output do not grow memory, and the log says what it left out', async () => {
  await bench.run(commands, { ...runner, commands: ['echo warm'] });
  const lines = { count: 0, bytes: 0, last: '' };
  let peak = 0;
  const before = process.memoryUsage().rss;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const task = bench.start(commands, { ...runner, commands: ['head -c 200000000 /dev/zero | tr "\\\\0" "a" | fold -w 200'] }, { keepsLogs: false });
  bench.worker.onEvent((event) => {
    if (event.jobId !== task.jobId || event.type !== 'logged') return;
    lines.count += event.lines.length;
    for (const line of event.lines) lines.bytes += line.message.length;
    lines.last = event.lines.at(-1)?.message ?? '';
  });
  const { ended } = await task.result;
  clearInterval(timer);
  assert.is(ended.outcome.type, 'succeeded');
  assert.is(ended.outcome.outputs?.['stdOutLineCount'], 1_000_000);
  assert.ok(lines.bytes <= limits.logBytesPerTaskRunMax + 1000, `${lines.bytes}`);
  assert.match(lines.last, /log of this task run is full at 67108864 bytes: 66\d{4} more lines/);
  const grownMb = (peak - before) / 1024 / 1024;
  assert.ok(grownMb < 60, `grew by ${grownMb.toFixed(1)} MB`);
});

test('a line without an end is cut, and does not grow memory', async () => {
  const before = process.memoryUsage().rss;
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const { ended } = await bench.start(commands, { ...runner, commands: ['head -c 50000000 /dev/zero | tr "\\\\0" "a"'] }, { keepsLogs: false }).result;
  clearInterval(timer);
  assert.is(ended.outcome.outputs?.['stdOutLineCount'], Math.ceil(50_000_000 / limits.logMessageCharsMax));
  const grownMb = (peak - before) / 1024 / 1024;
  assert.ok(grownMb < 60, `grew by ${grownMb.toFixed(1)} MB`);
});

test('more tasks than slots wait for their turn, and a waiting one can be killed', async () => {
  const small = await openBench({ threads: 1, slotsPerThread: 1 });
  try {
    const first = small.start(sleep, { duration: 'PT1H' });
    await first.seen((event) => event.type === 'started');
    const second = small.start(sleep, { duration: 'PT0S' });
    const third = small.start(sleep, { duration: 'PT1H' });
    small.worker.kill(third.jobId);
    assert.ok((await third.result).ended.killed);
    assert.is(small.worker.figures().find((figure) => figure.kind === 'thread')?.busy, 1);
    small.worker.kill(first.jobId);
    assert.is((await second.result).ended.outcome.type, 'succeeded');
  } finally {
    await small.close();
  }
});

test('a thread that is kept busy is ended: the task that did it is killed, a neighbour that had begun fails with the reason, one that had not runs elsewhere', async () => {
  const small = await openBench({ threads: 1 });
  try {
    const neighbour = small.start(sleep, { duration: 'PT1H' });
    await neighbour.seen((event) => event.type === 'started');
    const busy = small.start(burn, { how: 'BUSY', duration: 'PT1H' });
    await busy.seen((event) => event.type === 'started');
    const late = small.start(sleep, { duration: 'PT0S' });
    small.worker.kill(busy.jobId);
    assert.ok((await busy.result).ended.killed);
    const lost = (await neighbour.result).ended;
    assert.match(lost.outcome.type === 'failed' ? lost.outcome.message : '', /was busy and had to be ended, after the task "task" of execution execution0000000000000 on it was told to stop/);
    assert.not(lost.killed);
    assert.is((await late.result).ended.outcome.type, 'succeeded');
  } finally {
    await small.close();
  }
});

test('a task that does not listen is given up, its neighbours go on, and new tasks get another thread', async () => {
  const small = await openBench({ threads: 1 });
  try {
    const neighbour = small.start(sleep, { duration: 'PT7S' });
    const deaf = small.start(burn, { how: 'DEAF', duration: 'PT1H' });
    await deaf.seen((event) => event.type === 'started');
    small.worker.kill(deaf.jobId);
    assert.ok((await deaf.result).ended.killed);
    assert.is((await small.run(sleep, { duration: 'PT0S' })).ended.outcome.type, 'succeeded');
    assert.is((await neighbour.result).ended.outcome.type, 'succeeded');
    await until(() => small.worker.figures().filter((figure) => figure.kind === 'thread').length === 1);
  } finally {
    await small.close();
  }
});

test('a timeout reaches a task that keeps its thread busy', async () => {
  const small = await openBench({ threads: 1 });
  try {
    const { ended } = await small.run(burn, { how: 'BUSY', duration: 'PT1H' }, { job: { timeoutMs: 100 } });
    assert.ok(ended.timedOut);
    assert.equal(ended.outcome, { type: 'failed', message: 'Timeout after PT0.1S' });
  } finally {
    await small.close();
  }
});

test('a thread that runs out of memory fails its tasks with that reason, and the next task runs', async () => {
  const small = await openBench({ threads: 1, heapBytesMax: 64 * 1024 * 1024 });
  try {
    const { ended } = await small.run(burn, { how: 'MEMORY' });
    assert.match(ended.outcome.type === 'failed' ? ended.outcome.message : '', /ran out of memory/);
    assert.is((await small.run(sleep, { duration: 'PT0S' })).ended.outcome.type, 'succeeded');
  } finally {
    await small.close();
  }
});

test('a thread that breaks ends its commands and fails its tasks, and the next task runs', async () => {
  const small = await openBench({ threads: 1 });
  try {
    const neighbour = await started(small, ['echo $$', 'sleep 1000'], 1);
    const { ended, logs } = await small.run(burn, { how: 'BREAK' });
    assert.equal(ended.outcome, { type: 'failed', message: 'The thread of this task broke: broken on purpose' });
    assert.is(logs.at(-1)?.level, 'ERROR');
    assert.is((await neighbour.result).ended.outcome.type, 'failed');
    await until(() => !neighbour.pids.some(isAlive));
    assert.is((await small.run(sleep, { duration: 'PT0S' })).ended.outcome.type, 'succeeded');
  } finally {
    await small.close();
  }
});

test('closing the worker ends all commands, and says nothing about tasks that will run again', async () => {
  const small = await openBench();
  const task = await started(small, ['echo $$', 'sleep 1000'], 1);
  const events: string[] = [];
  small.worker.onEvent((event) => void events.push(event.type));
  await small.close();
  await until(() => !task.pids.some(isAlive));
  assert.equal(events, []);
});

test('while one thread is kept busy, tasks run on the other', async () => {
  const small = await openBench({ threads: 2 });
  try {
    await Promise.all([small.run(sleep, { duration: 'PT0.1S' }), small.run(sleep, { duration: 'PT0.1S' })]);
    const busy = small.start(burn, { how: 'BUSY', duration: 'PT3S' });
    await busy.seen((event) => event.type === 'started');
    const stuck = small.start(sleep, { duration: 'PT0S' });
    const other = small.start(sleep, { duration: 'PT0S' });
    await Promise.race([stuck.result, other.result]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => small.run(sleep, { duration: 'PT0S' })));
    assert.ok(performance.now() - before < 1000);
  } finally {
    await small.close();
  }
});

test('when the server is killed no command runs on', async () => {
  const script = `
    const { openBench } = await import(${JSON.stringify(fileURLToPath(new URL('./testing.ts', import.meta.url)))});
    const bench = await openBench();
    bench.worker.onEvent((event) => event.type === 'logged' && console.log(event.lines.map((line) => line.message).join('\\n')));
    bench.start(${JSON.stringify(commands)}, ${JSON.stringify({ ...runner, commands: ['trap "" TERM HUP', 'echo $$', 'sleep 1000'] })});`;
  const server = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => {
    let text = '';
    server.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /^(\d+)\n/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  assert.ok(isAlive(pid));
  server.kill('SIGKILL');
  await until(() => !isAlive(pid));
});

test.run();
