/** Script: a whole shell script as one text. */
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { requiredText } from '../../sdk/values.ts';
import { runScript, scriptMetrics, scriptOutputs, scriptProperties } from '../../sdk/script.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.scripts.shell.Script',
  title: 'Run a shell script',
  description: 'Runs one script in a shell, in a directory of its own. What it prints becomes the log; files, values and metrics can be handed on. A script that ends with another code than 0 fails the task.',
  properties: properties({
    script: dynamic(text({ title: 'The script', description: 'Expressions inside are rendered before it runs.' })),
    ...scriptProperties(),
  }),
  outputs: scriptOutputs(),
  metrics: scriptMetrics,
  runs: 'thread',
  run: (context) => runScript(context, (rendering) => [requiredText(rendering, 'script')]),
});
