/** The two tasks that each language has, from one description of the language. */
import { runnable, type RunnableDefinition } from '../index.ts';
import { dynamic, properties, text, textOrTexts } from '../schema.ts';
import type { ScriptLanguage } from './languages.ts';
import { scriptMetrics, scriptOutputs, scriptProperties } from './properties.ts';
import { runScript } from './run.ts';

const ends = 'What they print becomes the log; files, values and metrics can be handed on. A command that ends with another code than 0 fails the task.';

/** `io.kestra.plugin.scripts.<language>.Commands` */
export const commandsTask = (language: ScriptLanguage): RunnableDefinition => runnable({
  type: `io.kestra.plugin.scripts.${language.name}.Commands`,
  title: `Run ${language.title} commands`,
  description: `Runs commands in a shell${language.name === 'shell' ? '' : `, where ${language.title} is at hand`}, in a directory of their own. ${ends}`,
  properties: properties({
    commands: dynamic(textOrTexts({ title: 'The commands', description: 'Run one after the other in one shell, so that variables and `cd` last.' })),
    ...scriptProperties(language),
  }),
  outputs: scriptOutputs(),
  metrics: scriptMetrics,
  runs: 'thread',
  run: (context) => runScript(context, language, 'commands'),
});

/** `io.kestra.plugin.scripts.<language>.Script` */
export const scriptTask = (language: ScriptLanguage): RunnableDefinition => runnable({
  type: `io.kestra.plugin.scripts.${language.name}.Script`,
  title: `Run a ${language.title} script`,
  description: `Runs one script${language.script === 'text' ? ' in a shell' : `, written in ${language.title}`}, in a directory of its own. What it prints becomes the log; files, values and metrics can be handed on. A script that ends with another code than 0 fails the task.`,
  properties: properties({
    script: dynamic(text({ title: 'The script', description: 'Expressions inside are rendered before it runs.' })),
    ...scriptProperties(language),
  }),
  outputs: scriptOutputs(),
  metrics: scriptMetrics,
  runs: 'thread',
  run: (context) => runScript(context, language, 'script'),
});
