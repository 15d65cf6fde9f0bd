/** OutputValues: named values for later tasks. */
import { Type } from 'typebox';
import { runnable } from '../../sdk/index.ts';
import { dynamic, mapOf, properties } from '../../sdk/schema.ts';
import { renderedMap } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.output.OutputValues',
  title: 'Give out values',
  description: 'Renders a map of values. Later tasks read them as `{{ outputs.TASK_ID.values.NAME }}`.',
  properties: properties({
    values: dynamic(mapOf(undefined, { title: 'Values by name', description: 'Lists and maps may be nested; every text inside is rendered. What an expression renders to is text.' })),
  }),
  outputs: Type.Object({ values: Type.Unsafe<unknown>({ type: 'object', title: 'The rendered values' }) }),
  runs: 'inline',
  run: (context) => ({ type: 'succeeded', outputs: { values: renderedMap(context, 'values') } }),
});
