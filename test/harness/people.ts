/** A workspace with people: the links that `--share` prints are followed as a person would, so that roles in tests are made by the front door. */
import * as assert from 'uvu/assert';
import { startServer, type Answer, type StartOptions, type TestServer } from './server.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** `ensemble-session=…`, to be sent as a Cookie header. */
  readonly cookie: string;
  request(method: string, path: string, options?: { readonly body?: string | Uint8Array | FormData; readonly headers?: Record<string, string> }): Promise<Answer>;
}

export interface SharedServer extends TestServer {
  readonly admin: Member;
  /** A new person, invited by the administrator. */
  invite(name: string, role: 'editor' | 'viewer' | 'admin'): Promise<Member>;
}

export const linkOf = (output: string, kind: 'administrator' | 'invitation'): string | undefined =>
  new RegExp(`One-time ${kind} link[^\\n]*\\n\\s+\\S+/invitation/(\\S+)`).exec(output)?.[1];

export async function accept(server: TestServer, token: string, name: string): Promise<Member> {
  const email = `${name.toLowerCase()}@example.com`;
  const password = `${name} walks in the woods`;
  const answer = await server.request('POST', '/invitations/accept', { body: JSON.stringify({ token, name, email, password }) });
  assert.is(answer.status, 200, answer.text);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  assert.match(cookie, /^ensemble-session=.{20,}/);
  return {
    id: (answer.json as { readonly id: string }).id, name, email, password, cookie,
    request: (method, path, options = {}) => server.request(method, path, { ...options, headers: { cookie, ...options.headers } }),
  };
}

/** Started with `--share`; the tests talk to 127.0.0.1 only. */
export async function startSharedServer(options: StartOptions = {}): Promise<SharedServer> {
  const server = await startServer({ ...options, args: ['--share', ...(options.args ?? [])] });
  const link = linkOf(server.output(), 'administrator');
  if (link === undefined) throw new Error(`--share printed no administrator link:\n${server.output()}`);
  const admin = await accept(server, link, 'Ada');
  return {
    ...server, admin,
    async invite(name, role) {
      const answer = await admin.request('POST', '/api/v1/people/invitations', { body: JSON.stringify({ role }) });
      assert.is(answer.status, 200, answer.text);
      const token = (answer.json as { readonly url: string }).url.split('/').at(-1) ?? '';
      return accept(server, token, name);
    },
  };
}
