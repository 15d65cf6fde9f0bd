/**
 * Two people keep the lists open. Lines of "What a person sees": lists are live ("3 new" instead of jumping), filters are in the address,
 * pages have 25 to 100 rows, a Schedule tells its next date in words and is switched for everybody; Home has real counts; Ctrl+K finds
 * pages, flows and executions.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const flows = [
  'id: quick\nnamespace: lists.team\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: the quick brown fox\n',
  'id: broken\nnamespace: lists.other\ntasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n    errorMessage: it is broken\n',
  'id: nightly\nnamespace: lists.team\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: good night\ntriggers:\n  - id: at_two\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "0 2 * * *"\n',
];

interface Found { readonly total: number; readonly results: readonly { readonly id: string; readonly state: { readonly current: string } }[] }

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
test.after.each(() => {
  assert.equal([...maya.complaints, ...tom.complaints], [], 'no report of the page policy and no script error');
});

const at = (path: string): string => `http://127.0.0.1:${server.port}/ui/main${path}`;
const search = async (query: string): Promise<Found> => (await server.request('GET', `/api/v1/executions/search?${query}`)).json as Found;
async function run(flow: string): Promise<string> {
  const answer = await server.request('POST', `/api/v1/executions/${flow}?wait=true`);
  assert.is(answer.status, 200, answer.text);
  return (answer.json as { readonly id: string }).id;
}
const rowsOf = async (person: TestPerson): Promise<string[]> => await person.page.$$eval('#execution-rows tr', (rows) => rows.map((row) => row.id.replace('execution-', '')));
/** Its behaviour is there and its first live state has come. */
const isLive = async (person: TestPerson): Promise<void> => {
  await until(`${person.name} is live`, async () => await person.page.evaluate(() => document.documentElement.dataset['connection']), (state) => state === 'live');
};

test('an open list does not jump: it says "3 new, show", and shows them when asked; states in it change by themselves', async () => {
  const before = await run('lists.team/quick');
  await maya.go(at('/executions'));
  await isLive(maya);
  await until('the first row', async () => await rowsOf(maya), (rows) => rows.join() === before);
  const held = (await server.request('POST', '/api/v1/executions/lists.team/quick')).json as { readonly id: string };
  const others = [await run('lists.team/quick'), await run('lists.other/broken')];
  await maya.sees('#newer', '3 new, show');
  assert.equal(await rowsOf(maya), [before], 'nothing has moved');
  await maya.click('#newer button');
  await until('all four, newest first', async () => await rowsOf(maya), (rows) => rows.join() === [...others.toReversed(), held.id, before].join());
  assert.ok(await maya.page.$eval('#newer', (bar) => (bar as HTMLElement).hidden));
  await maya.sees(`#execution-${others[1] ?? ''}`, 'Failed');
  await maya.sees(`#execution-${held.id}`, 'Success');
});

test('a filter is chosen with the keyboard, stands in the address, holds after a reload and equals REST; going back takes it away', async () => {
  await maya.go(at('/executions'));
  await isLive(maya);
  await maya.click('#filter-input');
  await maya.page.keyboard.type('sta');
  // The first choice searches for the text, the second is the field.
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('ArrowDown');
  await maya.page.keyboard.press('Enter');
  await maya.page.keyboard.type('fail');
  await maya.page.keyboard.press('Enter');
  await until('the address has it', async () => maya.page.url(), (url) => /[?&]state=FAILED/.test(url));
  const failed = (await search('state=FAILED')).results.map((row) => row.id);
  assert.is(failed.length, 1);
  await until('only the failed one', async () => (await rowsOf(maya)).join(), (rows) => rows === failed.join());
  await tom.go(maya.page.url());
  await isLive(tom);
  assert.equal(await rowsOf(tom), failed, 'whoever is sent the address sees the same');
  // One that fits appears, one that does not stays away.
  await run('lists.team/quick');
  const next = await run('lists.other/broken');
  await tom.sees('#newer', '1 new, show');
  await tom.click('#newer button');
  await until('it is first', async () => (await rowsOf(tom)).join(), (rows) => rows === [next, ...failed].join());
  await maya.page.goBack();
  await until('all again', async () => (await rowsOf(maya)).length, (count) => count > 2);
});

test('pages have 25 rows, or 50, or 100: the address says which, and every execution is on exactly one', async () => {
  for (let index = 0; index < 56; index += 1) await run('lists.team/quick');
  const { total } = await search('size=1');
  await maya.go(at('/executions'));
  await isLive(maya);
  assert.is((await rowsOf(maya)).length, 25);
  assert.match(await maya.text('#pager'), new RegExp(`1 to 25 of ${total}`));
  const seen: string[] = [];
  for (let page = 1; page <= Math.ceil(total / 25); page += 1) {
    if (page > 1) {
      await maya.click('#pager [title="Next page"]');
      await until(`page ${page}`, async () => `${maya.page.url()} ${await maya.text('#pager')}`, (text) => text.includes(`page=${page}`) && text.includes(`${(page - 1) * 25 + 1} to`));
    }
    seen.push(...await rowsOf(maya));
  }
  assert.is(seen.length, total);
  assert.is(new Set(seen).size, total);
  await maya.click('#pager [title="50 rows a page"]');
  await until('fifty', async () => (await rowsOf(maya)).length, (count) => count === 50);
  assert.match(maya.page.url(), /size=50/);
  assert.equal(await rowsOf(maya), seen.slice(0, 50));
});

test('a Schedule tells when in words and its next date; a switch is thrown for everybody, and the scheduler knows', async () => {
  const switchOf = '#trigger-rows [role="switch"]';
  for (const person of [maya, tom]) {
    await person.go(at('/admin/triggers'));
    await isLive(person);
    await person.sees('#trigger-rows', 'At 02:00');
  }
  const trigger = async (): Promise<{ readonly disabled: boolean; readonly nextExecutionDate?: string } | undefined> =>
    ((await server.request('GET', '/api/v1/triggers/search?size=25')).json as { readonly results: readonly { readonly triggerContext: { readonly disabled: boolean; readonly nextExecutionDate?: string } }[] }).results[0]?.triggerContext;
  assert.match((await trigger())?.nextExecutionDate ?? '', /T02:00:00/);
  await maya.click(switchOf);
  await maya.click('#switch-off [type="submit"]');
  await until('off for Tom', async () => await tom.page.$eval(switchOf, (element) => element.getAttribute('aria-checked')), (state) => state === 'false');
  assert.is((await trigger())?.disabled, true);
  await tom.click(switchOf);
  await until('on for Maya', async () => await maya.page.$eval(switchOf, (element) => element.getAttribute('aria-checked')), (state) => state === 'true');
  assert.is((await trigger())?.disabled, false);
});

test('the list of logs is live and searched by text and level', async () => {
  await maya.go(at('/logs?minLevel=INFO&q=fox'));
  await isLive(maya);
  await maya.sees('main', 'the quick brown fox');
  assert.not.ok((await maya.text('main')).includes('it is broken'));
});

test('Home counts what truly ran, while one looks', async () => {
  await tom.go(at('/dashboards'));
  await isLive(tom);
  const countsOf = async (): Promise<Record<string, number>> => Object.fromEntries(await tom.page.$$eval('#overview [data-list] li', (rows) => rows.map((row) => [row.getAttribute('data-state') ?? '', Number(row.querySelector('b')?.textContent)])));
  const truth = async (): Promise<Record<string, number>> => ({ SUCCESS: (await search('state=SUCCESS&size=1')).total, FAILED: (await search('state=FAILED&size=1')).total });
  assert.equal(await countsOf(), await truth());
  const before = await truth();
  await run('lists.team/quick');
  await run('lists.other/broken');
  await until('both are counted', countsOf, (counts) => counts['SUCCESS'] === (before['SUCCESS'] ?? 0) + 1 && counts['FAILED'] === (before['FAILED'] ?? 0) + 1);
  await tom.sees('#scheduled-rows', 'at_two');
  await tom.sees('#failed-rows', 'broken');
});

test('Ctrl+K finds a page, a flow and an execution by what is typed, and Enter goes there without a reload', async () => {
  const [newest] = (await search('size=1&flowId=broken')).results;
  assert.ok(newest !== undefined);
  await tom.page.evaluate(() => { document.documentElement.dataset['same'] = 'page'; });
  for (const [typed, address] of [['plugins', /\/ui\/main\/plugins/], ['nightly', /\/flows\/edit\/lists\.team\/nightly/], [newest.id, new RegExp(`/executions/.*${newest.id}`)]] as const) {
    await tom.page.keyboard.down('Control');
    await tom.page.keyboard.press('k');
    await tom.page.keyboard.up('Control');
    await tom.page.waitForSelector('#palette-input', { visible: true });
    await tom.page.keyboard.type(typed);
    await tom.sees('#palette-list [aria-selected="true"]', typed.slice(0, 7).toLowerCase() === 'plugins' ? 'Plugins' : typed.slice(0, 8));
    await tom.page.keyboard.press('Enter');
    await until(`at ${typed}`, async () => tom.page.url(), (url) => address.test(url));
  }
  assert.is(await tom.page.evaluate(() => document.documentElement.dataset['same']), 'page');
});

test.run();
