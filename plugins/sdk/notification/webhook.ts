/** A message to an incoming webhook of a chat: the text that the author wrote, or one that is made of a few words. */
import { Buffer } from 'node:buffer';
import type { TSchema } from 'typebox';
import { limits } from '../../../core/protocol/limits.ts';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { runnable, type RunnableDefinition, type TaskContext, type TaskOutcome } from '../index.ts';
import { decoded, exchange } from '../http/exchange.ts';
import { connectionOf, isAllowed, urlOf } from '../http/options.ts';
import { connectionProperties } from '../http/properties.ts';
import { anything, dynamic, optional, properties, text } from '../schema.ts';
import { clipped, messageOf, renderedText, requiredText, TaskFailure } from '../values.ts';
import type { ExecutionNews } from './news.ts';

export interface ChatService {
  /** As in its types: `Slack` makes `SlackIncomingWebhook`. */
  readonly name: string;
  /** The first one is the type's own; under the others the type was known before, or is known elsewhere. */
  readonly packages: readonly string[];
  /** The property that is a message in plain words, and how it is sent. */
  readonly words?: { readonly property: string; readonly payload: (words: string) => Readonly<Record<string, unknown>> };
  /** Further properties of the notice of an execution. */
  readonly noticeProperties: () => Record<string, TSchema>;
  /** What is sent about an execution; `read` renders one of the further properties. */
  readonly notice: (news: ExecutionNews, read: (name: string) => string | undefined) => Readonly<Record<string, unknown>>;
}

export const typeOf = (service: ChatService, kind: 'IncomingWebhook' | 'Execution'): { readonly type: string; readonly aliases: readonly string[] } => {
  const [own, ...others] = service.packages.map((name) => `${name}.${service.name}${kind}`);
  return { type: own ?? '', aliases: others };
};

export const urlProperty = (): TSchema => dynamic(text({ title: 'Address of the webhook', description: 'It is a secret: keep it in one, `{{ secret(\'WEBHOOK_URL\') }}`.' }));

/** `<package>.<Name>IncomingWebhook` */
export const incomingWebhookTask = (service: ChatService): RunnableDefinition => runnable({
  ...typeOf(service, 'IncomingWebhook'),
  title: `Send a message to ${service.name}`,
  description: `Sends a message by an incoming webhook of ${service.name}. A status from 400 on fails.`,
  properties: properties({
    url: urlProperty(),
    payload: optional(dynamic(anything({ title: 'What is sent', description: `The JSON that ${service.name} wants, as a text or a map.` }))),
    ...(service.words === undefined ? {} : { [service.words.property]: optional(dynamic(text({ title: 'The message', description: 'In plain words, instead of `payload`.' }))) }),
    ...connectionProperties(),
  }),
  runs: 'thread',
  run: (context) => sendToWebhook(context, service.name, payloadOf(context, service)),
});

function payloadOf(context: TaskContext, service: ChatService): string {
  const { payload } = context.properties;
  const words = service.words === undefined ? undefined : renderedText(context, service.words.property);
  if (payload !== undefined && payload !== null) {
    if (typeof payload === 'object') return JSON.stringify(context.renderDeep(payload));
    const rendered = context.render(payload);
    try {
      parseJsonText(rendered);
    } catch (cause) {
      throw new TaskFailure(`The property "payload" is no JSON (${messageOf(cause)}): "${clipped(rendered)}". A text inside is put in by {{ value | toJson }}.`, { cause });
    }
    return rendered;
  }
  if (words === undefined || service.words === undefined) throw new TaskFailure(`The property "payload" is missing: give it the JSON that ${service.name} wants${service.words === undefined ? '' : `, or a text as "${service.words.property}"`}.`);
  return JSON.stringify(service.words.payload(words));
}

/** Posts JSON. The address is never said: whoever knows it may post. */
export async function sendToWebhook(context: TaskContext, service: string, payload: string): Promise<TaskOutcome> {
  const uri = urlOf(requiredText(context, 'url'), 'url');
  const answer = await exchange(context, { uri, method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(payload), ...connectionOf(context, limits.outputBytesMax) }).catch((thrown: unknown) => {
    throw thrown instanceof TaskFailure ? new TaskFailure(thrown.message.replaceAll(`${uri.origin}${uri.pathname}`, uri.origin).replaceAll(uri.href, uri.origin), { cause: thrown }) : thrown;
  });
  const said = decoded(answer.bytes, answer.headers['content-type']?.[0], undefined);
  if (!isAllowed(context, answer.code)) return { type: 'failed', message: `${service} did not take the message: status ${answer.code}${said === '' ? '' : `, "${clipped(said)}"`}` };
  context.log('DEBUG', `${service} took the message: status ${answer.code}`);
  return { type: 'succeeded' };
}
