/** http.Trigger: asks a web service again and again, and starts an execution when the answer is the one that is waited for. */
import { Type, type TSchema } from 'typebox';
import { pollingTrigger, type TaskContext } from '../../sdk/index.ts';
import { duration, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped } from '../../sdk/values.ts';
import { plugin as request } from '../request/task.ts';

const conditionDefault = '{{ response.statusCode < 400 }}';

export const plugin = pollingTrigger({
  type: 'io.kestra.plugin.core.http.Trigger',
  aliases: ['io.kestra.plugin.fs.http.Trigger'],
  title: 'Start when a web service answers so',
  description: 'Sends a request at each interval and starts an execution when `responseCondition` holds for the answer.',
  properties: properties({
    interval: optional(duration({ title: 'How often', description: 'Time from an answer to the next request.', default: 'PT1M' })),
    responseCondition: optional(dynamic(text({ title: 'When it starts', description: 'An expression that sees `response.statusCode`, `response.body` and `response.headers`; it holds when it renders to `true`.', default: conditionDefault }))),
    ...requestProperties(),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'The address that answered' }),
    code: Type.Integer({ title: 'Status' }),
    headers: Type.Unsafe<unknown>({ type: 'object', title: 'Headers of the answer, each a list of texts' }),
    body: Type.Unsafe<unknown>({ title: 'Body of the answer; JSON as a value' }),
  }),
  evaluate: async (context) => {
    const outcome = await run({ ...context, properties: { ...context.properties, allowFailed: true } });
    if (outcome.type === 'failed') return { type: 'failed', message: outcome.message };
    const outputs = outcome.outputs ?? {};
    const response = { statusCode: outputs['code'], body: jsonOrText(outputs['body']), headers: outputs['headers'] };
    const condition = context.properties['responseCondition'];
    const holds = context.withVariables({ response }).render(typeof condition === 'string' ? condition : conditionDefault).trim();
    if (holds !== 'true') {
      context.log('DEBUG', `${String(outputs['uri'])} answered ${String(outputs['code'])}: the condition is "${clipped(holds)}"`);
      return { type: 'nothing' };
    }
    return { type: 'fired', variables: { uri: outputs['uri'], code: outputs['code'], headers: outputs['headers'], body: response.body } };
  },
});

/** What the request is made of is the Request task's. */
function requestProperties(): Record<string, TSchema> {
  const members: unknown = 'properties' in request.properties ? request.properties.properties : undefined;
  if (typeof members !== 'object' || members === null) throw new Error('the Request task has no properties');
  const { encryptBody: _encrypted, allowFailed: _allowed, ...rest } = members as Record<string, TSchema>;
  return rest;
}

async function run(context: TaskContext) {
  if (request.role !== 'task' || request.kind !== 'runnable') throw new Error('the Request task can not be run');
  return request.run(context);
}

function jsonOrText(body: unknown): unknown {
  if (typeof body !== 'string') return body ?? null;
  try {
    return JSON.parse(body);
  } catch {
    // No JSON: the text itself is the body.
    return body;
  }
}
