import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createOrigins, isLoopback } from './origins.ts';

const local = createOrigins({ host: '127.0.0.1', port: 8080, encrypted: false, publicUrl: undefined, machineNames: ['192.0.2.7'] });
const get = (headers: Record<string, string>, path = '/api/v1/flows/search') => ({ headers, path, method: 'GET' });

test('a local server answers to the names of loopback with its port', () => {
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080', 'LOCALHOST:8080']) assert.is(local.refusal(get({ host })), undefined, host);
});
test('another name, another port, no name: refused, with what is accepted', () => {
  for (const host of ['evil.example:8080', 'localhost:9090', 'localhost', '', '192.0.2.7:8080', 'localhost:8080.evil.example']) {
    const refused = local.refusal(get({ host }));
    assert.is(refused?.problem.status, 403, host);
    assert.match(refused?.message ?? '', /Wrong Host .*answers to .*localhost:8080.*ENSEMBLE_PUBLIC_URL/);
  }
});
test('a foreign Origin is refused, also one that only looks alike', () => {
  for (const origin of ['https://evil.example', 'null', 'http://localhost:8080.evil.example', 'http://localhost:8081', 'file://', 'not an origin', '']) {
    const refused = local.refusal(get({ host: 'localhost:8080', origin }));
    assert.is(refused?.problem.status, 403, origin);
    assert.match(refused?.message ?? '', /Foreign Origin/);
  }
});
test('pages of the server itself may call it by any of its names', () => {
  assert.is(local.refusal(get({ host: 'localhost:8080', origin: 'http://127.0.0.1:8080' })), undefined);
});
test('an image or form of another site is refused even without an Origin, a link to a page is followed', () => {
  const headers = { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' };
  assert.is(local.refusal(get({ ...headers, 'sec-fetch-mode': 'no-cors' }, '/api/v1/executions/webhook/a/b/c'))?.problem.status, 403);
  assert.is(local.refusal(get({ ...headers, 'sec-fetch-mode': 'navigate' }, '/api/v1/executions/webhook/a/b/c'))?.problem.status, 403);
  assert.is(local.refusal(get({ ...headers, 'sec-fetch-mode': 'navigate' }, '/ui/main/flows')), undefined);
});
test('a server of the network answers to the names of its machine', () => {
  const shared = createOrigins({ host: '0.0.0.0', port: 80, encrypted: false, publicUrl: undefined, machineNames: ['192.0.2.7', 'fe80::1'] });
  for (const host of ['192.0.2.7', '192.0.2.7:80', '[fe80::1]', 'localhost']) assert.is(shared.refusal(get({ host })), undefined, host);
  assert.is(shared.refusal(get({ host: 'evil.example' }))?.problem.status, 403);
});
test('the public address is a name too, with and without its scheme\'s own port', () => {
  const behind = createOrigins({ host: '127.0.0.1', port: 8080, encrypted: false, publicUrl: 'https://ensemble.example.com', machineNames: [] });
  assert.is(behind.refusal(get({ host: 'ensemble.example.com', origin: 'https://ensemble.example.com' })), undefined);
  assert.is(behind.refusal(get({ host: 'ensemble.example.com', origin: 'https://example.com' }))?.problem.status, 403);
});
test('loopback is only what stays on the machine', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '::1']) assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '128.0.0.1', 'localhost.example', '127.0.0.1.example']) assert.not.ok(isLoopback(host), host);
});
test.run();
