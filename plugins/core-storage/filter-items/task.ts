/** FilterItems: the rows of a file for which a condition holds. */
import { Type } from 'typebox';
import { lines, parseIonLine } from '../../sdk/ion.ts';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { choice, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, isMap, isTruthy, messageOf, renderedText, requiredText, TaskFailure, textOf } from '../../sdk/values.ts';

const filterTypes = ['INCLUDE', 'EXCLUDE'] as const;
const behaviors = ['FAIL', 'INCLUDE', 'EXCLUDE'] as const;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.storage.FilterItems',
  aliases: ['io.kestra.core.tasks.storages.FilterItems'],
  title: 'Filter rows',
  description: 'Reads a file of rows (one Ion or JSON value a line) and writes those for which a condition holds into a new one.',
  properties: properties({
    from: dynamic(text({ title: 'Address of the file of rows' })),
    filterCondition: dynamic(text({ title: 'The condition', description: 'An expression that sees the row\'s members as variables, such as `{{ amount > 100 }}`.' })),
    filterType: optional(dynamic(choice(filterTypes, { title: 'What happens to rows for which it holds', description: 'INCLUDE keeps them, EXCLUDE drops them.', default: 'INCLUDE' }))),
    errorOrNullBehavior: optional(dynamic(choice(behaviors, { title: 'When the condition fails or gives nothing', description: 'FAIL fails the task, INCLUDE keeps the row, EXCLUDE drops it.', default: 'FAIL' }))),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'Address of the new file' }),
    processedItemsTotal: Type.Integer({ title: 'Rows that were read' }),
    droppedItemsTotal: Type.Integer({ title: 'Rows that were dropped' }),
  }),
  runs: 'thread',
  run: async (context) => {
    const from = requiredText(context, 'from').trim();
    const condition = context.properties['filterCondition'];
    if (typeof condition !== 'string' || condition.trim() === '') throw new TaskFailure('The property "filterCondition" is missing: give it an expression, such as "{{ amount > 100 }}".');
    const keepsMatches = oneOf(context, 'filterType', filterTypes, 'INCLUDE') === 'INCLUDE';
    const otherwise = oneOf(context, 'errorOrNullBehavior', behaviors, 'FAIL');
    let processed = 0;
    let dropped = 0;
    const stays = (row: unknown): boolean => {
      const seen = context.withVariables(isMap(row) ? row : { value: row });
      let value: unknown;
      try {
        value = seen.renderTyped(condition);
      } catch (thrown) {
        if (otherwise === 'FAIL') throw new TaskFailure(`The condition could not be evaluated for row ${processed}: ${messageOf(thrown)}`, { cause: thrown });
        return otherwise === 'INCLUDE';
      }
      if (value === null || value === undefined || value === '') {
        if (otherwise === 'FAIL') throw new TaskFailure(`The condition gave nothing for row ${processed}: expected true or false, or another "errorOrNullBehavior".`);
        return otherwise === 'INCLUDE';
      }
      return isTruthy(textOf(value).trim()) === keepsMatches;
    };
    const rows = async function* (): AsyncGenerator<string> {
      for await (const line of lines(context.files.stream(from))) {
        if (line.trim() === '') continue;
        context.signal.throwIfAborted();
        processed += 1;
        if (stays(await parseIonLine(line, processed))) yield `${line}\n`;
        else dropped += 1;
      }
    };
    const { uri } = await context.files.putStream('filtered.ion', rows());
    return { type: 'succeeded', outputs: { uri, processedItemsTotal: processed, droppedItemsTotal: dropped } };
  },
});

function oneOf<const Words extends readonly string[]>(context: TaskContext, name: string, words: Words, whenMissing: Words[number]): Words[number] {
  const value = renderedText(context, name)?.trim().toUpperCase();
  if (value === undefined || value === '') return whenMissing;
  const word = words.find((one) => one === value);
  if (word === undefined) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected one of ${words.join(', ')}.`);
  return word;
}
