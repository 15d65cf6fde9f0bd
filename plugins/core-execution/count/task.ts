/** Count: how many executions flows had, and which of these counts matter. */
import { Type } from 'typebox';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { anything, dynamic, listOf, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { dateMs } from '../../sdk/store-properties.ts';
import { isMap, renderedTexts, TaskFailure } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.execution.Count',
  aliases: ['io.kestra.core.tasks.executions.Counts', 'io.kestra.plugin.core.execution.Counts'],
  title: 'Count executions',
  description: 'Counts executions by flow or by namespace since a date, and gives out the counts for which an expression is true: to be told when something ran too often, or not at all.',
  properties: properties({
    flows: optional(listOf(anything({ title: 'A flow' }), { title: 'Flows', description: 'Each with `namespace` and `flowId`.' })),
    namespaces: optional(dynamic(textOrTexts({ title: 'Namespaces', description: 'Each with the ones below it. In the place of `flows`.' }))),
    states: optional(dynamic(textOrTexts({ title: 'States', description: 'Left out: all of them.' }))),
    startDate: dynamic(text({ title: 'Started from this date on', description: 'Such as `{{ now() | dateAdd(-1, \'DAYS\') }}`.' })),
    endDate: optional(dynamic(text({ title: 'Started up to this date', description: 'Left out: up to now.' }))),
    expression: dynamic(text({ title: 'Which counts matter', description: 'Sees `count`; such as `{{ count == 0 }}`.' })),
  }),
  outputs: Type.Object({
    results: Type.Array(Type.Unsafe<unknown>({ type: 'object' }), { title: 'The counts that matter: `{namespace, flowId, count}` each' }),
    total: Type.Integer({ title: 'Their sum' }),
  }),
  runs: 'thread',
  run: async (context) => {
    const expression = context.properties['expression'];
    if (typeof expression !== 'string' || expression.trim() === '') throw new TaskFailure('The property "expression" is missing: give it one, such as "{{ count > 0 }}".');
    const [startMs, endMs] = [dateMs(context, 'startDate'), dateMs(context, 'endDate')];
    if (startMs === undefined) throw new TaskFailure('The property "startDate" is missing: give it the date from which executions count.');
    const states = renderedTexts(context, 'states').map((state) => state.trim().toUpperCase());
    const owners = [...flowsOf(context), ...renderedTexts(context, 'namespaces').map((namespace) => ({ namespace: namespace.trim() }))];
    if (owners.length === 0) throw new TaskFailure('Neither "flows" nor "namespaces" is given: say what to count.');
    const results: { readonly namespace: string; readonly flowId?: string; readonly count: number }[] = [];
    for (const owner of owners) {
      const count = await context.stores.countExecutions({ ...owner, states, startMs, ...(endMs === undefined ? {} : { endMs }) });
      if (context.withVariables({ ...owner, count }).render(expression).trim() === 'true') results.push({ ...owner, count });
    }
    return { type: 'succeeded', outputs: { results, total: results.reduce((sum, { count }) => sum + count, 0) } };
  },
});

function flowsOf(context: TaskContext): readonly { readonly namespace: string; readonly flowId: string }[] {
  const flows = context.properties['flows'];
  if (flows === undefined || flows === null) return [];
  if (!Array.isArray(flows)) throw new TaskFailure('The property "flows" is no list: expected {namespace, flowId} each.');
  return flows.map((flow: unknown, index) => {
    const [namespace, flowId] = isMap(flow) ? [flow['namespace'], flow['flowId']].map((part) => (part === undefined ? '' : context.render(part).trim())) : ['', ''];
    if (namespace === undefined || namespace === '' || flowId === undefined || flowId === '') throw new TaskFailure(`The property "flows[${index}]" has no "namespace" or no "flowId".`);
    return { namespace, flowId };
  });
}
