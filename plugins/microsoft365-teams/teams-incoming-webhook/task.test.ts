import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withWebhook } from '../../sdk/notification/testing-webhook.ts';
import { plugin } from './task.ts';

test('the payload is posted as it is, and as a map', () => withWebhook(plugin, async (run, posted) => {
  assert.is((await run({ payload: '{"a": "{{ word }}"}' }, { variables: { word: 'b' } })).outcome.type, 'succeeded');
  await run({ payload: { a: ['{{ word }}'] } }, { variables: { word: 'b' } });
  assert.equal(posted, [{ a: 'b' }, { a: ['b'] }]);
}));

test('plain words become what Teams wants', () => withWebhook(plugin, async (run, posted) => {
  await run({ messageText: 'hi {{ who }}' }, { variables: { who: 'you' } });
  assert.equal(posted, [{ '@type': 'MessageCard', '@context': 'https://schema.org/extensions', summary: 'hi you', text: 'hi you' }]);
}));

test('a refusal, and a payload that is none, are failures without the address', () => withWebhook(plugin, async (run, _posted, failure) => {
  assert.is(failure(await run({ payload: '{}', url: '/refuses' })), 'Teams did not take the message: status 403, "invalid_token"');
  assert.match(failure(await run({ payload: '{"a": "' })), /^The property "payload" is no JSON/);
  assert.match(failure(await run({})), /^The property "payload" is missing: give it the JSON that Teams wants, or a text as "messageText"/);
  const lost = failure(await run({ payload: '{}', url: 'http://127.0.0.1:1/secret-path' }));
  assert.match(lost, /ECONNREFUSED/);
  assert.not.match(lost, /secret-path/);
}));

test.run();
