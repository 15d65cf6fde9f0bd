/** Webhook: starts executions by a call from outside. */
import { Type } from 'typebox';
import { trigger } from '../../sdk/index.ts';
import { boolean, choice, dynamic, integer, mapOf, optional, properties, text } from '../../sdk/schema.ts';

export const plugin = trigger({
  type: 'io.kestra.plugin.core.trigger.Webhook',
  aliases: ['io.kestra.core.models.triggers.types.Webhook'],
  title: 'Start by a web call',
  description: 'Starts an execution when `/api/v1/executions/webhook/NAMESPACE/FLOW/KEY` is called with GET, POST or PUT. Whoever knows the key may call it, so make it long and keep it secret.',
  properties: properties({
    key: dynamic(text({ title: 'The key in the address', description: 'May come from a secret.', examples: ['{{ secret("WEBHOOK_KEY") }}'] })),
    inputs: optional(dynamic(mapOf(undefined, { title: 'Inputs of the executions', description: 'Values by input id, rendered with the call as `trigger`.' }))),
    wait: optional(boolean({ title: 'Answer only at the end', description: 'The caller waits until the execution has ended.', default: false })),
    returnOutputs: optional(boolean({ title: 'Answer with the outputs', description: 'With `wait`: the outputs of the flow stand in the answer.', default: false })),
    responseContentType: optional(text({ title: 'Type of the answer', description: '`text/plain`: the answer is the only output of the flow, as text.' })),
    responseCode: optional(integer({ title: 'Status of the answer', minimum: 200, maximum: 599 })),
    fetchType: optional(choice(['FETCH', 'STORE'], { title: 'How the body is handed over', description: 'FETCH: as a value, a body that is no text as base64. STORE: as a file, `{{ trigger.uri }}`.', default: 'FETCH' })),
  }),
  outputs: Type.Object({
    body: Type.Unsafe<unknown>({ title: 'The body', description: 'JSON as a value, else text, null when there was none.' }),
    headers: Type.Unsafe<unknown>({ type: 'object', title: 'Headers, each a list of texts' }),
    parameters: Type.Unsafe<unknown>({ type: 'object', title: 'Parameters of the address, each a list of texts' }),
    path: Type.Optional(Type.String({ title: 'What follows the key in the address' })),
    uri: Type.Optional(Type.String({ title: 'The body as a file, with `fetchType: STORE`' })),
    parts: Type.Optional(Type.Unsafe<unknown>({ type: 'array', title: 'Files of a multipart form: `{name, filename, contentType, size, uri}` each' })),
    formFields: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Fields of a multipart form' })),
  }),
  triggerKind: 'WEBHOOK',
});
