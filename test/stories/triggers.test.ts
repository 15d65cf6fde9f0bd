/**
 * Two people and the triggers of a team: who switches one off leaves a reason that the other sees at once; a lock is opened, a backfill
 * walks, is paused and deleted, the log of a trigger grows below its row, and the calendar shows what will not happen and why.
 * `ENSEMBLE_SCREENSHOTS=folder` leaves pictures.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const shots = process.env['ENSEMBLE_SCREENSHOTS'];
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const log = 'tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n';
const flows = [
  `id: nightly\nnamespace: shop.data\ndescription: Loads the warehouse\ninputs:\n  - id: day\n    type: STRING\n    required: false\n${log}triggers:\n  - id: at_two\n    type: io.kestra.plugin.core.trigger.Schedule\n    description: The **nightly** load\n    cron: "0 2 * * *"\n    timezone: Europe/Paris\n`,
  `id: held\nnamespace: shop.data\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\ntriggers:\n  - id: often\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "* * * * * *"\n    withSeconds: true\n`,
  `id: called\nnamespace: shop.web\n${log}triggers:\n  - id: order\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: a-long-key\n  - id: after_nightly\n    type: io.kestra.plugin.core.trigger.Flow\n    conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: shop.data\n        flowId: nightly\n`,
  `id: checks\nnamespace: shop.web\n${log}triggers:\n  - id: hourly\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "15 * * * *"\n  - id: workdays\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "30 6 * * 1-5"\n    disabled: true\n`,
];

let server: TestServer;
let browser: TestBrowser;
let ada: TestPerson;
let priya: TestPerson;
const at = (path: string): string => `${server.url}/ui/main${path}`;
const shot = async (person: TestPerson, name: string): Promise<void> => {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  await person.page.screenshot({ path: join(shots, `${name}.png`) });
};
const rowOf = (flowId: string, triggerId: string): string => `#trigger-shop-${flowId === 'nightly' || flowId === 'held' ? 'data' : 'web'}-${flowId}-${triggerId}`;
const inRow = (flowId: string, triggerId: string, selector: string): string => `${rowOf(flowId, triggerId)} ${selector}`;
/** What axe says, by the nodes. */
const violations = async (person: TestPerson): Promise<readonly string[]> => {
  await person.page.evaluate(axeSource);
  return await person.page.evaluate("axe.run(document, { resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | ')))") as readonly string[];
};
const menu = async (person: TestPerson, flowId: string, triggerId: string, action: string): Promise<void> => {
  const id = rowOf(flowId, triggerId).slice(1);
  await person.click(`#${id} [aria-haspopup]`);
  await person.page.waitForSelector(`#menu-${id} [data-action="${action}"]`, { visible: true });
  await person.click(`#menu-${id} [data-action="${action}"]`);
};

test('two people look at the same triggers', async () => {
  server = await startServer();
  browser = await openBrowser();
  for (const source of flows) await server.putFlow(source);
  ada = await browser.person('Ada');
  priya = await browser.person('Priya', { dark: true });
  for (const person of [ada, priya]) {
    await person.go(at('/admin/triggers'));
    await person.sees(rowOf('nightly', 'at_two'), 'At 02:00');
    await person.page.waitForSelector('[data-page="triggers"][data-mounted]');
  }
  await ada.sees(rowOf('nightly', 'at_two'), 'Europe/Paris');
  await ada.sees(rowOf('checks', 'workdays'), 'off in the source');
});

test('who switches one off is asked why, and the other one sees the reason beside the switch', async () => {
  await ada.click(inRow('nightly', 'at_two', '[role="switch"]'));
  await ada.sees('#switch-off', 'Switch at_two off?');
  await ada.page.type('#switch-off [name="reason"]', 'the warehouse moves');
  await shot(ada, 'switch-off');
  await ada.click('#switch-off [type="submit"]');
  await priya.sees(rowOf('nightly', 'at_two'), '“the warehouse moves”');
  assert.is(await priya.page.$eval(inRow('nightly', 'at_two', '[role="switch"]'), (element) => element.getAttribute('aria-checked')), 'false');
  await priya.click(inRow('nightly', 'at_two', '[role="switch"]'));
  await ada.page.waitForFunction((selector) => document.querySelector(selector)?.getAttribute('aria-checked') === 'true', {}, inRow('nightly', 'at_two', '[role="switch"]'));
});

test('a lock names the execution and is opened after a warning', async () => {
  await ada.sees(rowOf('held', 'often'), 'Locked');
  await server.request('PUT', '/api/v1/triggers/set-disabled', { body: JSON.stringify({ namespace: 'shop.data', flowId: 'held', triggerId: 'often', disabled: true, reason: 'quiet please' }) });
  await menu(ada, 'held', 'often', 'unlock');
  await ada.sees('#confirm', 'may start another one while that still runs');
  await ada.click('#confirm [value="yes"]');
  await until('it is free', async () => ((await server.request('GET', '/api/v1/triggers/shop.data/held')).json as { readonly results: readonly { readonly locked: boolean }[] }).results[0]?.locked, (locked) => locked === false);
  await priya.sees(rowOf('held', 'often'), '“quiet please”');
});

test('the log of a trigger opens below its row and grows while one looks', async () => {
  await priya.click(inRow('called', 'order', '[data-action="expand"]'));
  await priya.sees(`${rowOf('called', 'order')}-log`, 'It has said nothing yet');
  await fetch(`${server.url}/api/v1/executions/webhook/shop.web/called/a-long-key`, { method: 'POST', body: '{}' });
  await priya.sees(`${rowOf('called', 'order')}-log`, 'Started execution');
  await shot(priya, 'log-below');
  await priya.click(inRow('called', 'order', '[data-action="expand"]'));
  await priya.page.waitForFunction((selector) => document.querySelector(selector) === null, {}, `${rowOf('called', 'order')}-log`);
});

test('a backfill is made in a dialog, its progress is seen by both, and it is paused and deleted by the other one', async () => {
  // Off, so that its dates wait and its progress can be looked at.
  await server.request('PUT', '/api/v1/triggers/set-disabled', { body: JSON.stringify({ namespace: 'shop.data', flowId: 'nightly', triggerId: 'at_two', disabled: true }) });
  await menu(ada, 'nightly', 'at_two', 'backfill');
  await ada.sees('#backfill', 'Runs nightly for each date of the schedule');
  await ada.page.$eval('#backfill-start', (input) => { (input as HTMLInputElement).value = '2026-01-01T00:00:00'; });
  await ada.page.type('#backfill [name="day"]', 'old');
  await ada.page.type('#backfill-labels', 'reason:migration');
  await shot(ada, 'backfill-dialog');
  await ada.click('#backfill [type="submit"]');
  await priya.sees(rowOf('nightly', 'at_two'), '0 %');
  const row = async () => ((await server.request('GET', '/api/v1/triggers/shop.data/nightly')).json as { readonly results: readonly { readonly backfill?: { readonly inputs?: unknown; readonly labels?: unknown; readonly paused: boolean } }[] }).results[0];
  const made = await row();
  assert.equal([made?.backfill?.inputs, made?.backfill?.labels], [{ day: 'old' }, [{ key: 'reason', value: 'migration' }]]);
  await shot(ada, 'list-light');
  await shot(priya, 'list-dark');
  assert.equal(await violations(ada), []);
  await priya.click(inRow('nightly', 'at_two', '[data-action="backfill-pause"]'));
  await ada.sees(rowOf('nightly', 'at_two'), 'paused');
  await ada.click(inRow('nightly', 'at_two', '[data-action="backfill-unpause"]'));
  await priya.page.waitForSelector(inRow('nightly', 'at_two', '[data-action="backfill-pause"]'));
  await priya.click(inRow('nightly', 'at_two', '[data-action="backfill-delete"]'));
  await priya.click('#confirm [value="yes"]');
  await until('it is gone', row, (now) => now?.backfill === undefined);
  await ada.page.waitForFunction((selector) => document.querySelector(selector) === null, {}, inRow('nightly', 'at_two', '[role="progressbar"]'));
});

test('the details have the description, the cron in words, all properties, and the address of a webhook', async () => {
  await ada.click(inRow('nightly', 'at_two', '.name'));
  await ada.sees('#trigger-details', 'The nightly load');
  await ada.sees('#trigger-details', 'At 02:00, Europe/Paris');
  await shot(ada, 'details');
  assert.equal(await violations(ada), []);
  await ada.page.keyboard.press('Escape');
  await ada.click(inRow('called', 'order', '.name'));
  await ada.sees('#trigger-details', '/api/v1/main/executions/webhook/shop.web/called/a-long-key');
  await ada.page.keyboard.press('Escape');
});

test('many are switched off at once with one reason, and on again', async () => {
  for (const [flowId, triggerId] of [['checks', 'hourly'], ['called', 'order']] as const) await ada.click(inRow(flowId, triggerId, '[data-select]'));
  await ada.sees('#bulk', '2 selected');
  await ada.click('#bulk [data-value="disable"]');
  await ada.page.type('#switch-off [name="reason"]', 'stock-taking');
  await ada.click('#switch-off [type="submit"]');
  for (const [flowId, triggerId] of [['checks', 'hourly'], ['called', 'order']] as const) await priya.sees(rowOf(flowId, triggerId), '“stock-taking”');
});

test('the calendar shows what will happen, what will not and why, and is true without a reload', async () => {
  await priya.go(at('/admin/triggers/calendar'));
  await priya.page.waitForSelector('[data-page="triggers"][data-mounted]');
  await priya.sees('#trigger-off', '“stock-taking”');
  await priya.page.waitForSelector('.calendar-entry[data-off]');
  await priya.sees('#trigger-calendar', 'that will not happen');
  await shot(priya, 'calendar-dark');
  await ada.go(at('/admin/triggers/calendar?span=day'));
  await ada.page.waitForSelector('[data-page="triggers"][data-mounted]');
  await shot(ada, 'calendar-day');
  await ada.go(at('/admin/triggers/calendar'));
  await ada.page.waitForSelector('[data-page="triggers"][data-mounted]');
  await shot(ada, 'calendar-light');
  assert.equal(await violations(ada), []);
  await server.request('PUT', '/api/v1/triggers/set-disabled', { body: JSON.stringify({ namespace: 'shop.web', flowId: 'checks', triggerId: 'hourly', disabled: false }) });
  await priya.page.waitForFunction(() => !(document.querySelector('#trigger-off')?.textContent ?? '').includes('hourly'));
  await priya.page.setViewport({ width: 390, height: 844 });
  await shot(priya, 'calendar-phone');
  const wide = await priya.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.is(wide, 0, 'nothing is wider than the phone');
  await priya.go(at('/admin/triggers'));
  await priya.sees(rowOf('called', 'order'));
  await shot(priya, 'list-phone');
});

test('the tab of a flow has its triggers with their logs open', async () => {
  await ada.go(at('/flows/edit/shop.web/called/triggers'));
  await ada.page.waitForSelector('[data-page="flow"][data-mounted]');
  await ada.sees(`${rowOf('called', 'order')}-log`, 'Started execution');
  await ada.sees(`${rowOf('called', 'after_nightly')}-log`, 'It has said nothing yet');
  await shot(ada, 'flow-tab');
  assert.equal(await violations(ada), []);
});

test('everything that matches is chosen beyond the page, and the tab of a flow without triggers says that there are none', async () => {
  await server.putFlow(`id: doors\nnamespace: shop.doors\n${log}triggers:\n${Array.from({ length: 12 }, (_, index) => `  - id: door_${index}\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: a-long-key-${index}\n`).join('')}`);
  await ada.go(at('/admin/triggers?size=10&namespace=shop.doors'));
  await ada.page.waitForSelector('[data-page="triggers"][data-mounted]');
  await ada.page.waitForFunction(() => document.querySelectorAll('#trigger-rows [data-select]').length === 10);
  for (const box of await ada.page.$$('#trigger-rows [data-select]')) await box.click();
  await ada.click('#bulk [data-select-matching]');
  await ada.sees('#bulk', 'All 12 selected');
  await ada.click('#bulk [data-value="disable"]');
  await ada.sees('#switch-off', 'all 12 triggers that match');
  await ada.page.type('#switch-off [name="reason"]', 'the whole shop');
  await ada.click('#switch-off [type="submit"]');
  await until('all are off', async () => ((await server.request('GET', '/api/v1/triggers/search?namespace=shop.doors&size=100')).json as { readonly results: readonly { readonly state: { readonly disabled: boolean } }[] }).results.map((row) => row.state.disabled), (all) => all.length === 12 && all.every(Boolean));
  await server.putFlow(`id: plain\nnamespace: shop.web\n${log}`);
  await ada.go(at('/flows/edit/shop.web/plain/overview'));
  assert.match(await ada.page.$eval('#tabs [data-tab="triggers"][aria-disabled="true"]', (tab) => tab.getAttribute('title') ?? ''), /has no triggers/);
});

test('nobody\'s page has complained', async () => {
  assert.equal([...ada.complaints, ...priya.complaints], []);
});

test.after(async () => {
  await browser?.close();
  await discard(server);
});

test.run();
