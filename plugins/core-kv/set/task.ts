/** Set: a value under a key of a namespace. */
import { isKvType, kvTypes, type KvType } from '../../../core/protocol/entities/kv.ts';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { parseDurationMs } from '../../../core/protocol/time.ts';
import { runnable } from '../../sdk/index.ts';
import { anything, boolean, choice, duration, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { asked, namespaceOf, namespaceProperty } from '../../sdk/store-properties.ts';
import { clipped, renderedBoolean, renderedDurationMs, renderedText, requiredText, TaskFailure, textOf } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.kv.Set',
  aliases: ['io.kestra.core.tasks.kv.Set'],
  title: 'Set a KV pair',
  description: 'Keeps a value under a key of a namespace, for later executions and other flows.',
  properties: properties({
    key: dynamic(text({ title: 'Key', description: 'Letters, digits, `.`, `_` and `-`; begins with a letter or digit.' })),
    value: dynamic(anything({ title: 'Value', description: 'An expression alone keeps its type: a number stays a number, a map a map.' })),
    namespace: namespaceProperty(),
    overwrite: optional(dynamic(boolean({ title: 'Replace a value that is there', description: 'With `false` the task fails when the key exists.', default: true }))),
    ttl: optional(dynamic(duration({ title: 'How long it is kept', description: 'Left out: for ever.' }))),
    kvType: optional(dynamic(choice(kvTypes, { title: 'Type of the value', description: 'Left out: what the value looks like.' }))),
    kvDescription: optional(dynamic(text({ title: 'What it is for', description: 'Shown beside the key.' }))),
  }),
  runs: 'thread',
  run: async (context) => {
    const key = requiredText(context, 'key').trim();
    const source = context.properties['value'];
    if (source === undefined) throw new TaskFailure('The property "value" is missing: give it a value.');
    const kvType = renderedText(context, 'kvType')?.trim().toUpperCase();
    if (kvType !== undefined && kvType !== '' && !isKvType(kvType)) throw new TaskFailure(`The property "kvType" is "${clipped(kvType)}": expected one of ${kvTypes.join(', ')}.`);
    const rendered = typeof source === 'string' ? context.renderTyped(source) : context.renderDeep(source, { typed: true });
    const ttlMs = renderedDurationMs(context, 'ttl');
    if (ttlMs === 0) throw new TaskFailure('The property "ttl" is no time at all: expected a duration such as PT1H.');
    const description = renderedText(context, 'kvDescription');
    await asked(context, {
      type: 'putKv', namespace: namespaceOf(context), key, overwrite: renderedBoolean(context, 'overwrite', true),
      ...(kvType === undefined || kvType === '' ? { value: rendered ?? null } : { value: typed(kvType, rendered ?? null), kvType }),
      ...(ttlMs === undefined ? {} : { ttlMs }), ...(description === undefined ? {} : { description }),
    });
    return { type: 'succeeded' };
  },
});

function typed(type: KvType, value: unknown): unknown {
  const plain = textOf(value).trim();
  const refuse = (expected: string): never => { throw new TaskFailure(`The property "value" is "${clipped(plain)}", which is no ${type}: expected ${expected}.`); };
  switch (type) {
    case 'STRING': return textOf(value);
    case 'NUMBER': return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : refuse('a number such as 1.5');
    case 'BOOLEAN': return /^(true|false)$/i.test(plain) ? plain.toLowerCase() === 'true' : refuse('true or false');
    case 'DATE': return /^\d{4}-\d{2}-\d{2}$/.test(plain) && !Number.isNaN(Date.parse(plain)) ? plain : refuse('a date such as 2024-12-31');
    case 'DATETIME': return /^\d{4}-\d{2}-\d{2}T/.test(plain) && !Number.isNaN(Date.parse(plain)) ? plain : refuse('a date with time such as 2024-12-31T10:00:00Z');
    case 'DURATION': return parseDurationMs(plain) === undefined ? refuse('an ISO-8601 duration such as PT10S') : plain;
    case 'JSON': {
      if (typeof value !== 'string') return value;
      try {
        return parseJsonText(value);
      } catch {
        return refuse('a JSON text such as {"a": 1}');
      }
    }
  }
}
