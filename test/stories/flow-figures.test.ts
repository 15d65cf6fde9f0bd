/** What runs leave behind, on the Logs page and on a flow's tabs Logs, Metrics and Concurrency (F253-F257, F261-F263, F366-F370). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const flows = [
  'id: says\nnamespace: figures\ntasks:\n  - id: warn\n    type: io.kestra.plugin.core.log.Log\n    level: WARN\n    message: low on rows\n  - id: info\n    type: io.kestra.plugin.core.log.Log\n    message: all is well\n  - id: value\n    type: io.kestra.plugin.core.debug.Return\n    format: hello\n',
  'id: limited\nnamespace: figures\nconcurrency: {limit: 1, behavior: QUEUE}\ntasks:\n  - id: pause\n    type: io.kestra.plugin.core.flow.Pause\n',
];

let server: TestServer;
let browser: TestBrowser;
let maya: TestPerson;

test.before(async () => {
  server = await startServer();
  for (const source of flows) await server.putFlow(source);
  browser = await openBrowser();
  maya = await browser.person('Maya');
});
test.after(async () => {
  await browser.close();
  await discard(server);
});
test.after.each(() => assert.equal(maya.complaints, []));

const start = async (flow: string, wait = true): Promise<string> => ((await server.request('POST', `/api/v1/executions/figures/${flow}?wait=${wait}`)).json as { readonly id: string }).id;
async function open(path: string): Promise<void> {
  await maya.go(`${server.url}/ui/main${path}`);
  await maya.page.waitForSelector('[data-page][data-mounted]');
}

test('lines of all runs: from a level up, with a chart by level, each leading to its flow and to its place in the run', async () => {
  const id = await start('says');
  await open('/logs');
  await maya.sees('#log-lines', 'low on rows');
  await maya.sees('#log-chart', 'As a table');
  assert.match(await maya.page.$eval('#log-chart svg > a:last-of-type', (bar) => bar.getAttribute('aria-label') ?? ''), /1 WARN, 1 INFO/);
  await maya.click('.tagchip .tag-edit');
  await maya.page.evaluate(() => { [...document.querySelectorAll<HTMLElement>('#filter-options [role="option"]')].find((option) => option.textContent === 'WARN')?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, cancelable: true })); });
  await until('only warnings', () => maya.text('#log-lines'), (text) => text.includes('low on rows') && !text.includes('all is well'));
  assert.match(maya.page.url(), /minLevel=WARN/);
  assert.is(await maya.page.$eval('#log-lines a[title="Flow figures.says"]', (link) => link.getAttribute('href')), '/ui/main/flows/edit/figures/says/overview');
  await maya.click('#log-lines a.id');
  await until('at its line', () => maya.page.url(), (url) => url.includes(`/${id}/logs?line=`));
});

test('a flow\'s Logs tab is the same list of its own lines', async () => {
  await open('/flows/edit/figures/limited/logs');
  await maya.sees('#log-lines', 'Nothing was logged in the last 7 days');
  await open('/flows/edit/figures/says/logs?minLevel=WARN');
  await maya.sees('#log-lines', 'low on rows');
  await maya.sees('#log-chart', 'WARN');
  await maya.page.$eval('#flow-menu [data-action="delete-logs"]', (item) => { (item as HTMLElement).click(); });
  await maya.sees('#confirm', 'Delete the logs of says?');
  await maya.click('#confirm [value="yes"]');
  await maya.sees('#log-lines', 'No line fits these filters');
});

test('Metrics: nothing until a metric and its aggregation are chosen, then bars with their legend; a new run is counted while one looks', async () => {
  await open('/flows/edit/figures/says/metrics');
  await maya.sees('#flow-metrics', 'Choose a metric');
  await maya.page.evaluate(() => { [...document.querySelectorAll<HTMLElement>('.metric-choices a')].find((link) => link.textContent === 'length')?.click(); });
  await maya.sees('#flow-metrics', 'Choose how it is aggregated');
  await maya.page.evaluate(() => { [...document.querySelectorAll<HTMLElement>('.metric-choices a')].find((link) => link.textContent === 'SUM')?.click(); });
  await maya.sees('#flow-metrics', 'sum of length');
  const last = (): Promise<string> => maya.page.$eval('#flow-metrics svg > a:last-of-type', (bar) => bar.getAttribute('aria-label') ?? '');
  assert.match(await last(), /: 5 sum of length/);
  await start('says');
  await until('two runs are summed', last, (text) => /: 10 sum of length/.test(text));
  await open('/flows/edit/figures/says/metrics?metric=length&aggregation=AVG&taskId=value');
  assert.match(await last(), /: 5 avg of length/);
});

test('Concurrency: slots taken and waiting, live; a flow without a limit says how to set one', async () => {
  const first = await start('limited', false);
  await open('/flows/edit/figures/limited/concurrency');
  await maya.sees('#concurrency', '1 of 1 slot taken');
  await start('limited', false);
  await maya.sees('#concurrency', '1 waiting');
  await maya.sees('#concurrency-rows', 'Queued');
  await server.request('DELETE', `/api/v1/executions/${first}/kill`);
  await until('the one that waited holds the slot', () => maya.text('.slots-figure'), (text) => text === '1 of 1 slot taken');
  await open('/flows/edit/figures/says/concurrency');
  await maya.sees('[data-page="flow"]', 'No limit of concurrent runs');
});

test.run();
