/** Commands: shell commands, one after the other. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, textOrTexts } from '../../sdk/schema.ts';
import { renderedTexts, TaskFailure } from '../../sdk/values.ts';
import { runScript, scriptMetrics, scriptOutputs, scriptProperties } from '../../sdk/script.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.scripts.shell.Commands',
  title: 'Run shell commands',
  description: 'Runs commands in a shell, in a directory of their own. What they print becomes the log; files, values and metrics can be handed on. A command that ends with another code than 0 fails the task.',
  properties: properties({
    commands: dynamic(textOrTexts({ title: 'The commands', description: 'Run one after the other in one shell, so that variables and `cd` last.' })),
    ...scriptProperties(),
  }),
  outputs: scriptOutputs(),
  metrics: scriptMetrics,
  runs: 'thread',
  run: (context) => runScript(context, (rendering) => {
    const commands = renderedTexts(rendering, 'commands');
    if (commands.length === 0) throw new TaskFailure('The property "commands" is empty: give it at least one command.');
    return commands;
  }),
});
