/** A notice about an execution in a chat: what it is, how it stands, and where to look. */
import { runnable, type RunnableDefinition } from '../index.ts';
import { connectionProperties } from '../http/properties.ts';
import { dynamic, mapOrText, optional, properties, text } from '../schema.ts';
import { renderedText } from '../values.ts';
import { executionNews } from './news.ts';
import { sendToWebhook, typeOf, urlProperty, type ChatService } from './webhook.ts';

/** `<package>.<Name>Execution` */
export const executionNoticeTask = (service: ChatService): RunnableDefinition => runnable({
  ...typeOf(service, 'Execution'),
  title: `Tell ${service.name} about an execution`,
  description: `Sends a message to ${service.name} that says how an execution stands: its flow, state and duration, the first task that failed, and a link. For \`errors\`, \`afterExecution\`, or a flow that a Flow trigger starts.`,
  properties: properties({
    url: urlProperty(),
    executionId: optional(dynamic(text({ title: 'The execution', description: 'Its own one, or with `{{ trigger.executionId }}` the one that started this one.', default: '{{ execution.id }}' }))),
    customMessage: optional(dynamic(text({ title: 'More words' }))),
    customFields: optional(dynamic(mapOrText({ title: 'More facts', description: 'Values by name.' }))),
    ...service.noticeProperties(),
    ...connectionProperties(),
  }),
  runs: 'thread',
  run: (context) => sendToWebhook(context, service.name, JSON.stringify(service.notice(executionNews(context), (name) => renderedText(context, name)))),
});
