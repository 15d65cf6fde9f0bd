/**
 * Two people at the list of executions (F041-F087, F265-F293, F497): what is chosen for oneself is remembered on the server and live in
 * other tabs, named filters are shared, each sees at which rows the other is; many executions are changed together, and what does not
 * fit is said of each; the chart and the timeline are the same figures by mouse, keyboard and as text.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const flows = [
  'id: quick\nnamespace: team.deep\nlabels: {team: data}\ninputs:\n  - {id: who, type: STRING, defaults: world}\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: "hello {{ inputs.who }}"\n',
  'id: broken\nnamespace: team.other\ntasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n    errorMessage: it is broken\n',
  'id: waits\nnamespace: team.other\ntasks:\n  - id: pause\n    type: io.kestra.plugin.core.flow.Pause\n',
];

interface Row { readonly id: string; readonly state: { readonly current: string }; readonly labels: readonly { readonly key: string; readonly value: string }[] }

let server: TestServer;
let browser: TestBrowser;
let maya: TestPerson;
let tom: TestPerson;

test.before(async () => {
  server = await startServer();
  for (const source of flows) await server.putFlow(source);
  browser = await openBrowser();
  maya = await browser.person('Maya');
  tom = await browser.person('Tom');
});
test.after(async () => {
  await browser.close();
  await discard(server);
});
test.after.each(() => assert.equal([...maya.complaints, ...tom.complaints], [], 'no report of the page policy and no script error'));

const at = (path: string): string => `${server.url}/ui/main${path}`;
const one = async (id: string): Promise<Row | undefined> => {
  const answer = await server.request('GET', `/api/v1/executions/${id}`);
  return answer.status === 404 ? undefined : answer.json as Row;
};
async function start(flow: string, state: string): Promise<string> {
  const { id } = (await server.request('POST', `/api/v1/executions/${flow}`)).json as { readonly id: string };
  await until(`${flow} is ${state}`, async () => (await one(id))?.state.current, (now) => now === state);
  return id;
}
async function open(person: TestPerson, path: string): Promise<void> {
  await person.go(at(path));
  await person.page.waitForSelector('[data-page][data-mounted]');
  await until(`${person.name} is live`, () => person.page.evaluate(() => document.documentElement.dataset['connection']), (state) => state === 'live');
}
const texts = (person: TestPerson, selector: string): Promise<string[]> => person.page.$$eval(selector, (elements) => elements.map((element) => (element.textContent ?? '').trim()));
const heads = 'table[aria-label="Executions"] thead th';
const rowIds = (person: TestPerson): Promise<string[]> => person.page.$$eval('#execution-rows tr', (rows) => rows.map((row) => row.id.replace('execution-', '')));
const choose = async (person: TestPerson, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await person.click(`#execution-${id} input[data-select]`);
};
/** What was done has been answered, and the choice is over. */
const unchosen = async (person: TestPerson): Promise<void> => { await until('nothing is chosen', () => person.page.$eval('#bulk', (bar) => (bar as HTMLElement).hidden === true), (hidden) => hidden); };
/** An entry of a menu: opened by its button, chosen by a click. */
async function pick(person: TestPerson, menu: string, item: string): Promise<void> {
  await person.click(`[popovertarget="${menu}"]`);
  await person.click(`#${menu} ${item}`);
}

test('a column that I choose is there in my other tab at once, and after I come back; nobody else has it', async () => {
  await start('team.deep/quick', 'SUCCESS');
  await open(maya, '/executions');
  await open(tom, '/executions');
  const second = await maya.page.browserContext().newPage();
  await second.goto(at('/executions'));
  await second.waitForSelector('[data-mounted]');
  // A tab in the background is not painted, and is looked at without waiting for its frames.
  await maya.page.bringToFront();
  await pick(maya, 'list-settings', '[data-action="setting-column"][data-value="task"]');
  await maya.sees('thead', 'Task');
  await maya.sees('#execution-rows', 'say');
  await until('the other tab has it', () => second.evaluate(() => document.querySelector('table[aria-label="Executions"] thead')?.textContent ?? ''), (head) => head.includes('Task'));
  await pick(maya, 'list-settings', '[data-action="setting-chart"]');
  await until('the other tab has no chart', () => second.evaluate(() => document.querySelector('#execution-chart') === null), (gone) => gone);
  await second.close();
  await open(maya, '/executions');
  assert.ok((await texts(maya, heads)).includes('Task'));
  assert.not.ok((await texts(tom, heads)).includes('Task'));
  await pick(maya, 'list-settings', '[data-action="setting-chart"]');
  await maya.sees('#execution-chart', 'As a table');
  await pick(maya, 'list-settings', '[data-action="setting-columns-default"]');
  await until('the columns are reset', () => texts(maya, heads), (shown) => !shown.includes('Task'));
});

test('filters are saved under a name; shared, the other has them at once; only who saved them, or an administrator, removes them', async () => {
  await open(tom, '/executions');
  await open(maya, '/executions?state=FAILED,WARNING');
  await pick(maya, 'saved-searches', '[data-action="search-save"]');
  await maya.sees('#save-search', 'state in Failed, Warning');
  await maya.page.type('#save-search [name="name"]', 'What went wrong');
  await maya.click('#save-search [name="shared"]');
  await maya.click('#save-search [type="submit"]');
  await maya.sees('#toasts', 'Saved as What went wrong');
  await until('Tom has it', () => tom.page.$$eval('#saved-searches .menu-row', (rows) => rows.map((row) => row.textContent ?? '').join()), (names) => names.includes('What went wrong'));
  await pick(tom, 'saved-searches', '.menu-row a');
  await until('Tom sees what Maya saw', () => tom.page.url(), (url) => url.endsWith('?state=FAILED,WARNING'));
  await pick(maya, 'saved-searches', '.menu-remove');
  await until('it is gone for Tom', () => tom.page.$$eval('#saved-searches .menu-row', (rows) => rows.length), (count) => count === 0);
});

test('each sees who else is at the list and at which rows, and a click on a face shows what they see', async () => {
  const id = await start('team.deep/quick', 'SUCCESS');
  await open(maya, '/executions');
  await open(tom, '/executions?state=SUCCESS');
  await choose(maya, [id]);
  await tom.page.waitForSelector(`#execution-${id}[data-who] .row-people .avatar`);
  await tom.page.waitForSelector('#page-people .avatar-link');
  assert.equal(await maya.page.$$eval('#execution-rows tr[data-who]', (rows) => rows.length), 0, 'nobody is shown to themselves');
  await maya.click(`#execution-${id} input[data-select]`);
  await maya.page.evaluate(() => { if (document.activeElement instanceof HTMLElement) document.activeElement.blur(); });
  await until('Tom\'s face leads to what he sees', () => maya.page.$$eval('#page-people .avatar-link', (faces) => faces.map((face) => face.getAttribute('href') ?? '').join()), (hrefs) => hrefs.endsWith('?state=SUCCESS'));
  await maya.click('#page-people .avatar-link');
  await until('Maya sees Tom\'s filter', () => maya.page.url(), (url) => url.endsWith('?state=SUCCESS'));
  await maya.page.close();
  await until('Maya is gone', () => tom.page.$$eval('#page-people .avatar-link', (faces) => faces.length), (count) => count === 0);
  await until('her mark too', () => tom.page.$$eval('#execution-rows tr[data-who]', (rows) => rows.length), (count) => count === 0);
  maya = await browser.person('Maya');
});

test('many are given a state and labels together; what does not fit is said of each, nothing is done, and the others can be chosen', async () => {
  const [failed, done, waits] = [await start('team.other/broken', 'FAILED'), await start('team.deep/quick', 'SUCCESS'), await start('team.other/waits', 'PAUSED')];
  await open(maya, '/executions');
  await choose(maya, [failed, done]);
  await maya.sees('#bulk', '2 selected');
  await maya.click('#bulk [data-action="bulk"][data-value="change-status"]');
  await maya.page.select('#bulk-status', 'WARNING');
  await maya.click('#bulk-dialog [type="submit"]');
  await until('both are WARNING', async () => [(await one(failed))?.state.current, (await one(done))?.state.current].join(), (states) => states === 'WARNING,WARNING');
  await unchosen(maya);
  await choose(maya, [failed, done]);
  await pick(maya, 'bulk-more', '[data-value="labels"]');
  await maya.page.type('#bulk-dialog [data-label-key]', 'ticket');
  await maya.page.type('#bulk-dialog [data-label-value]', '4711');
  await maya.click('#bulk-dialog [type="submit"]');
  await until('both have the label', async () => [await one(failed), await one(done)].every((row) => row?.labels.some((label) => label.key === 'ticket' && label.value === '4711') === true), (all) => all);
  await unchosen(maya);
  await choose(maya, [failed, waits]);
  await pick(maya, 'bulk-more', '[data-value="resume"]');
  await maya.click('#bulk-dialog [type="submit"]');
  await maya.sees('#misfits', '1 of 2 executions does not fit');
  assert.match(await maya.text('#misfits tbody'), new RegExp(failed.slice(0, 8)));
  assert.is((await one(waits))?.state.current, 'PAUSED', 'nothing was done');
  await maya.click('#misfits [value="yes"]');
  await until('only the other is chosen', () => maya.page.$$eval('#execution-rows tr[aria-selected="true"]', (rows) => rows.map((row) => row.id).join()), (ids) => ids === `execution-${waits}`);
  await maya.click('#bulk [data-value="kill"]');
  await maya.click('#bulk-dialog [type="submit"]');
  await until('it is killed', async () => (await one(waits))?.state.current, (state) => state === 'KILLED');
});

test('deleting asks what goes with them; all that match are chosen over the pages', async () => {
  for (let index = 0; index < 12; index += 1) await start('team.deep/quick', 'SUCCESS');
  await open(maya, '/executions?flowId=quick&size=10');
  const before = ((await server.request('GET', '/api/v1/executions/search?flowId=quick&size=1')).json as { readonly total: number }).total;
  await maya.click('#bulk ~ .table-wrap input[data-select-all]');
  await maya.sees('#bulk', '10 selected');
  await maya.click('#bulk [data-select-matching]');
  await until('all are chosen', () => maya.text('#bulk [data-selected-count]'), (text) => text === `All ${before} selected`);
  await maya.click('#bulk [data-value="delete"]');
  await maya.sees('#bulk-dialog', 'Their logs');
  assert.is(await maya.page.$eval('#bulk-dialog [data-when]', (text) => (text as HTMLElement).hidden), true);
  await maya.click('#bulk-dialog [name="includeNonTerminated"]');
  await until('the warning is shown', () => maya.page.$eval('#bulk-dialog [data-when]', (text) => (text as HTMLElement).hidden), (hidden) => !hidden);
  await maya.click('#bulk-dialog [type="submit"]');
  const left = async (): Promise<number> => ((await server.request('GET', '/api/v1/executions/search?flowId=quick&size=1')).json as { readonly total: number }).total;
  await until('all are gone', left, (now) => now === 0);
});

test('a bar of the chart narrows the list to its time, from the keyboard too; its figures are a table for who does not see it', async () => {
  const id = await start('team.other/broken', 'FAILED');
  await open(maya, '/executions?state=FAILED');
  await maya.sees('#execution-chart', 'As a table');
  await maya.page.$eval('#execution-chart details', (details) => { (details as HTMLDetailsElement).open = true; });
  assert.match(await maya.text('#execution-chart tbody'), /Nov|Dec|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct/);
  const last = '#execution-chart svg > a:last-of-type';
  assert.match(await maya.page.$eval(last, (bar) => bar.getAttribute('aria-label') ?? ''), /1 Failed, mean duration/);
  await maya.page.$eval(last, (bar) => { (bar as unknown as SVGAElement).focus(); });
  await maya.page.keyboard.press('Enter');
  await until('the list is that day\'s', () => maya.page.url(), (url) => /startDate=.*&endDate=/.test(url));
  assert.equal(await rowIds(maya), [id]);
  await maya.sees('.tagchip', 'dates between');
});

test('dates are chosen by name, and take the place of a relative time', async () => {
  await open(maya, '/executions?timeRange=PT1H');
  await maya.click('#filter-input');
  await maya.page.keyboard.type('dat');
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('Enter');
  await maya.page.waitForSelector('#dates[open]');
  await maya.page.evaluate(() => { [...document.querySelectorAll<HTMLButtonElement>('#dates [data-range]')].find((button) => button.textContent === 'Today')?.click(); });
  await until('the address has the day', () => maya.page.url(), (url) => /startDate=/.test(url) && !/timeRange/.test(url));
  // The page that was just arrived at listens a moment later.
  await until('its tag opens the dates again', () => maya.page.evaluate(() => {
    if (document.querySelector('#dates[open]') === null) [...document.querySelectorAll<HTMLElement>('.tag-edit')].find((tag) => tag.textContent?.startsWith('dates'))?.click();
    return document.querySelector('#dates[open]') !== null;
  }), (isOpen) => isOpen);
  assert.match(await maya.page.$eval('#dates-start', (input) => (input as HTMLInputElement).value), /T00:00/);
  await maya.page.keyboard.press('Escape');
});

test('the timeline shows what runs, live, each bar leads to its execution and each lane to its flow', async () => {
  const waiting = await start('team.other/waits', 'PAUSED');
  await open(maya, '/executions?view=timeline');
  await maya.page.waitForSelector(`#bar-${waiting} rect[data-live]`);
  await server.request('DELETE', `/api/v1/executions/${waiting}/kill`);
  await maya.page.waitForSelector(`#bar-${waiting} rect[data-state="KILLED"]`);
  await maya.click('#lane-team-other-waits .timeline-name');
  await until('only that flow', () => maya.page.url(), (url) => /flowId=waits/.test(url) && /namespace=team.other/.test(url));
  await maya.page.$eval(`#bar-${waiting}`, (bar) => { (bar as unknown as SVGAElement).focus(); });
  await maya.page.keyboard.press('Enter');
  await until('at the execution', () => maya.page.url(), (url) => url.includes(waiting));
});

test('Execute: a namespace, a flow, its inputs; the execution is there', async () => {
  await open(maya, '/executions');
  await maya.click('[data-action="execute"]');
  await maya.page.waitForSelector('#choose-flow[open]');
  await maya.page.type('#choose-namespace', 'team.deep');
  await until('its only flow is chosen', () => maya.page.$eval('#choose-id', (select) => (select as HTMLSelectElement).value), (id) => id === 'quick');
  await maya.click('#choose-flow [type="submit"]');
  await maya.sees('#execute', 'who');
  await maya.click('#execute [type="submit"]');
  await until('at the execution', () => maya.page.url(), (url) => /\/executions\/team\.deep\/quick\/\w{22}/.test(url));
});

test.run();
