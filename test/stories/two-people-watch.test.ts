/**
 * Two people in Chromium watch one run. Lines of "What a person sees": states, logs and outputs are live for everybody on it, a
 * colleague's selected row, node or line is outlined in their colour; kill, pause and resume with its input form, restart, replay. After a
 * cut and after a killed server each open view equals a fresh REST read.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { startSharedServer, type Member, type SharedServer } from '../harness/people.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';
import { freePort, openCable, type Cable } from '../harness/sockets.ts';

/** The aim is one second; the machine of the tests runs other things at the same time. */
const equalWithinMs = 5000;

const flows = [`id: orders
namespace: watch
tasks:
  - id: fetch
    type: io.kestra.plugin.core.output.OutputValues
    values:
      rows: 3
      evil: "<img src=x onerror=document.body.dataset.evil=1>"
  - id: per_region
    type: io.kestra.plugin.core.flow.ForEach
    values: [eu, us, apac]
    concurrencyLimit: 1
    tasks:
      - id: wait
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT0.5S
      - id: say
        type: io.kestra.plugin.core.log.Log
        message: "loaded {{ taskrun.value }}"
  - id: hold
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT60S
`, `id: approval
namespace: watch
tasks:
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - id: count
        type: INT
        max: 10
      - id: reason
        type: STRING
        required: false
  - id: after
    type: io.kestra.plugin.core.log.Log
    message: "approved {{ outputs.ask.onResume.count }}"
`, `id: failing
namespace: watch
tasks:
  - id: fine
    type: io.kestra.plugin.core.log.Log
    message: all is well
  - id: broken
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: The warehouse is closed
  - id: never_begun
    type: io.kestra.plugin.core.log.Log
    message: not reached
`, `id: steady
namespace: watch
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, 40) }}"
    concurrencyLimit: 1
    tasks:
      - id: one
        type: io.kestra.plugin.core.log.Log
        message: "step {{ taskrun.value }}"
      - id: rest
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT0.3S
`];

interface Run { readonly id: string; readonly state: { readonly current: string }; readonly metadata: { readonly attemptNumber: number }; readonly taskRunList?: readonly { readonly id: string; readonly taskId: string; readonly value?: string; readonly state: { readonly current: string } }[] }

let server: TestServer;
let shared: SharedServer;
let cable: Cable;
let browser: TestBrowser;
let maya: TestPerson;
let tom: TestPerson;
let editor: Member;
const environment = (): Record<string, string> => ({ ENSEMBLE_PUBLIC_URL: address() });
const address = (): string => `http://127.0.0.1:${cable.port}`;

test.before(async () => {
  cable = await openCable();
  shared = await startSharedServer({ environment: environment(), port: await freePort() });
  server = shared;
  cable.plug(server.port);
  editor = await shared.invite('Maya', 'editor');
  const other = await shared.invite('Tom', 'editor');
  for (const source of flows) assert.is((await editor.request('POST', '/api/v1/flows', { body: source, headers: { 'content-type': 'application/x-yaml' } })).status, 200);
  browser = await openBrowser();
  maya = await enter(editor);
  tom = await enter(other);
});
test.after(async () => {
  await browser.close();
  await cable.close();
  await discard(server);
});
test.after.each(() => {
  assert.equal([...maya.complaints, ...tom.complaints], [], 'no report of the page policy and no script error');
});

async function enter(member: Member, size: { readonly width?: number; readonly height?: number } = {}): Promise<TestPerson> {
  const person = await browser.person(member.name, size);
  const [name = '', value = ''] = member.cookie.split('=');
  await person.page.browserContext().setCookie({ name, value, domain: '127.0.0.1', path: '/', httpOnly: true });
  return person;
}

const cookieOf = (): Record<string, string> => ({ cookie: editor.cookie });
const get = async (path: string): Promise<unknown> => (await server.request('GET', path, { headers: cookieOf() })).json;
const load = async (id: string): Promise<Run> => await get(`/api/v1/executions/${id}`) as Run;
async function start(flow: string): Promise<string> {
  const answer = await server.request('POST', `/api/v1/executions/watch/${flow}`, { headers: cookieOf() });
  assert.is(answer.status, 200, answer.text);
  return (answer.json as Run).id;
}
const at = (flow: string, id: string, tab: string): string => `${address()}/ui/main/executions/watch/${flow}/${id}/${tab}`;
async function open(person: TestPerson, flow: string, id: string, tab: string): Promise<void> {
  await person.go(at(flow, id, tab));
  await person.page.waitForSelector('#page-execution[data-mounted]');
}
const toTab = async (person: TestPerson, tab: string): Promise<void> => {
  await person.click(`#tabs [data-tab="${tab}"]`);
  await person.page.waitForSelector(`#tabs [data-tab="${tab}"][aria-current="page"]`);
  await person.page.waitForSelector('#page-execution[data-mounted]');
};

/** What the Gantt shows: task, value and state of each row, by its id. */
const shownRows = (person: TestPerson): Promise<Record<string, string>> => person.page.$$eval('.gantt-row', (rows) => Object.fromEntries(rows.map((row) => [row.getAttribute('data-row') ?? '', [row.querySelector('.task')?.textContent, row.querySelector('.state-icon')?.getAttribute('data-state')].join(' ')])));
const rowsOf = (run: Run): Record<string, string> => Object.fromEntries((run.taskRunList ?? []).map((taskRun) => [taskRun.id, `${taskRun.taskId} ${taskRun.state.current}`]));
const shownLines = (person: TestPerson): Promise<readonly string[]> => person.page.$$eval('#log-view .log-line', (lines) => lines.map((line) => `${line.getAttribute('data-level')} ${line.querySelector('.message')?.textContent}`));
const linesOf = async (id: string): Promise<readonly string[]> => (await get(`/api/v1/logs/${id}`) as readonly { readonly level: string; readonly message: string }[]).map((line) => `${line.level} ${line.message}`);

/** Asks both at nearly the same moment until they agree: a run that goes on changes between two questions. */
async function agree(what: string, shown: () => Promise<unknown>, fresh: () => Promise<unknown>): Promise<void> {
  await until(what, async () => [JSON.stringify(sorted(await shown())), JSON.stringify(sorted(await fresh()))] as const, ([left, right]) => left === right, equalWithinMs);
}
const sorted = (value: unknown): unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);

test('both see states and lines as they come; what one chooses is outlined for the other, on each tab; a kill by one ends it for both', async () => {
  const id = await start('orders');
  await open(maya, 'orders', id, 'gantt');
  await open(tom, 'orders', id, 'logs');
  await maya.sees('.gantt-row .task', 'hold');
  await agree('the Gantt is the run', () => shownRows(maya), async () => rowsOf(await load(id)));
  await agree('the log is the log', () => shownLines(tom), () => linesOf(id));
  assert.equal((await shownLines(tom)).filter((line) => line.includes('loaded')), ['INFO loaded eu', 'INFO loaded us', 'INFO loaded apac']);
  await maya.page.waitForSelector('#tabs [data-tab="logs"] .avatar[title="Tom"]');

  // Tom chooses a line, then a row, then a node; Maya sees him there, by colour and name.
  await tom.page.click('#log-view .log-line');
  await toTab(tom, 'gantt');
  const say = (await load(id)).taskRunList?.find((one) => one.taskId === 'say' && one.value === 'us')?.id ?? '';
  await tom.page.click(`#row-${say} .gantt-name .task`);
  await maya.page.waitForSelector(`#row-${say}[data-who] .avatar[title="Tom"]`);
  const row = await maya.page.$eval(`#row-${say}`, (element) => element.querySelector('[role="gridcell"][aria-label]')?.getAttribute('aria-label'));
  assert.match(row ?? '', /Tom here/);
  await tom.sees('#task-drawer', 'loaded us');
  await toTab(maya, 'topology');
  await maya.page.waitForSelector('#topology .node[aria-label*="Tom is here"] .remote');
  await toTab(maya, 'logs');
  await toTab(tom, 'logs');
  await tom.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('#log-view .log-line')].find((line) => line.textContent?.includes('loaded us'))?.click());
  await until('the line is outlined', () => maya.page.$$eval('#log-view .log-line[data-who]', (lines) => lines.map((line) => `${line.querySelector('.message')?.textContent} ${line.querySelector('.avatar')?.getAttribute('title')}`)), (found) => found.join() === 'loaded us Tom');
  assert.match(new URL(tom.page.url()).search, /line=\d+/, 'the address leads to the line');

  // Who leaves is gone at once, not after the seconds that a reconnect is granted.
  const leftMs = performance.now();
  await tom.go(`${address()}/ui/main/executions`);
  await until('nobody is outlined', () => maya.page.$$eval('#log-view .log-line[data-who]', (lines) => lines.length), (count) => count === 0);
  assert.ok(performance.now() - leftMs < 4000, 'sooner than the grace of a reconnect');
  await open(tom, 'orders', id, 'overview');

  await maya.click('#execution-actions [data-action="kill"]');
  await maya.sees('dialog#kill', 'Tom is watching it');
  await maya.click('dialog#kill button[value="yes"]');
  await tom.sees('#execution-status', 'Killed');
  await tom.sees('#execution-overview', 'Killed');
  await maya.sees('#execution-status', 'Killed');
  await maya.sees('#execution-actions', 'Restart');
  assert.is((await load(id)).state.current, 'KILLED');
});

test('outputs are columns, one expression is rendered, and what a task gave is no markup', async () => {
  const id = await start('orders');
  await until('it holds', () => load(id), (run) => run.taskRunList?.some((one) => one.taskId === 'hold') === true);
  await open(maya, 'orders', id, 'outputs');
  await open(tom, 'orders', id, 'outputs');
  const choose = (name: string): Promise<void> => maya.page.evaluate((wanted) => { [...document.querySelectorAll<HTMLElement>('.column:last-of-type .column-item')].find((item) => item.querySelector('.mono')?.textContent === wanted)?.click(); }, name);
  for (const name of ['fetch', 'values', 'evil']) {
    await choose(name);
    await maya.page.waitForSelector(`.column-item[aria-selected="true"][data-last] .mono`);
    await maya.sees('.column-item[data-last]', name);
  }
  await maya.sees('.value-text', '<img src=x onerror');
  await maya.sees('.value-pane', 'outputs.fetch.values.evil');
  assert.is(await maya.page.evaluate(() => document.body.dataset['evil']), undefined);
  await tom.page.waitForSelector('.column-item[data-who] .avatar[title="Maya"]');
  await maya.page.type('#eval-expression', '{{ outputs.fetch.values.rows + 4 }}');
  await maya.page.keyboard.down('Control');
  await maya.page.keyboard.press('Enter');
  await maya.page.keyboard.up('Control');
  await maya.sees('#console-entries .result', '7');
  // The console is one for all who look at the run.
  await tom.sees('#console-entries .entry', 'Maya');
  await tom.sees('#console-entries .result', '7');
  await toTab(maya, 'gantt');
  await toTab(maya, 'outputs');
  await maya.sees('#console-entries .result', '7');
  await tom.go(`${at('orders', id, 'outputs')}?p=fetch&p=values&p=rows`);
  await tom.sees('.value-text', '3');
  await server.request('DELETE', `/api/v1/executions/${id}/kill`, { headers: cookieOf() });
});

test('a paused run asks for its inputs; the server refuses a wrong one in the form, and the right one goes on for both', async () => {
  const id = await start('approval');
  await open(maya, 'approval', id, 'gantt');
  await open(tom, 'approval', id, 'logs');
  await maya.sees('#execution-status', 'Paused');
  await tom.sees('#log-empty', 'No lines yet');
  await maya.click('#execution-actions [data-action="resume"]');
  await maya.page.waitForSelector('dialog#resume [name="count"]');
  await maya.page.type('dialog#resume [name="count"]', '11');
  await maya.click('dialog#resume button[type="submit"]');
  await maya.sees('dialog#resume [data-error]', 'count');
  assert.is((await load(id)).state.current, 'PAUSED', 'nothing has happened');
  await maya.page.$eval('dialog#resume [name="count"]', (field) => { (field as HTMLInputElement).value = '7'; });
  await maya.click('dialog#resume button[type="submit"]');
  await maya.page.waitForSelector('dialog#resume', { hidden: true });
  await tom.sees('#log-view .log-line .message', 'approved 7');
  await tom.sees('#execution-status', 'Success');
  await agree('the Gantt is the run', () => shownRows(maya), async () => rowsOf(await load(id)));
});

test('a failure says its error first; a restart by one is seen by both; a replay is a new run', async () => {
  const id = await start('failing');
  await open(maya, 'failing', id, 'overview');
  await open(tom, 'failing', id, 'gantt');
  await maya.sees('.errorbox', 'broken failed');
  await maya.sees('.errorbox', 'The warehouse is closed');
  await maya.sees('.fail-head', 'never_begun did not run');
  await tom.click('#execution-actions [data-action="restart"]');
  await tom.sees('dialog#restart', 'broken runs again');
  await tom.click('dialog#restart button[type="submit"]');
  await until('it has failed again', () => load(id), (run) => run.metadata.attemptNumber === 2 && run.state.current === 'FAILED');
  await maya.sees('#execution-overview .history', 'Restarted');
  await agree('the Gantt is the run', () => shownRows(tom), async () => rowsOf(await load(id)));
  const broken = (await load(id)).taskRunList?.find((one) => one.taskId === 'broken')?.id ?? '';
  // The menu of a row, by the keys of a treegrid.
  await tom.page.focus(`#row-${broken}`);
  await tom.page.evaluate((row) => document.getElementById(`row-${row}`)?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })), broken);
  await tom.page.waitForSelector('#task-menu:popover-open');
  await tom.page.click('#task-menu [data-action="replay-from"]');
  await tom.sees('dialog#replay', 'Replay from broken?');
  await tom.click('dialog#replay button[type="submit"]');
  await until('he is on the new run', () => tom.page.url(), (url) => !url.includes(id) && /\/gantt$/.test(url));
  await tom.sees('#execution-status', 'Failed');
  const replayed = /failing\/([^/]+)\//.exec(tom.page.url())?.[1] ?? '';
  await agree('the Gantt is the new run', () => shownRows(tom), async () => rowsOf(await load(replayed)));
  await toTab(tom, 'overview');
  await tom.sees('#execution-overview', id.slice(0, 8));
});

test('on a phone a failure is read top down and its actions are under the thumb', async () => {
  const id = await start('failing');
  await until('it has failed', () => load(id), (run) => run.state.current === 'FAILED');
  const phone = await enter(editor, { width: 390, height: 844 });
  await open(phone, 'failing', id, 'overview');
  const places = await phone.page.evaluate(() => ['.fail-head .state', '.errorbox', '#execution-failure .attempt', '#execution-failure .log-line', '#execution-acts [data-action="restart"]'].map((selector) => document.querySelector(selector)?.getBoundingClientRect()).map((box) => (box === undefined ? undefined : { top: box.top, bottom: box.bottom, height: box.height })));
  for (const [index, place] of places.entries()) {
    assert.ok(place !== undefined && place.height > 0, `part ${index} is shown`);
    assert.ok(place.bottom <= 844, `part ${index} is on the first screen`);
    assert.ok(index === 0 || place.top >= (places[index - 1]?.top ?? 0), `part ${index} is below the one before`);
  }
  assert.ok((places[4]?.height ?? 0) >= 44, 'a target for a thumb');
  assert.ok(await phone.page.$eval('#execution-failure .log-line .message', (message) => message.getBoundingClientRect().width) > 250, 'a line has the width of the phone');
  assert.is(await phone.page.evaluate(() => document.documentElement.scrollWidth), 390, 'nothing is wider than the phone');
  assert.equal(phone.complaints, []);
  await phone.close();
});

test('a viewer sees every action, disabled, with the reason', async () => {
  const id = await start('failing');
  const iris = await enter(await shared.invite('Iris', 'viewer'));
  await open(iris, 'failing', id, 'gantt');
  await iris.sees('#execution-status', 'Failed');
  const buttons = await iris.page.$$eval('#execution-actions .button:not([popovertarget])', (all) => all.map((button) => [button.getAttribute('aria-disabled'), button.getAttribute('title')]));
  assert.equal(buttons, [['true', 'You may look, not change: ask an administrator for the role editor']]);
  await agree('she sees what is', () => shownRows(iris), async () => rowsOf(await load(id)));
  await iris.close();
});

test('after a cut and after a killed server the views catch up by themselves, without a reload', async () => {
  // All rows are on the screen: the Gantt draws no others.
  await maya.page.setViewport({ width: 1440, height: 4000 });
  const id = await start('steady');
  await open(maya, 'steady', id, 'gantt');
  await open(tom, 'steady', id, 'logs');
  await maya.page.evaluate(() => { document.body.dataset['same'] = 'page'; });
  await tom.sees('#log-view .log-line .message', 'step 2');
  for (let round = 0; round < 3; round += 1) {
    cable.cut();
    await until('lines go on', () => linesOf(id), (lines) => lines.length > 4 + round * 3);
    await agree('the Gantt catches up', () => shownRows(maya), async () => rowsOf(await load(id)));
    await agree('the log catches up', () => shownLines(tom), () => linesOf(id));
  }
  const { port, data } = server;
  await server.kill9();
  await until('the badge says so', () => maya.page.evaluate(() => document.documentElement.dataset['connection']), (state) => state === 'offline');
  server = await startServer({ port, data, environment: environment(), args: ['--share'] });
  cable.plug(port);
  await until('it has gone on', () => linesOf(id), (lines) => lines.length > 12);
  await agree('the Gantt is the run again', () => shownRows(maya), async () => rowsOf(await load(id)));
  await agree('the log is the log again', () => shownLines(tom), () => linesOf(id));
  const lines = await shownLines(tom);
  assert.is(new Set(lines).size, lines.length, 'no line twice');
  assert.is(await maya.page.evaluate(() => document.body.dataset['same']), 'page', 'it is still the same page');
  await server.request('DELETE', `/api/v1/executions/${id}/kill`, { headers: cookieOf() });
  await maya.sees('#execution-status', 'Killed');
  await tom.sees('#execution-status', 'Killed');
});

test.run();
