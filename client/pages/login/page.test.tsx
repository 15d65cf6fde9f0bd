import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../index.ts';
import { openAddress } from '../test-world.ts';

const from = async (wish: string): Promise<string | undefined> => {
  const { html } = await openAddress({ pages, address: `/ui/main/login?from=${encodeURIComponent(wish)}`, answers: {} });
  return /data-from="([^"]*)"/.exec(html)?.[1];
};

test('after signing in one goes back to where one was', async () => {
  assert.is(await from('/ui/main/flows'), '/ui/main/flows');
});
test('a link that would send somebody elsewhere after signing in leads home', async () => {
  for (const wish of ['https://elsewhere.example', '//elsewhere.example', '/ui//elsewhere', '/ui/\\elsewhere', 'javascript:alert(1)', '']) assert.is(await from(wish), '/ui/main/dashboards', wish);
});
test('the login page has no navigation around it', async () => {
  const { html } = await openAddress({ pages, address: '/ui/main/login', answers: {} });
  assert.not.match(html, /class="rail"/);
});
test.run();
