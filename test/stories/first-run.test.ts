/** From nothing to a first watched run: the welcome page, a name, one click, SUCCESS. Under one minute, most of it Chromium's. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser } from '../harness/browser.ts';
import { discard, startServer, until } from '../harness/server.ts';

const minuteMs = 60_000;

test('a stranger goes from an empty workspace to a first run that they watched, in under a minute', async () => {
  const startedMs = performance.now();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const person = await browser.person('stranger');
    await person.go(server.url);
    await person.sees('.welcome', 'Run your first flow');
    assert.match(person.page.url(), /\/ui\/main(\/|$)/);

    // Be somebody. A person reads for longer than the page takes to react; a test does not.
    await person.page.waitForSelector('[data-page="home"][data-mounted]');
    await person.page.$eval('form[data-submit="me"] [name="name"]', (field) => { if (field instanceof HTMLInputElement) field.value = ''; });
    await person.page.type('form[data-submit="me"] [name="name"]', 'Noor Haddad');
    await person.click('form[data-submit="me"] [type="submit"]');
    await until('the name is saved', () => person.page.$eval('.welcome-me .avatar', (avatar) => avatar.getAttribute('title')), (title) => title === 'Noor Haddad');

    // A new name ends the sockets that carried the old one: the badge says when the page is connected again.
    await person.page.waitForSelector('[data-page="home"][data-mounted]');
    await person.page.waitForSelector('[data-connection="live"]');

    // Run the greeting with one click: no question, its inputs have defaults.
    await person.click('[data-action="lesson"][data-value="0"]');
    await until('the run\'s page is open', () => person.page.url(), (address) => /\/ui\/main\/executions\/tutorial\/greeting\/\w{22}/.test(address));
    const executionId = /greeting\/(\w{22})/.exec(person.page.url())?.[1] ?? '';
    await person.page.waitForSelector('#execution-status [data-state="SUCCESS"]', { timeout: 30_000 });
    assert.match(await person.text('#execution-status'), /Success/);

    const execution = (await server.request('GET', `/api/v1/executions/${executionId}`)).json as { state: { current: string }; startedBy?: string };
    assert.is(execution.state.current, 'SUCCESS');
    assert.is(execution.startedBy, 'Noor Haddad');
    assert.ok(performance.now() - startedMs < minuteMs, `it took ${Math.round(performance.now() - startedMs)} ms`);

    // Home is Home from now on.
    await person.go(server.url);
    await person.sees('#overview');
    assert.equal(person.complaints, []);
    await person.close();
  } finally {
    await browser.close();
    await discard(server);
  }
});

test('the three lessons are real flows: the data job and the approval run with one click as well', async () => {
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const person = await browser.person('stranger');
    for (const [lesson, id, state] of [['1', 'sales', 'SUCCESS'], ['2', 'approval', 'PAUSED']] as const) {
      await person.go(`${server.url}/ui/main/welcome`);
      await person.page.waitForSelector('[data-page="home"][data-mounted]');
      await person.page.waitForSelector('[data-connection="live"]');
      await person.click(`[data-action="lesson"][data-value="${lesson}"]`);
      await until(`the page of ${id} is open`, () => person.page.url(), (address) => address.includes(`/executions/tutorial/${id}/`));
      await person.page.waitForSelector(`#execution-status [data-state="${state}"]`, { timeout: 30_000 });
    }
    assert.equal(person.complaints, []);
    await person.close();
  } finally {
    await browser.close();
    await discard(server);
  }
});

test.run();
