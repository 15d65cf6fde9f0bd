/**
 * Makes a new task type, ready to change: node --import tsx scripts/new-task.ts GROUP TASK, e.g. core-log count-words.
 * Writes the five files of a plugin folder (and group.ts for a new group); files that are there already stay as they are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const here = dirname(fileURLToPath(import.meta.url));
const fail = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { plugins: { type: 'string', default: join(here, '..', 'plugins') } } });
const [group = '', task = ''] = positionals;
if (positionals.length !== 2) fail('Expected two names: node --import tsx scripts/new-task.ts GROUP TASK, e.g. core-log count-words. --plugins FOLDER writes elsewhere.');
for (const name of [group, task]) if (!kebab.test(name)) fail(`The name "${name}" is refused: expected lower-case words with dashes, such as count-words.`);
if (group === 'sdk') fail('The folder plugins/sdk holds the contract, not tasks: choose another group.');

const groupFolder = join(values.plugins, group);
const folder = join(groupFolder, task);
const groupName = group.replaceAll('-', '.');
const words = task.split('-');
const className = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
const title = `${words[0]?.charAt(0).toUpperCase() ?? ''}${words.join(' ').slice(1)}`;
const type = `${packageOf(groupFolder) ?? `io.ensemble.plugin.${groupName}`}.${className}`;

write(join(groupFolder, 'group.ts'), `/** The group ${groupName}. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: '${groupName}',
  title: '${groupName}',
  description: 'What the tasks of this group are for.',
  category: 'OTHER',
};
`);
write(join(folder, 'task.ts'), `/** ${className}: what it does, in one sentence. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: '${type}',
  title: '${title}',
  description: 'Counts the words of a text. Say here what the task does instead.',
  properties: properties({
    text: dynamic(text({ title: 'The text', description: 'Its words are counted.' })),
  }),
  outputs: Type.Object({ count: Type.Integer({ title: 'How many words it has' }) }),
  // "inline" is for what takes microseconds and touches nothing; everything else is a "thread".
  runs: 'thread',
  run: async (context) => {
    const count = requiredText(context, 'text').split(/\\s+/).filter((word) => word !== '').length;
    context.log('INFO', \`\${count} words\`);
    return { type: 'succeeded', outputs: { count } };
  },
});
`);
write(join(folder, 'docs.md'), `# ${className}

Counts the words of a text. Say here what the task does instead.

## Properties

- \`text\` (text, required, expressions): The text. Its words are counted.

## Outputs

- \`count\` (integer): How many words it has.
`);
write(join(folder, 'example.yaml'), `id: ${task}
namespace: examples

tasks:
  - id: ${task}
    type: ${type}
    text: one two three
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs['${task}'].count }} words"
`);
write(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"><rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="M5.5 8h5"/></svg>\n');
write(join(folder, 'task.test.ts'), `import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the words of the rendered text are counted', async () => {
  const trial = await tryTask(plugin, { properties: { text: 'one {{ second }}  three' }, variables: { second: 'two' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { count: 3 } });
  assert.equal(trial.logs, [{ level: 'INFO', message: '3 words' }]);
});

test('without a text it fails with a sentence', async () => {
  const trial = await tryTask(plugin);
  assert.equal(trial.outcome, { type: 'failed', message: 'The property "text" is missing: give it a text.' });
});

test.run();
`);
if (values.plugins === join(here, '..', 'plugins')) {
  const made = spawnSync(process.execPath, ['--import', 'tsx', join(here, 'plugin-registry.ts')], { cwd: join(here, '..'), stdio: ['ignore', 2, 2] });
  if (made.status !== 0) fail('The registry of plugins could not be written: see the lines above.');
}
process.stdout.write(`${type} lives in ${relative('.', folder)}. Its test: node --import tsx ${relative('.', join(folder, 'task.test.ts'))}\n`);

function write(path: string, content: string): void {
  const name = relative('.', path);
  if (existsSync(path)) {
    process.stdout.write(`kept  ${name}\n`);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  process.stdout.write(`wrote ${name}\n`);
}

/** What the types of the group have before their last name. */
function packageOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const file = join(path, entry.name, 'task.ts');
    if (!entry.isDirectory() || entry.name === task || !existsSync(file)) continue;
    const found = /^ {2}type: '([\w.]+)\.\w+',$/m.exec(readFileSync(file, 'utf8'))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}
