/** Download: a file of the web, or of the internal storage, becomes a file of the execution. */
import { Type } from 'typebox';
import { runnable, type TaskContext, type TaskOutcome } from '../../sdk/index.ts';
import { isStoredAddress } from '../../sdk/http/body.ts';
import { limited, openExchange } from '../../sdk/http/exchange.ts';
import { isAllowed, requestOf } from '../../sdk/http/options.ts';
import { requestProperties } from '../../sdk/http/properties.ts';
import { boolean, dynamic, optional, properties, text } from '../../sdk/schema.ts';
import { clipped, renderedBoolean, renderedText, requiredText, TaskFailure } from '../../sdk/values.ts';
import { nameOf } from './name.ts';

/** Of an answer that is a failure: enough to say why. */
const shownBytesMax = 2048;

export const plugin = runnable({
  type: 'io.kestra.plugin.core.http.Download',
  aliases: ['io.kestra.plugin.fs.http.Download'],
  title: 'Download a file',
  description: 'Fetches a file and stores it, whatever its size. A status from 400 on fails, unless allowed.',
  properties: properties({
    uri: dynamic(text({ title: 'The address', description: 'Begins with `http://` or `https://`; or the address of a stored file (`kestra://…`, `nsfile:///…`), which is copied.' })),
    ...requestProperties(),
    saveAs: optional(dynamic(text({ title: 'Name of the file', description: 'Left out: the name that the answer gives (`Content-Disposition`), else the last part of the address.' }))),
    failOnEmptyResponse: optional(dynamic(boolean({ title: 'Fail when there is nothing in it', default: true }))),
  }),
  outputs: Type.Object({
    uri: Type.String({ title: 'Address of the stored file' }),
    code: Type.Optional(Type.Integer({ title: 'Status' })),
    length: Type.Integer({ title: 'Bytes of the file' }),
    headers: Type.Unsafe<unknown>({ type: 'object', title: 'Headers of the answer, each a list of texts' }),
  }),
  metrics: [
    { name: 'response.length', type: 'counter', description: 'Bytes of the file' },
    { name: 'request.duration', type: 'timer', description: 'From the first byte sent to the last byte stored' },
  ],
  runs: 'thread',
  run: (context) => {
    const address = requiredText(context, 'uri').trim();
    return isStoredAddress(address) || address.startsWith('file:///') ? copied(context, address) : downloaded(context);
  },
});

async function downloaded(context: TaskContext): Promise<TaskOutcome> {
  const request = await requestOf(context, Number.MAX_SAFE_INTEGER);
  const startMs = context.nowMs();
  const answer = await openExchange(context, request);
  try {
    if (!isAllowed(context, answer.code)) {
      return { type: 'failed', message: `Download of ${answer.uri} failed: status ${answer.code}${await said(answer.chunks)}`, outputs: { code: answer.code, headers: answer.headers } };
    }
    const name = nameOf({ saveAs: renderedText(context, 'saveAs'), disposition: answer.headers['content-disposition']?.[0], path: new URL(answer.uri).pathname });
    const stored = await context.files.putStream(name, limited(answer, request.answerBytesMax));
    const tookMs = context.nowMs() - startMs;
    context.log('DEBUG', `${request.method} ${answer.uri} answered ${answer.code} with ${stored.sizeBytes} bytes in ${tookMs} ms`);
    context.metric({ type: 'timer', name: 'request.duration', value: tookMs });
    return finished(context, { uri: stored.uri, code: answer.code, length: stored.sizeBytes, headers: answer.headers }, answer.uri);
  } finally {
    answer.close();
  }
}

async function copied(context: TaskContext, address: string): Promise<TaskOutcome> {
  const name = nameOf({ saveAs: renderedText(context, 'saveAs'), disposition: undefined, path: address.replace(/^\w+:\/\//, '') });
  const stored = await context.files.putStream(name, context.files.stream(address));
  return finished(context, { uri: stored.uri, length: stored.sizeBytes, headers: {} }, address);
}

function finished(context: TaskContext, outputs: { readonly uri: string; readonly code?: number; readonly length: number; readonly headers: unknown }, from: string): TaskOutcome {
  context.metric({ type: 'counter', name: 'response.length', value: outputs.length });
  if (outputs.length > 0) return { type: 'succeeded', outputs };
  if (renderedBoolean(context, 'failOnEmptyResponse', true)) throw new TaskFailure(`Download of ${from} failed: there is nothing in it. Set "failOnEmptyResponse: false" to take it as it is.`, { outputs });
  context.log('WARN', `There is nothing in ${from}`);
  return { type: 'succeeded', outputs };
}

async function said(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= shownBytesMax) break;
  }
  return text === '' ? '' : `, "${clipped(text)}"`;
}
