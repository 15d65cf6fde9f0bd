/**
 * Two people move through the time of a run, alone and together (B05, B07, B09, B10, B38): the shown moment is the same for Gantt,
 * topology and outputs and in the address; a playhead is followed, asked for and handed over; the Gantt is zoomed, grouped and read as a table.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { startSharedServer, type Member, type SharedServer } from '../harness/people.ts';
import { discard, until } from '../harness/server.ts';

const flow = `id: steps
namespace: travel
tasks:
  - id: first
    type: io.kestra.plugin.core.output.OutputValues
    values: {rows: 3}
  - id: rest_a
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT0.8S
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [eu, us]
    concurrencyLimit: 1
    tasks:
      - id: rest_b
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT0.4S
  - id: last
    type: io.kestra.plugin.core.output.OutputValues
    values: {all: 7}
`;

interface Run { readonly id: string; readonly state: { readonly startDate: string; readonly endDate?: string }; readonly taskRunList: readonly { readonly id: string; readonly taskId: string; readonly value?: string; readonly state: { readonly startDate: string; readonly endDate: string } }[] }

let server: SharedServer;
let browser: TestBrowser;
let maya: TestPerson;
let tom: TestPerson;
let editor: Member;
let run: Run;

test.before(async () => {
  server = await startSharedServer();
  editor = await server.invite('Maya', 'editor');
  const other = await server.invite('Tom', 'editor');
  assert.is((await editor.request('POST', '/api/v1/flows', { body: flow, headers: { 'content-type': 'application/x-yaml' } })).status, 200);
  run = (await editor.request('POST', '/api/v1/executions/travel/steps?wait=true')).json as Run;
  browser = await openBrowser();
  maya = await enter(editor);
  tom = await enter(other);
});
test.after(async () => {
  await browser.close();
  await discard(server);
});
test.after.each(() => {
  assert.equal([...maya.complaints, ...tom.complaints], [], 'no report of the page policy and no script error');
});

async function enter(member: Member): Promise<TestPerson> {
  const person = await browser.person(member.name);
  const [name = '', value = ''] = member.cookie.split('=');
  await person.page.browserContext().setCookie({ name, value, domain: '127.0.0.1', path: '/', httpOnly: true });
  return person;
}
async function open(person: TestPerson, tab: string, query = ''): Promise<void> {
  await person.go(`${server.url}/ui/main/executions/travel/steps/${run.id}/${tab}${query}`);
  await person.page.waitForSelector('#page-execution[data-mounted]');
  // The whole run has come by the socket.
  await until('live', () => person.page.$eval('#connection', (element) => element.textContent ?? ''), (text) => text.includes('Live'));
}
const taskRun = (taskId: string, value?: string) => {
  const found = run.taskRunList.find((one) => one.taskId === taskId && one.value === value);
  if (found === undefined) throw new Error(taskId);
  return found;
};
/** A moment while it ran, as the address says it. */
const during = (taskId: string, value?: string): number => { const { startDate, endDate } = taskRun(taskId, value).state; return Math.round((Date.parse(startDate) + Date.parse(endDate)) / 2); };
const stateOf = (person: TestPerson, taskId: string, value?: string): Promise<string | null> => person.page.$eval(`#row-${taskRun(taskId, value).id} .state-icon`, (icon) => icon.getAttribute('data-state'));
const shownAt = (person: TestPerson): Promise<string> => person.page.$eval('#transport-track', (track) => track.getAttribute('aria-valuetext') ?? '');
async function clickAt(person: TestPerson, share: number): Promise<void> {
  const box = await (await person.page.$('#transport-track'))?.boundingBox();
  if (box === null || box === undefined) throw new Error('no transport');
  await person.page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
}

test('B10 an address shows a moment: Gantt, topology and outputs are what they were then, and the end is one key away', async () => {
  const atMs = during('rest_b', 'eu');
  const query = `?at=${new Date(atMs).toISOString()}`;
  await open(maya, 'gantt', query);
  await until('eu runs', () => stateOf(maya, 'rest_b', 'eu'), (state) => state === 'RUNNING');
  assert.is(await stateOf(maya, 'first'), 'SUCCESS');
  assert.is(await stateOf(maya, 'last'), 'CREATED', 'what is to come is a row with an outline');
  assert.is(await maya.page.$eval(`#row-${taskRun('last').id} .gantt-track`, (track) => track.querySelectorAll('.bar').length), 0);
  assert.ok(await maya.page.$(`#row-${taskRun('rest_b', 'us').id} .bar-outline`));
  assert.ok(await maya.page.$('.gantt-overlay .playhead'));
  await maya.sees('#moment-strip', 'You see the run as it was at');
  assert.ok((await maya.page.$$('.event[data-after]')).length > 0);
  // The moment goes along to the other tabs.
  await maya.click('#tabs [data-tab="topology"]');
  await maya.page.waitForSelector('#topology .node[aria-label^="each, Running"]');
  assert.ok(await maya.page.$('#topology .node[data-state="SUCCESS"]'));
  assert.not.ok(await maya.page.$('#topology .node[aria-label^="last, Success"]'));
  await maya.click('#tabs [data-tab="outputs"]');
  await until('the outputs of then', () => maya.page.$$eval('#outputs .column-item', (items) => items.map((item) => item.textContent ?? '').join(' ')), (text) => text.includes('first') && !text.includes('last'));
  await maya.page.keyboard.press('l');
  await until('the outputs of the end', () => maya.page.$$eval('#outputs .column-item', (items) => items.map((item) => item.textContent ?? '').join(' ')), (text) => text.includes('last'));
  await until('the address is the present again', () => new URL(maya.page.url()).search, (search) => !search.includes('at='));
});

test('the slider, its keys and the events move the moment; playback goes on to the end', async () => {
  await open(maya, 'gantt');
  await clickAt(maya, 0.5);
  const middle = await shownAt(maya);
  assert.match(middle, /of \d/);
  await maya.page.keyboard.press('ArrowRight');
  assert.is.not(await shownAt(maya), middle);
  await maya.page.keyboard.press('Home');
  assert.match(await shownAt(maya), /\+0ms of/);
  await maya.page.keyboard.press('.');
  assert.not.match(await shownAt(maya), /\+0ms of/);
  // An event is a moment, and chooses its task run.
  await maya.page.$eval('.event[data-event]:not([data-event=""])', (event) => { if (event instanceof HTMLElement) event.click(); });
  await maya.sees('#moment-strip', 'You see the run as it was at');
  await maya.page.select('#transport-speed', '0.25');
  await maya.click('[data-action="moment-play"]');
  await maya.page.waitForSelector('[data-action="moment-play"][title^="Rest"] use[href$="#pause"]');
  const playing = await shownAt(maya);
  await until('it moves', () => shownAt(maya), (text) => text !== playing);
  assert.is(await maya.page.evaluate(() => document.activeElement?.getAttribute('data-action')), 'moment-play', 'the button keeps the focus');
  await maya.click('[data-action="moment-play"]');
  await maya.page.waitForSelector('[data-action="moment-play"][title^="Play from here"]');
  await maya.page.select('#transport-speed', '16');
  await maya.click('[data-action="moment-play"]');
  await until('it has come to its end', () => shownAt(maya), (text) => text.includes('the end'));
});

test('B09 the two share a playhead: follow, ask, hand over, look alone', async () => {
  await open(maya, 'gantt');
  await open(tom, 'gantt');
  const follow = '#page-people [data-action="follow"]';
  await tom.click(follow);
  await tom.sees('#moment-strip', 'You follow Maya');
  await maya.sees('#moment-strip', 'Tom follows you');
  await clickAt(maya, 0.5);
  await until('Tom sees the same moment', async () => [await shownAt(tom), await shownAt(maya)] as const, ([a, b]) => a === b && a.includes(' of '));
  await maya.sees('#moment-strip', 'You hold the playhead. Tom sees');
  // Tab and task run as well.
  await maya.page.click(`#row-${taskRun('rest_a').id} .task`);
  await tom.sees('#task-drawer', 'rest_a');
  await maya.click('#tabs [data-tab="topology"]');
  await tom.page.waitForSelector('#tabs [data-tab="topology"][aria-current="page"]');
  await tom.page.waitForSelector('#page-execution[data-mounted]');
  await tom.sees('#moment-strip', 'You follow Maya. You both see the run as it was');
  // Asked for and handed over: now Maya follows.
  await tom.click('[data-action="moment-ask"]');
  await maya.sees('#moment-strip', 'Tom asks for the playhead');
  await maya.click('[data-action="moment-give"]');
  await maya.sees('#moment-strip', 'You follow Tom');
  await tom.sees('#moment-strip', 'You hold the playhead. Maya sees');
  await clickAt(tom, 0.25);
  await until('Maya sees what Tom sees', async () => [await shownAt(tom), await shownAt(maya)] as const, ([a, b]) => a === b && a.includes(' of '));
  // Her own hand ends it, where she stands.
  await clickAt(maya, 0.75);
  await until('Tom is alone', () => tom.text('#moment-strip'), (text) => !text.includes('Maya sees'));
  assert.is.not(await shownAt(maya), await shownAt(tom));
});

test('B07 a colleague sees where the pointer is in the time of the Gantt, and who looks at another moment', async () => {
  await open(maya, 'gantt');
  await open(tom, 'gantt');
  const box = await (await tom.page.$('.gantt-head > :last-child'))?.boundingBox();
  await tom.page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 60);
  await maya.page.waitForSelector('.gantt-overlay .viewer-line');
  await maya.sees('.gantt-overlay .pointer', 'Tom');
  await tom.page.mouse.move(2, 2);
  await until('the line goes with the pointer', () => maya.page.$$eval('.gantt-overlay .viewer-line', (lines) => lines.length), (count) => count === 0);
  await clickAt(tom, 0.5);
  await maya.page.waitForSelector('#transport-viewers .viewer');
});

test('B38 rows are grouped, collapsed and marked, time is zoomed by keys and by a range, and the address keeps it', async () => {
  await open(maya, 'gantt');
  const rows = (): Promise<number> => maya.page.$$eval('.gantt-row', (elements) => elements.length);
  const all = await rows();
  assert.is(all, run.taskRunList.length);
  await maya.click('[data-action="gantt-collapse"]');
  await until('collapsed', rows, (count) => count === all - 2);
  await maya.click('[data-action="gantt-expand"]');
  await until('expanded', rows, (count) => count === all);
  await maya.page.select('#gantt-grouping', 'task');
  await maya.page.waitForSelector('#row-group-rest_b[data-heading]');
  await maya.page.select('#gantt-grouping', 'state');
  await maya.page.waitForSelector('#row-group-SUCCESS[data-heading]');
  await maya.page.select('#gantt-grouping', 'iteration');
  await maya.page.waitForSelector('#row-group-eu[data-heading]');
  await maya.page.select('#gantt-grouping', 'tree');
  await maya.click('[data-action="gantt-critical"]');
  await maya.page.waitForSelector(`#row-${taskRun('rest_a').id} .critical`);
  assert.match(new URL(maya.page.url()).search, /critical=true/);
  const head = (): Promise<string> => maya.page.$eval('.gantt-head text', (text) => text.textContent ?? '');
  const whole = await head();
  await maya.page.focus('.gantt-row[tabindex="0"]');
  await maya.page.keyboard.press('+');
  await until('nearer', head, (text) => text !== whole);
  await maya.page.keyboard.press('0');
  await until('the whole run', head, (text) => text === whole);
  const box = await (await maya.page.$('.gantt-head > :last-child'))?.boundingBox();
  if (box === null || box === undefined) throw new Error('no head');
  await maya.page.mouse.move(box.x + 300, box.y + 10);
  await maya.page.mouse.down();
  await maya.page.mouse.move(box.x + 500, box.y + 10, { steps: 4 });
  await maya.page.mouse.up();
  await until('the range', head, (text) => text !== whole);
  await maya.click('[data-action="gantt-fit"]');
  await until('the whole run again', head, (text) => text === whole);
  await maya.click('[data-action="gantt-table"]');
  await maya.page.waitForSelector('#gantt-table table caption');
  assert.is(await maya.page.$$eval('#gantt-table tbody tr', (elements) => elements.length), all);
});

test.run();
