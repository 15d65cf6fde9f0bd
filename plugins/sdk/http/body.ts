/** The bytes of a request and their type: a text, JSON, a form, or a form with files. */
import { Buffer } from 'node:buffer';
import type { TaskContext } from '../index.ts';
import { isMap, renderedMap, renderedText, textOf } from '../values.ts';

export interface RequestBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** Whether a text is the address of a file in the internal storage or of a namespace. */
export const isStoredAddress = (value: string): boolean => /^(kestra|nsfile):\/\/\S+$/.test(value.trim());

/** Undefined when the request has no body. */
export async function requestBody(context: TaskContext): Promise<RequestBody | undefined> {
  const contentType = renderedText(context, 'contentType');
  if (context.properties['formData'] !== undefined && context.properties['formData'] !== null) {
    const form = renderedMap(context, 'formData');
    return /^multipart\/form-data/i.test(contentType ?? '') ? multipart(context, form) : {
      bytes: Buffer.from(new URLSearchParams(Object.entries(form).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, textOf(one)]))).toString()),
      contentType: contentType ?? 'application/x-www-form-urlencoded',
    };
  }
  const body = context.properties['body'];
  if (body === undefined || body === null) return undefined;
  const text = typeof body === 'object' ? JSON.stringify(context.renderDeep(body)) : context.render(body);
  return { bytes: Buffer.from(text), contentType: contentType ?? 'application/json' };
}

async function multipart(context: TaskContext, form: Readonly<Record<string, unknown>>): Promise<RequestBody> {
  const data = new FormData();
  for (const [name, values] of Object.entries(form)) for (const value of Array.isArray(values) ? values : [values]) {
    const file = isMap(value) && value['content'] !== undefined ? { name: textOf(value['name'] ?? name), content: textOf(value['content']) } : undefined;
    const text = file?.content ?? textOf(value);
    if (isStoredAddress(text)) data.append(name, new Blob([new Uint8Array(await context.files.read(text.trim()))]), file?.name ?? decodeURIComponent(text.trim().slice(text.trim().lastIndexOf('/') + 1)));
    else if (file === undefined) data.append(name, text);
    else data.append(name, new Blob([text]), file.name);
  }
  // A Response writes the form and chooses a boundary that does not occur in it.
  const written = new Response(data);
  return { bytes: new Uint8Array(await written.arrayBuffer()), contentType: written.headers.get('content-type') ?? 'multipart/form-data' };
}
