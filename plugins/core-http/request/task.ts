/** Request: one HTTP call; its answer becomes outputs. */
import { Type } from 'typebox';
import { limits } from '../../../core/protocol/limits.ts';
import { runnable } from '../../sdk/index.ts';
import { decoded, exchange } from '../../sdk/http/exchange.ts';
import { isAllowed, optionsOf, requestOf, textOption } from '../../sdk/http/options.ts';
import { requestProperties } from '../../sdk/http/properties.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedBoolean } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.plugin.core.http.Request',
  aliases: ['io.kestra.plugin.fs.http.Request'],
  title: 'Call a web service',
  description: 'Sends one HTTP request. Status, headers and body of the answer become outputs; a status from 400 on fails, unless allowed.',
  properties: properties({
    uri: dynamic(text({ title: 'The address', description: 'Begins with `http://` or `https://`.' })),
    ...requestProperties(),
    encryptBody: optional(dynamic(boolean({ title: 'Encrypt the body', description: 'The body becomes the output `encryptedBody`, readable only in expressions.', default: false }))),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'The address that answered, after redirects' }),
    code: Type.Integer({ title: 'Status' }),
    headers: Type.Unsafe<unknown>({ type: 'object', title: 'Headers of the answer, each a list of texts' }),
    body: Type.Optional(Type.String({ title: 'Body of the answer' })),
    encryptedBody: Type.Optional(Type.Unsafe<unknown>({ type: 'object', title: 'Body of the answer, encrypted' })),
  }),
  metrics: [
    { name: 'response.length', type: 'counter', description: 'Bytes of the answer' },
    { name: 'request.duration', type: 'timer', description: 'From the first byte sent to the last byte read' },
  ],
  runs: 'thread',
  run: async (context) => {
    const request = await requestOf(context, limits.outputBytesMax);
    const startMs = context.nowMs();
    const answer = await exchange(context, request);
    const tookMs = context.nowMs() - startMs;
    context.log('DEBUG', `${request.method} ${answer.uri} answered ${answer.code} with ${answer.bytes.byteLength} bytes in ${tookMs} ms`);
    context.metric({ type: 'counter', name: 'response.length', value: answer.bytes.byteLength });
    context.metric({ type: 'timer', name: 'request.duration', value: tookMs });
    const content = decoded(answer.bytes, answer.headers['content-type']?.[0], textOption(context, optionsOf(context), 'defaultCharset'));
    const outputs = {
      uri: answer.uri, code: answer.code, headers: answer.headers,
      ...(renderedBoolean(context, 'encryptBody', false) ? { encryptedBody: context.encrypt(content) } : { body: content }),
    };
    if (isAllowed(context, answer.code)) return { type: 'succeeded', outputs };
    return { type: 'failed', message: `Request to ${answer.uri} failed: status ${answer.code}${content === '' ? '' : `, "${clipped(content)}"`}`, outputs };
  },
});
