import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the script goes to the interpreter behind set -e', async () => {
  const commands: (readonly string[])[] = [];
  await tryTask(plugin, {
    properties: { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' }, script: 'echo {{ word }}', interpreter: ['/bin/bash', '-c'] }, variables: { word: 'hi' },
    process: async (request) => {
      commands.push(request.command);
      return { exitCode: 0 };
    },
  });
  assert.equal(commands, [['/bin/bash', '-c', 'set -e\necho hi']]);
});

test('without failFast only the last command decides', async () => {
  let script: string | undefined;
  await tryTask(plugin, {
    properties: { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' }, script: 'a', failFast: false },
    process: async (request) => {
      script = request.command.at(-1);
      return { exitCode: 0 };
    },
  });
  assert.is(script, 'a');
});

test.run();
