/** Read: the text of a file of the working directory. */
import { readFile } from 'node:fs/promises';
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, properties, text } from '../../sdk/schema.ts';
import { requiredText, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.core.tasks.test.Read',
  title: 'Read a file of the working directory',
  description: 'Gives out the text of a file of the task\'s working directory. Fails when there is none.',
  properties: properties({ path: dynamic(text({ title: 'Path of the file', description: 'Relative to the working directory, also when it begins with a slash.' })) }),
  outputs: Type.Object({ value: Type.String({ title: 'The text of the file' }) }),
  runs: 'thread',
  run: async (context) => {
    const path = requiredText(context, 'path').replace(/^\/+/, '');
    const [found] = (await context.files.find(['**'])).filter((candidate) => candidate === path);
    if (found === undefined) throw new TaskFailure(`There is no file "${path}" in the working directory.`);
    return { type: 'succeeded', outputs: { value: await readFile(`${await context.files.workingDirectory()}/${found}`, 'utf8') } };
  },
});
