// Docker tasks in the real worker: the setting of the server, the kill, the time-out, and what a large output does.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../../plugins/scripts-runner/docker/testing-daemon.ts';
import { openBench, type Bench } from './testing.ts';
import type { WorkerOptions } from './worker.ts';

const commandsType = 'io.kestra.plugin.scripts.shell.Commands';
const docker = 'io.kestra.plugin.scripts.runner.docker.Docker';

async function withBench(options: Partial<WorkerOptions>, act: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench(options);
  try {
    await act(bench);
  } finally {
    await bench.close();
  }
}

test('a task without a runner needs Docker, and says where it was looked for', () => withBench({ docker: { host: 'unix:///no/docker.sock', fallback: 'none', trusted: false } }, async (bench) => {
  const { ended } = await bench.run(commandsType, { commands: ['echo never'] });
  assert.match(ended.outcome.type === 'failed' ? ended.outcome.message : '', /^There is no Docker at unix:\/\/\/no\/docker\.sock/);
}));

test('a setting of the server lets it run as a process, with a warning in each log', () => withBench({ docker: { host: 'unix:///no/docker.sock', fallback: 'process', trusted: false } }, async (bench) => {
  const result = await bench.run(commandsType, { commands: ['echo here'] });
  assert.equal(result.logs.map((line) => line.level), ['WARN', 'INFO']);
  assert.is(result.ended.outcome.type, 'succeeded');
}));

test('a container hands on values, files and secrets that nobody reads in the log; a kill ends it in its own time', async () => {
  const daemon = await startDaemon({ images: ['ubuntu'] });
  try {
    await withBench({ docker: { host: daemon.host, fallback: 'none', trusted: false }, secrets: { SECRET_TOKEN: Buffer.from('tell-nobody-this').toString('base64') } }, async (bench) => {
      const result = await bench.run(commandsType, { commands: ['echo "{{ secret("TOKEN") }}" > secret.txt; cat secret.txt', 'printf "%0300000d\\n" 7'], outputFiles: ['*.txt'] });
      assert.is(result.ended.outcome.type, 'succeeded', JSON.stringify(result.ended.outcome));
      assert.is(result.logs[0]?.message, '**masked********');
      assert.ok(result.logs.length > 20, 'a long line comes in pieces');
      const files = Object.values(result.ended.outcome.outputs?.['outputFiles'] ?? {});
      assert.is(Buffer.from(await bench.storage.read(String(files[0]))).toString(), 'tell-nobody-this\n');

      const started = bench.start(commandsType, { taskRunner: { type: docker, killGracePeriod: 'PT6S' }, commands: ['trap "sleep 5.5; exit 0" TERM', 'echo up', 'while :; do sleep 0.05; done'] });
      await started.seen((event) => event.type === 'logged');
      bench.worker.kill(started.jobId);
      const { ended } = await started.result;
      assert.ok(ended.killed);
      assert.is(ended.outcome.type === 'failed' && ended.outcome.message, 'The task was stopped.', 'it was waited for, not given up');
      assert.is(daemon.running(), 0);
    });
  } finally {
    await daemon.close();
  }
});

test('a time-out removes the container', async () => {
  const daemon = await startDaemon({ images: ['ubuntu'] });
  try {
    await withBench({ docker: { host: daemon.host, fallback: 'none', trusted: false } }, async (bench) => {
      const { ended } = await bench.run(commandsType, { commands: ['sleep 60'] }, { job: { timeoutMs: 300 } });
      assert.ok(ended.timedOut);
      assert.is(ended.outcome.type === 'failed' && ended.outcome.message, 'Timeout after PT0.3S');
      assert.is(daemon.running(), 0);
    });
  } finally {
    await daemon.close();
  }
});

test.run();
