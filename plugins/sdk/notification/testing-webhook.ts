/** A webhook on this machine that keeps what it is sent, for tests of notices. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunnableDefinition } from '../index.ts';
import { tryTask, type Trial, type TrialOptions } from '../testing.ts';

type Run = (properties: Readonly<Record<string, unknown>>, more?: TrialOptions) => Promise<Trial>;

/** `url` of the properties may be a path of the webhook; `/refuses` answers 403. */
export async function withWebhook(plugin: RunnableDefinition, act: (run: Run, posted: readonly Readonly<Record<string, unknown>>[], failure: (trial: Trial) => string) => Promise<void>): Promise<void> {
  const posted: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    }).on('end', () => {
      if (request.url === '/refuses') return void response.writeHead(403).end('invalid_token');
      posted.push(JSON.parse(body) as Readonly<Record<string, unknown>>);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await act(
      (properties, more) => tryTask(plugin, { ...more, properties: { ...properties, url: String(properties['url'] ?? '/hook').replace(/^\//, `${base}/`) } }),
      posted,
      ({ outcome }) => (outcome.type === 'failed' ? outcome.message : 'succeeded'),
    );
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Variables of an execution with a failed task that another one has triggered. A trial stands at the time 0, and looks up plain names only. */
export const noticeVariables = {
  execution: { id: 'execution', state: 'RUNNING', startDate: '1969-12-31T23:58:55Z' },
  tasks: { start: { state: 'SUCCESS' }, load: { north: { state: 'SUCCESS' }, south: { state: 'FAILED' } } },
  kestra: { url: 'http://e.test/' },
  trigger: { executionId: 'abc', namespace: 'up.stream', flowId: 'first', state: 'SUCCESS' },
};
