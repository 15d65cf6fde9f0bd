/** A call of a webhook, and how its trigger wants it to be answered. */
import type { executionsWebhook, WebhookReply } from '../../../core/protocol/operations/executions.ts';
import type { WebhookAnswer } from '../../executor/contract.ts';
import type { Handler } from '../handler.ts';
import { executionUrl, replied } from '../rooms.ts';

export const webhook: Handler<typeof executionsWebhook> = async ({ rooms, input, caller }) => {
  const { form, blob } = input;
  const answer = replied(await rooms.executor.webhook({
    tenant: caller.tenant, namespace: input.namespace, flowId: input.id, key: input.key, body: input.body ?? null, headers: input.headers, parameters: input.parameters,
    afterFrontCommit: rooms.documents.lastCommit(),
    ...(input.path === undefined ? {} : { path: input.path }),
    ...(form === undefined ? {} : { form: { fields: Object.fromEntries(Object.entries(form.fields).map(([name, value]) => [name, String(value)])), files: form.files.map((file) => ({ name: file.field, filename: file.filename, contentType: file.contentType, sizeBytes: file.sizeBytes, path: file.blob })) } }),
    ...(blob === undefined ? {} : { blob: { name: 'body', filename: 'body', contentType: blob.contentType, sizeBytes: blob.sizeBytes, path: blob.blob } }),
  }));
  if (answer === undefined) return null;
  return { ...replyOf(answer, executionUrl(rooms, answer.execution, caller.tenant)), executionId: answer.execution.id };
};

/** The execution, or what it has answered. A caller who wants outputs of one that has none learns its state instead. */
export function replyOf({ execution, ended, outputs, contentType, code }: WebhookAnswer, url: string): Omit<WebhookReply, 'executionId'> {
  const status = code ?? 200;
  const values = execution.outputs ?? {};
  if (!ended || execution.state.current === 'FAILED' || (contentType === undefined && !outputs)) return { status: ended && execution.state.current === 'FAILED' ? 200 : status, contentType: 'application/json', body: { ...execution, url } };
  if (contentType === undefined || /json/i.test(contentType)) return { status, contentType: contentType ?? 'application/json', body: values };
  const texts = Object.values(values);
  const only = texts.length === 1 ? texts[0] : values;
  return { status, contentType, body: typeof only === 'string' ? only : JSON.stringify(only) };
}
