import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Type } from 'typebox';
import type { TaskRunnerDefinition } from '../../sdk/index.ts';
import { tryTask, type Trial, type TrialOptions } from '../../sdk/testing.ts';
import { RunnerMissing } from '../../sdk/values.ts';
import { plugin } from './task.ts';

const runner = { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' } };
const playing = (lines: readonly (readonly ['stdout' | 'stderr', string])[], exitCode = 0): NonNullable<TrialOptions['process']> => async (request) => {
  for (const [stream, line] of lines) request.onLine(stream, line);
  return { exitCode };
};

test('lines of the output are INFO, of the error output ERROR, in flows of level 0.20 WARN', async () => {
  const trial = await tryTask(plugin, { properties: { ...runner, commands: ['x'] }, process: playing([['stdout', 'a'], ['stderr', 'b']]) });
  assert.equal(trial.logs, [{ level: 'INFO', message: 'a' }, { level: 'ERROR', message: 'b' }]);
  const before = await tryTask(plugin, { properties: { ...runner, commands: ['x'] }, process: playing([['stderr', 'b']]), languageLevel: '0.20' });
  assert.equal(before.logs, [{ level: 'WARN', message: 'b' }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { exitCode: 0, vars: {}, outputFiles: {}, stdOutLineCount: 1, stdErrLineCount: 1 } });
});

test('protocol lines become values, metrics and log lines, and are not logged themselves', async () => {
  const line = '::{"outputs":{"rows":3,"__proto__":{"polluted":true}},"metrics":[{"name":"took","type":"timer","value":1.5,"tags":{"a":1}},{"name":"bad"}],"logs":[{"level":"warn","message":"careful"}]}::';
  const trial = await tryTask(plugin, { properties: { ...runner, commands: ['x'] }, process: playing([['stdout', line]]) });
  const vars = trial.outcome.outputs?.['vars'];
  assert.equal(Object.entries(vars ?? {}).find(([name]) => name === 'rows'), ['rows', 3]);
  assert.not('polluted' in {});
  assert.equal(trial.metrics, [{ type: 'timer', name: 'took', value: 1500, tags: { a: '1' } }]);
  assert.equal(trial.logs.map((entry) => entry.level), ['WARN', 'WARN']);
  assert.ok(trial.logs.some((entry) => entry.message === 'careful'));
});

test('another exit code than 0 fails and keeps the values', async () => {
  const trial = await tryTask(plugin, { properties: { ...runner, commands: ['x'] }, process: playing([['stdout', '::{"outputs":{"a":1}}::']], 3) });
  assert.is(trial.outcome.type === 'failed' && trial.outcome.message, 'Command failed with exit code 3');
  assert.equal(trial.outcome.outputs?.['vars'], { a: 1 });
});

test('input files are there, output files are stored, addresses become paths', async () => {
  let script: string | undefined;
  const trial = await tryTask(plugin, {
    properties: { ...runner, commands: ['cat kestra:///x/data.csv > out/copy.csv'], inputFiles: { 'in.txt': 'hello {{ name }}' }, outputFiles: ['**/*.csv', 'in.txt'] },
    variables: { name: 'you' }, stored: { 'kestra:///x/data.csv': 'a,b' },
    process: async (request) => {
      script = request.command.at(-1);
      const { mkdir, writeFile } = await import('node:fs/promises');
      await mkdir(`${request.directory}/out`);
      await writeFile(`${request.directory}/out/copy.csv`, 'a,b');
      return { exitCode: 0 };
    },
  });
  assert.not.match(script ?? '', /kestra:/);
  const files = trial.outcome.outputs?.['outputFiles'];
  assert.equal(Object.keys(files ?? {}), ['in.txt', 'out/copy.csv']);
  assert.is(Object.entries(trial.stored).find(([uri]) => uri.endsWith('in.txt'))?.[1], 'hello you');
});

test('commands see the working directory', async () => {
  let seen: string | undefined;
  let directory: string | undefined;
  await tryTask(plugin, {
    properties: { ...runner, commands: 'ls {{ workingDir }}' },
    process: async (request) => {
      seen = request.command.at(-1);
      directory = request.directory;
      return { exitCode: 0 };
    },
  });
  assert.is(seen, `set -e\nls ${directory}`);
});

const nowhere: TaskRunnerDefinition = {
  role: 'taskRunner', type: 'io.kestra.plugin.scripts.runner.docker.Docker', title: 'Docker', properties: Type.Object({}),
  open: async (_context, request) => {
    throw new RunnerMissing(`no Docker for ${request.containerImage}, policy ${JSON.stringify(request.properties['pullPolicy'])}`);
  },
};
const failure = ({ outcome }: Trial): string => (outcome.type === 'failed' ? outcome.message : 'succeeded');

test('without a runner, and in the earlier form, the commands are for Docker', async () => {
  const trying = (properties: Readonly<Record<string, unknown>>): Promise<Trial> => tryTask(plugin, { properties: { commands: ['x'], ...properties }, process: playing([]), taskRunners: [nowhere] });
  assert.is(failure(await trying({})), 'no Docker for ubuntu, policy undefined');
  assert.is(failure(await trying({ containerImage: 'alpine' })), 'no Docker for alpine, policy undefined');
  assert.is(failure(await trying({ runner: 'DOCKER', docker: { image: 'debian', pullPolicy: 'NEVER' } })), 'no Docker for debian, policy "NEVER"');
  assert.is(failure(await trying({ taskRunner: { type: nowhere.type, pullPolicy: 'ALWAYS' }, containerImage: 'alpine' })), 'no Docker for alpine, policy "ALWAYS"');
  assert.is((await trying({ runner: 'PROCESS' })).outcome.type, 'succeeded');
});

test('where the server allows it, a process stands in for a Docker that is not there, with a warning each time', async () => {
  const trial = await tryTask(plugin, { properties: { commands: ['x'], containerImage: 'alpine' }, process: playing([]), taskRunners: [nowhere], docker: { fallback: 'process', trusted: false } });
  assert.is(trial.outcome.type, 'succeeded');
  assert.is(trial.logs[0]?.level, 'WARN');
  assert.match(trial.logs[0]?.message ?? '', /runs as a process of the server's machine, not in the image alpine/);
});

test('a task runner that nobody knows is a failure that names it', async () => {
  const trial = await tryTask(plugin, { properties: { commands: ['x'], taskRunner: { type: 'io.kestra.plugin.ee.kubernetes.runner.Kubernetes' } }, process: playing([]) });
  assert.match(failure(trial), /^The task runner "io\.kestra\.plugin\.ee\.kubernetes\.runner\.Kubernetes" is not known here: expected .*Process or .*Docker\.$/);
});

test('in language level 0.20 error output warns, later it does not', async () => {
  const options = { properties: { ...runner, commands: ['x'] }, process: playing([['stderr', 'b']]) };
  const old = (await tryTask(plugin, { ...options, languageLevel: '0.20' })).outcome;
  const now = (await tryTask(plugin, options)).outcome;
  assert.is(old.type === 'succeeded' ? old.finalState : undefined, 'WARNING');
  assert.is(now.type === 'succeeded' ? now.finalState : 'failed', undefined);
});

test('no command is a failure with a sentence', async () => {
  const trial = await tryTask(plugin, { properties: { ...runner, commands: [] }, process: playing([]) });
  assert.equal(trial.outcome, { type: 'failed', message: 'The property "commands" is empty: give it at least one command.' });
});

test.run();
