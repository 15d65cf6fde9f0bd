import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf, tryTrigger } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

/** A server that says what it is told to, for the length of a test. */
async function serving(answer: { readonly status: number; readonly body: string }, check: (uri: string) => Promise<void>): Promise<void> {
  const server = createServer((_request, response) => { response.writeHead(answer.status, { 'content-type': 'application/json' }); response.end(answer.body); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await check(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/status`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('Trigger accepts the request of the Request task and refuses what that refuses', () => {
  assert.equal(problemsOf(plugin, { uri: 'http://127.0.0.1', interval: 'PT5S', headers: { a: 'b' }, responseCondition: '{{ true }}' }), []);
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test('an answer for which the condition holds is what it has found, its JSON as a value', () => serving({ status: 200, body: '{"ready":"true"}' }, async (uri) => {
  const { outcome } = await tryTrigger(plugin, { properties: { uri, responseCondition: '{{ response.body.ready }}' } });
  assert.is(outcome.type, 'fired');
  const variables = outcome.type === 'fired' ? outcome.variables : {};
  assert.equal(variables['body'], { ready: 'true' });
  assert.is(variables['code'], 200);
}));

test('an answer for which it does not hold starts nothing, whatever its status', () => serving({ status: 503, body: '{"ready":"false"}' }, async (uri) => {
  const { outcome, logs } = await tryTrigger(plugin, { properties: { uri, responseCondition: '{{ response.body.ready }}' } });
  assert.equal(outcome, { type: 'nothing' });
  assert.match(logs.map((line) => line.message).join('\n'), /answered 503/);
}));

test('a service that is not there is an error', async () => {
  const { outcome } = await tryTrigger(plugin, { properties: { uri: 'http://127.0.0.1:1/' } });
  assert.is(outcome.type, 'failed');
});

test.run();
