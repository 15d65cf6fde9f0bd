/** What changes who I am goes by HTTP: the server then ends my sockets, so that no door keeps the old name, and an answer over one would be lost. */
import { errorOf } from './flows/transfer.ts';

async function send(method: 'PATCH' | 'PUT', path: string, body: unknown): Promise<void> {
  const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw await errorOf(answer);
}

export const updateMe = (change: { readonly name: string; readonly color: number }): Promise<void> => send('PATCH', '/api/v1/me', change);
export const changePassword = (passwords: { readonly oldPassword: string; readonly newPassword: string }): Promise<void> => send('PUT', '/api/v1/me/password', passwords);
