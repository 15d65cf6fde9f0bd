/** Flows as files: up and down. Both are REST, since files do not go through the socket. */
import { CallError } from '../../connection/index.ts';

const base = (tenant: string): string => `/api/v1/${encodeURIComponent(tenant)}/flows`;

/** Names of what could not be imported; empty when all is well. */
export async function importFlows(tenant: string, file: File): Promise<readonly string[]> {
  const form = new FormData();
  form.append('fileUpload', file, file.name);
  const answer = await fetch(`${base(tenant)}/import`, { method: 'POST', body: form });
  if (!answer.ok) throw await errorOf(answer);
  const failed: unknown = await answer.json();
  return Array.isArray(failed) ? failed.map(String) : [];
}

/** Downloads a ZIP of the named flows. */
export async function exportFlows(tenant: string, flows: readonly { readonly namespace: string; readonly id: string }[]): Promise<void> {
  const answer = await fetch(`${base(tenant)}/export/by-ids`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(flows) });
  if (!answer.ok) throw await errorOf(answer);
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  const [only] = flows;
  link.download = flows.length === 1 && only !== undefined ? `${only.namespace}.${only.id}.zip` : 'flows.zip';
  link.click();
  URL.revokeObjectURL(address);
}

/** The message and the places of a REST error. */
export async function errorOf(answer: Response): Promise<CallError> {
  const body: unknown = await answer.json().catch(() => undefined);
  const fields = typeof body === 'object' && body !== null ? body as { readonly message?: unknown; readonly _embedded?: { readonly errors?: unknown } } : {};
  const errors = Array.isArray(fields._embedded?.errors) ? fields._embedded.errors : [];
  return new CallError(typeof fields.message === 'string' ? fields.message : `The server answered ${answer.status} ${answer.statusText}`, { status: answer.status, errors });
}
