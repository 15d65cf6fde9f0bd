/** Flow: starts executions after executions of other flows. */
import { Type } from 'typebox';
import { trigger } from '../../sdk/index.ts';
import { anything, boolean, choice, duration, group, integer, listOf, optional, properties, text, texts, timeWindow } from '../../sdk/schema.ts';

export const plugin = trigger({
  type: 'io.kestra.plugin.core.trigger.Flow',
  aliases: ['io.kestra.core.models.triggers.types.Flow'],
  title: 'Start after other flows',
  description: 'Starts an execution when executions of other flows change their state: one of them, or several within a stretch of time.',
  properties: properties({
    states: optional(texts({ title: 'States that count', description: 'Left out: all in which an execution has ended, and PAUSED (not in language level 0.20).' })),
    preconditions: optional(group({
      id: optional(text({ title: 'Its name' })),
      timeWindow: optional(timeWindow()),
      resetOnSuccess: optional(boolean({ title: 'Begin anew when it has fired', default: true })),
      flows: optional(listOf(group({
        namespace: optional(text({ title: 'Namespace' })), flowId: optional(text({ title: 'Flow' })), states: optional(texts({ title: 'States' })), labels: optional(anything({ title: 'Labels' })),
      }, { title: 'A flow' }), { title: 'Flows', description: 'An execution of each of them has to come.' })),
      where: optional(listOf(group({
        id: optional(text({ title: 'Its name' })),
        operand: optional(choice(['AND', 'OR'], { title: 'All of its filters, or one', default: 'AND' })),
        filters: listOf(group({
          field: choice(['FLOW_ID', 'NAMESPACE', 'STATE', 'EXPRESSION'], { title: 'What is looked at' }),
          type: choice(['EQUAL_TO', 'NOT_EQUAL_TO', 'IN', 'NOT_IN', 'IS_NULL', 'IS_NOT_NULL', 'IS_TRUE', 'IS_FALSE', 'STARTS_WITH', 'ENDS_WITH', 'REGEX', 'CONTAINS'], { title: 'How' }),
          value: optional(text({ title: 'With what', description: 'Of EXPRESSION: the expression itself.' })),
          values: optional(texts({ title: 'With which' })),
        }, { title: 'A filter' }), { title: 'Filters' }),
      }, { title: 'A filter group' }), { title: 'Filters', description: 'An execution that fits has to come for each of them.' })),
    }, { title: 'Executions that have to come', description: 'All `flows` and all `where` have to be met in one time window, by any executions.' })),
    dependsOn: optional(listOf(group({
      namespace: optional(text({ title: 'Namespace' })), flowId: optional(text({ title: 'Flow' })), states: optional(texts({ title: 'States' })),
      labels: optional(anything({ title: 'Labels' })), when: optional(text({ title: 'Only when', description: 'An expression that sees the other execution.' })),
    }, { title: 'An execution' }), { title: 'Executions that have to come', description: 'What is left out may be anything.' })),
    mode: optional(choice(['ALL', 'ANY', 'AT_LEAST'], { title: 'How many of `dependsOn`', default: 'ALL' })),
    minSatisfied: optional(integer({ title: 'How many for AT_LEAST', minimum: 1 })),
    window: optional(group({
      deadline: optional(text({ title: 'Each day before', description: 'A time of day.' })),
      from: optional(text({ title: 'Each day from', description: 'A time of day.' })), to: optional(text({ title: 'Each day to', description: 'A time of day.' })),
      every: optional(duration({ title: 'Windows of this length side by side' })), offset: optional(duration({ title: 'Where those begin' })),
      lookback: optional(duration({ title: 'The last so long' })),
      timezone: optional(text({ title: 'Time zone' })), fireOnce: optional(boolean({ title: 'At most once a window', default: false })),
    }, { title: 'Stretch of time for `dependsOn`', description: 'One of `deadline`, `from` with `to`, `every`, `lookback`. Left out: a day.' })),
    onMiss: optional(group({ behavior: optional(choice(['FAIL'], { title: 'What is done', default: 'FAIL' })), labels: optional(anything({ title: 'Labels of the failed execution' })) }, { title: 'When the window ends without it', description: 'A failed execution says so.' })),
  }),
  outputs: Type.Object({
    executionId: Type.String({ title: 'The execution that has led to it' }),
    namespace: Type.String({ title: 'Its namespace' }),
    flowId: Type.String({ title: 'Its flow' }),
    flowRevision: Type.Integer({ title: 'The revision of its flow' }),
    state: Type.String({ title: 'Its state' }),
    outputs: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Outputs of the other flows, by flow id; of a single one also by output id' })),
  }),
  triggerKind: 'FLOW',
});
