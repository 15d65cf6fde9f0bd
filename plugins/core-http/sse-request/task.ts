/** SseRequest: the events that a server sends over one open answer become outputs. */
import { Type } from 'typebox';
import { limits } from '../../../core/protocol/limits.ts';
import { runnable, type TaskContext } from '../../sdk/index.ts';
import { openExchange, type ExchangeOptions } from '../../sdk/http/exchange.ts';
import { isAllowed, requestOf } from '../../sdk/http/options.ts';
import { requestProperties } from '../../sdk/http/properties.ts';
import { boolean, dynamic, integer, listOf, mapOf, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, messageOf, renderedBoolean, renderedText, TaskFailure, textOf } from '../../sdk/values.ts';
import { serverEvents, type ServerEvent } from './events.ts';

/** A stream may be quiet for longer than an answer may be slow. */
const silenceDefaultMs = 5 * 60_000;
/** The events stay in the outputs, beside everything else. */
const eventBytesMax = Math.floor(limits.outputBytesMax * 0.9);

export const plugin = runnable({
  type: 'io.kestra.plugin.core.http.SseRequest',
  title: 'Read server-sent events',
  description: 'Sends one HTTP request and reads the events that the server sends, until the server ends, or enough of them have come. A status from 400 on fails, unless allowed.',
  properties: properties({
    uri: dynamic(text({ title: 'The address', description: 'Begins with `http://` or `https://`.' })),
    ...requestProperties(),
    maxEvents: optional(dynamic(integer({ title: 'Events to read', description: 'After so many the connection is closed. Left out: until the server ends.', minimum: 1 }))),
    concatJqExpression: optional(dynamic(text({ title: 'What to put together', description: 'A jq expression, applied to the data of each event, such as `.choices[0].delta.content`; the results together are the output `result`.' }))),
    failedOnMissingJq: optional(dynamic(boolean({ title: 'Fail when an event has nothing for it', description: 'Else such an event adds nothing.', default: false }))),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'The address that answered, after redirects' }),
    code: Type.Integer({ title: 'Status' }),
    headers: mapOf(undefined, { title: 'Headers of the answer, each a list of texts' }),
    size: Type.Integer({ title: 'How many events came' }),
    events: listOf(Type.Unsafe<unknown>({ type: 'object' }), { title: 'The events: `data`, and `id`, `name`, `comment`, `retry` where the server gave them' }),
    result: Type.Optional(Type.String({ title: 'What `concatJqExpression` gave, put together' })),
  }),
  metrics: [{ name: 'events.count', type: 'counter', description: 'Events that came' }],
  runs: 'thread',
  run: async (context) => {
    const given = await requestOf(context, Number.MAX_SAFE_INTEGER, { readIdleTimeoutMs: silenceDefaultMs });
    const request: ExchangeOptions = { ...given, headers: { accept: 'text/event-stream', 'cache-control': 'no-cache', ...given.headers } };
    const eventsMax = eventsMaxOf(context);
    const answer = await openExchange(context, request);
    try {
      const outputs = { uri: answer.uri, code: answer.code, headers: answer.headers };
      if (!isAllowed(context, answer.code)) return { type: 'failed', message: `Request to ${answer.uri} failed: status ${answer.code}`, outputs: { ...outputs, size: 0, events: [] } };
      const type = answer.headers['content-type']?.[0] ?? '';
      if (!/^text\/event-stream/i.test(type)) context.log('WARN', `${answer.uri} answers with the type "${clipped(type)}", expected text/event-stream`);
      const joined = joiner(context);
      const events: ServerEvent[] = [];
      let bytes = 0;
      for await (const event of serverEvents(answer.chunks)) {
        bytes += event.data.length;
        if (bytes > eventBytesMax) throw new TaskFailure(`The events of ${answer.uri} have more than ${eventBytesMax} bytes, which outputs may not have: read fewer with "maxEvents".`, { outputs: { ...outputs, size: events.length } });
        events.push(event);
        joined.add(event, events.length);
        if (events.length === eventsMax) break;
      }
      context.metric({ type: 'counter', name: 'events.count', value: events.length });
      context.log('DEBUG', `${events.length} events came from ${answer.uri}`);
      return { type: 'succeeded', outputs: { ...outputs, size: events.length, events, ...joined.outputs() } };
    } finally {
      answer.close();
    }
  },
});

function eventsMaxOf(context: TaskContext): number {
  const value = renderedText(context, 'maxEvents')?.trim() ?? '';
  if (value === '') return Number.POSITIVE_INFINITY;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new TaskFailure(`The property "maxEvents" is "${clipped(value)}": expected a whole number from 1 on.`);
  return count;
}

/** Puts together what the jq expression finds in each event. */
function joiner(context: TaskContext): { add(event: ServerEvent, number: number): void; outputs(): { readonly result?: string } } {
  const expression = context.properties['concatJqExpression'];
  if (expression === undefined || expression === null) return { add: () => {}, outputs: () => ({}) };
  const fails = renderedBoolean(context, 'failedOnMissingJq', false);
  const jq = context.render(expression);
  let result = '';
  return {
    add: (event, number) => {
      let found: unknown;
      try {
        found = context.withVariables({ sseData: event.data, sseJq: jq }).renderTyped('{{ sseData | jq(sseJq) }}');
      } catch (thrown) {
        if (fails) throw new TaskFailure(`Event ${number} has nothing for "${clipped(jq)}": ${messageOf(thrown)}`, { cause: thrown });
        return;
      }
      const values = (Array.isArray(found) ? found : [found]).filter((value) => value !== null && value !== undefined);
      if (values.length === 0 && fails) throw new TaskFailure(`Event ${number} has nothing for "${clipped(jq)}": its data is "${clipped(event.data)}".`);
      result += values.map(textOf).join('');
    },
    outputs: () => ({ result }),
  };
}
