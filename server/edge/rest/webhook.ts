/** Calls of webhooks from the network: any body as its trigger will see it, and the answer that the trigger wants. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { limits } from '../../../core/protocol/limits.ts';
import type { WebhookReply } from '../../../core/protocol/operations/executions.ts';
import { readForm, readText } from '../bodies.ts';
import { empty, json } from '../headers.ts';
import { tooLarge, type HttpAnswer, type HttpRequest } from '../transport/index.ts';

export interface WebhookInput {
  readonly input: Readonly<Record<string, unknown>>;
  readonly discard: () => Promise<void>;
}

/** Credentials are not handed to a flow. */
const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);
const nothing = async (): Promise<void> => {};

export async function readWebhook(request: HttpRequest, uploadPath: () => string): Promise<WebhookInput> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) if (!secretHeaders.has(name)) headers[name] = [value];
  const parameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(request.query)) {
    if (name === '__proto__') continue;
    parameters[name] = [...(parameters[name] ?? []), value];
  }
  const whole = { headers, parameters };
  if (request.method === 'GET') return { input: { ...whole, body: null }, discard: nothing };
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') {
    const upload = await readForm(request, uploadPath);
    return { input: { ...whole, body: null, form: upload.form }, discard: upload.discard };
  }
  if (isBinary(type)) return readBinary(request, type, uploadPath(), whole);
  return { input: { ...whole, body: looseJson(await readText(request)) }, discard: nothing };
}

/** What is no text: it would be broken by reading it as one. */
const isBinary = (type: string): boolean => /^(?:image|audio|video|font)\//.test(type) ? type !== 'image/svg+xml' : /^application\/(?:octet-stream|pdf|zip|gzip|x-tar|x-gzip|x-7z-compressed|protobuf|x-protobuf|avro|vnd\.apache\.(?:parquet|avro|arrow)\S*|vnd\.openxmlformats\S*)$/.test(type);

/** Streams to the disk, whatever its size. */
async function readBinary(request: HttpRequest, contentType: string, path: string, whole: Readonly<Record<string, unknown>>): Promise<WebhookInput> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const discard = async (): Promise<void> => { await rm(path, { force: true }); };
  let sizeBytes = 0;
  // Its promise rejects when the disk fails; the body's end waits for it.
  const closed = once(file, 'close');
  try {
    await request.body.stream(async (chunk) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limits.fileBytesMax) throw tooLarge(limits.fileBytesMax);
      if (!file.write(chunk)) await once(file, 'drain');
    });
    file.end();
    await closed;
  } catch (error) {
    file.destroy();
    closed.catch(nothing);
    await discard();
    throw error;
  }
  return { input: { ...whole, body: null, blob: { contentType, sizeBytes, blob: path } }, discard };
}

function looseJson(bodyText: string): unknown {
  if (bodyText.trim() === '') return null;
  try {
    return parseJsonText(bodyText);
  } catch {
    return bodyText;
  }
}

/** Null: its conditions do not hold; accepted, and nothing happened. */
export function webhookAnswer(reply: WebhookReply | null): HttpAnswer {
  if (reply === null) return empty(204);
  if (/json/i.test(reply.contentType)) return json(reply.status, reply.body, { 'content-type': reply.contentType });
  return {
    status: reply.status,
    // What a flow wrote is never a page of ours.
    headers: { 'content-type': reply.contentType, 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; sandbox" },
    body: { type: 'bytes', bytes: String(reply.body) },
  };
}
