/** Files of a webhook's call: kept as files of the execution that it starts, or handed over as a value. */
import { readFile } from 'node:fs/promises';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { FileStorage } from '../store/index.ts';
import type { WebhookCall, WebhookFile } from './contract.ts';

export interface ReceivedCall {
  /** Members of `trigger` in the flow. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Nothing came of it: the files go. */
  readonly discard: () => Promise<void>;
}

/** `stores`: the trigger wants a body as a file (`fetchType: STORE`). */
export async function receiveCall(files: FileStorage, call: WebhookCall, options: { readonly executionId: string; readonly stores: boolean }): Promise<ReceivedCall> {
  const uris: string[] = [];
  const folder = `kestra:///${call.namespace.replaceAll('.', '/')}/${call.flowId.toLowerCase().replaceAll('_', '-')}/executions/${options.executionId}/trigger/`;
  const keep = async (file: WebhookFile, index: number): Promise<string> => {
    const uri = `${folder}${index}-${safeName(file.filename)}`;
    await files.take(uri, file.path);
    uris.push(uri);
    return uri;
  };
  const discard = async (): Promise<void> => { for (const uri of uris) await files.remove(uri); };
  const whole = { headers: call.headers, parameters: call.parameters, ...(call.path === undefined ? {} : { path: call.path }) };
  if (call.form !== undefined) {
    const parts: Readonly<Record<string, unknown>>[] = [];
    for (const [index, file] of call.form.files.entries()) parts.push({ name: file.name, filename: file.filename, contentType: file.contentType, size: file.sizeBytes, uri: await keep(file, index) });
    return { variables: { ...whole, body: null, parts, formFields: call.form.fields }, discard };
  }
  if (call.blob !== undefined) {
    if (options.stores) return { variables: { ...whole, body: null, uri: await keep(call.blob, 0) }, discard };
    if (call.blob.sizeBytes > limits.outputBytesMax) throw new ProtocolError({ status: 413, message: `Payload Too Large: the body has ${call.blob.sizeBytes} bytes, and ${limits.outputBytesMax} are handed over as a value; set "fetchType: STORE" on the trigger to get it as a file` });
    return { variables: { ...whole, body: (await readFile(call.blob.path)).toString('base64') }, discard };
  }
  if (options.stores && call.body !== null && call.body !== undefined) {
    const uri = `${folder}body`;
    await files.put(uri, typeof call.body === 'string' ? call.body : JSON.stringify(call.body));
    uris.push(uri);
    return { variables: { ...whole, body: null, uri }, discard };
  }
  return { variables: { ...whole, body: call.body ?? null }, discard };
}

/** The last part of a name that came from outside; never a path. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).pop()?.replaceAll(/[^\w.@ -]/g, '_') ?? '';
  return last === '' || /^\.+$/.test(last) ? 'file' : last.slice(0, 200);
}
