/**
 * What two people see of runs besides their time: the topology with a started flow inside (F350-F355, F494), two runs compared (B37),
 * loops (F498), the frame with its dialogs and its splitters (F294-F301).
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { startSharedServer, type Member, type SharedServer } from '../harness/people.ts';
import { discard, until } from '../harness/server.ts';

const flows = [`id: child
namespace: faces
tasks:
  - id: inner_rest
    type: io.kestra.plugin.core.flow.Sleep
    duration: "{{ inputs.rest }}"
  - id: inner_last
    type: io.kestra.plugin.core.log.Log
    message: done
inputs:
  - {id: rest, type: STRING, defaults: PT0.1S}
`, `id: parent
namespace: faces
tasks:
  - id: choice
    type: io.kestra.plugin.core.flow.If
    condition: "{{ true }}"
    then:
      - {id: taken, type: io.kestra.plugin.core.log.Log, message: yes}
    else:
      - {id: not_taken, type: io.kestra.plugin.core.log.Log, message: no}
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: faces
    flowId: child
    wait: true
    inputs: {rest: PT8S}
  - {id: after, type: io.kestra.plugin.core.log.Log, message: hi}
`, `id: loop
namespace: faces
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [eu, us, apac]
    concurrencyLimit: 0
    tasks:
      - id: load
        type: io.kestra.plugin.core.execution.Fail
        runIf: "{{ taskrun.value != 'eu' }}"
        errorMessage: "Region {{ taskrun.value == 'us' ? 1 : 2 }} is closed"
`, `id: numbers
namespace: faces
inputs:
  - {id: rows, type: INT, defaults: 3}
tasks:
  - id: count
    type: io.kestra.plugin.core.output.OutputValues
    values: {rows: "{{ inputs.rows }}", region: eu}
  - id: rest
    type: io.kestra.plugin.core.flow.Sleep
    duration: "PT{{ inputs.rows }}S"
`];

interface Run { readonly id: string; readonly state: { readonly current: string } }

let server: SharedServer;
let browser: TestBrowser;
let maya: TestPerson;
let tom: TestPerson;
let editor: Member;

test.before(async () => {
  server = await startSharedServer();
  editor = await server.invite('Maya', 'editor');
  const other = await server.invite('Tom', 'editor');
  for (const source of flows) assert.is((await editor.request('POST', '/api/v1/flows', { body: source, headers: { 'content-type': 'application/x-yaml' } })).status, 200);
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
async function start(flow: string, { wait = true, inputs = {} }: { readonly wait?: boolean; readonly inputs?: Readonly<Record<string, string>> } = {}): Promise<Run> {
  const form = new FormData();
  for (const [name, value] of Object.entries(inputs)) form.append(name, value);
  const answer = await editor.request('POST', `/api/v1/executions/faces/${flow}${wait ? '?wait=true' : ''}`, { body: form });
  assert.is(answer.status, 200, answer.text);
  return answer.json as Run;
}
async function open(person: TestPerson, flow: string, id: string, tab: string): Promise<void> {
  await person.go(`${server.url}/ui/main/executions/faces/${flow}/${id}/${tab}`);
  await person.page.waitForSelector('#page-execution[data-mounted]');
}

test('F350 F354 F355 what was not taken is dimmed; a started flow is drawn inside of its task and followed live; the graph turns and is saved', async () => {
  const run = await start('parent', { wait: false });
  await open(maya, 'parent', run.id, 'topology');
  await maya.page.waitForSelector('#topology .node[aria-label^="call, Running"] .node-expand');
  await maya.page.click('#topology .node[aria-label^="call, Running"] .node-expand');
  await maya.page.waitForSelector('#topology .node[aria-label^="inner_rest, Running"]');
  await maya.page.waitForSelector('#topology .node[aria-label^="inner_last, Success"]', { timeout: 15_000 });
  await maya.page.waitForSelector('#topology .node[aria-label^="after, Success"]', { timeout: 15_000 });
  await maya.page.waitForSelector('#topology .node[data-dim][aria-label^="not_taken"]');
  assert.not.ok(await maya.page.$('#topology .node[data-dim][aria-label^="taken"]'));
  // A node of the child has a menu that leads to its execution, in a new tab.
  const inner = await maya.page.$('#topology .node[aria-label^="inner_last"]');
  await inner?.click({ button: 'right' });
  assert.is(await maya.page.$eval('#child-menu a', (link) => link.getAttribute('target')), '_blank');
  await maya.page.keyboard.press('Escape');
  // A node of the run has the menu of its task run.
  const own = await maya.page.$('#topology .node[aria-label^="after"]');
  await own?.click({ button: 'right' });
  await maya.sees('#task-menu', 'Replay');
  await maya.page.keyboard.press('Escape');
  const box = async (): Promise<number> => (await (await maya.page.$('#topology .node[aria-label^="after"]'))?.boundingBox())?.x ?? 0;
  const before = await box();
  await maya.click('[data-tool="turn"]');
  await until('the graph has turned', box, (x) => x > before + 100);
  await maya.page.evaluate(() => {
    const made = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => { if (blob instanceof Blob) void blob.text().then((text) => { document.body.dataset['saved'] = `${document.body.dataset['saved'] ?? ''}${blob.type} ${text.slice(0, 4)} ${text.includes('inner_last')};`; }); return made(blob); };
  });
  await maya.click('[data-tool="svg"]');
  await until('an SVG', () => maya.page.evaluate(() => document.body.dataset['saved'] ?? ''), (saved) => saved.includes('image/svg+xml <svg true;'));
  await maya.click('[data-tool="png"]');
  await until('a PNG', () => maya.page.evaluate(() => document.body.dataset['saved'] ?? ''), (saved) => saved.includes('image/png'));
});

test('B37 two runs are compared: figures, rows, values, and what a colleague looks at', async () => {
  const [a, b] = [await start('numbers', { inputs: { rows: '1' } }), await start('numbers', { inputs: { rows: '2' } })];
  await open(maya, 'numbers', a.id, 'gantt');
  await maya.click('#gantt-toolbar a[href*="/compare"]');
  await maya.click(`a[href$="b=${b.id}"]`);
  // The page to choose the other run is called the same.
  await maya.page.waitForSelector('#page-compare[data-mounted] #compare-figures');
  await maya.page.waitForFunction((id) => location.search.includes(`b=${id}`), {}, b.id);
  const address = maya.page.url();
  await tom.go(address);
  await tom.page.waitForSelector('#page-compare[data-mounted]');
  // Who looks at what is told among those who know of each other.
  for (const one of [maya, tom]) await one.page.waitForSelector('#page-people .avatar');
  assert.match(await maya.text('#compare-figures .figure'), /Duration\+/);
  await maya.sees('#compare-drawer', 'rows');
  await maya.page.keyboard.press('j');
  await maya.sees('#compare-drawer h2', 'count');
  assert.equal(await maya.page.$$eval('#compare-drawer .value-diff [role="row"]:nth-child(2) > *', (cells) => cells.map((cell) => cell.textContent)), ['values.rows', '1', '2']);
  await tom.page.waitForSelector('.gantt-row[data-key="/count"][data-who] .avatar[title="Maya"]');
  await maya.page.keyboard.press('j');
  await maya.sees('#compare-drawer h2', 'rest');
  assert.match(maya.page.url(), /row=/);
  await maya.click('[data-action="compare-only"]');
  await maya.page.waitForSelector('[data-action="compare-only"][aria-pressed="true"]');
  await maya.click('#compare-head a[href*="/compare"]');
  await until('the runs have changed sides', () => maya.text('#compare-figures'), (text) => text.startsWith('Duration−'));
});

test('F498 loops say how far they are, and gather failures by their words', async () => {
  const run = await start('loop');
  await open(maya, 'loop', run.id, 'gantt');
  await maya.click('#tabs [data-tab="loops"]');
  await maya.sees('#loop-each', '3 iterations');
  await maya.sees('.loop-failures .loop-words', 'Region … is closed');
  assert.equal(await maya.page.$$eval('.loop-failures a', (links) => links.map((link) => link.textContent).sort()), ['apac', 'us']);
  // A flow without loops has no such tab.
  const other = await start('child');
  await open(maya, 'child', other.id, 'gantt');
  assert.not.ok(await maya.page.$('#tabs [data-tab="loops"]'));
});

test('F294 F295 F300 F301 the frame leads on, splitters drag, a run is deleted by choice while it runs, and an unknown one is not found', async () => {
  const run = await start('parent', { wait: false });
  await open(maya, 'parent', run.id, 'gantt');
  await open(tom, 'parent', run.id, 'logs');
  await maya.sees('.crumbs', 'parent');
  await maya.sees('#execution-actions-menu', 'API: this execution as JSON');
  await maya.sees('#execution-actions-menu', 'Execute its flow');
  const width = async (): Promise<number> => (await (await maya.page.$('#task-drawer'))?.boundingBox())?.width ?? 0;
  const before = await width();
  const splitter = await (await maya.page.$('#gantt-split > .splitter'))?.boundingBox();
  if (splitter === null || splitter === undefined) throw new Error('no splitter');
  await maya.page.mouse.move(splitter.x, splitter.y + 200);
  await maya.page.mouse.down();
  await maya.page.mouse.move(splitter.x - 120, splitter.y + 200, { steps: 5 });
  await maya.page.mouse.up();
  assert.ok(Math.abs(await width() - before - 120) < 8, `from ${before} to ${await width()}`);
  await maya.page.evaluate(() => document.querySelector<HTMLElement>('#execution-actions [popovertarget]')?.click());
  await maya.click('#execution-actions-menu [data-action="delete"]');
  await maya.sees('dialog#delete', 'It still runs: it is killed first');
  await maya.sees('dialog#delete', 'Tom is looking at it');
  await maya.click('dialog#delete [name="metrics"]');
  await maya.click('dialog#delete button[value="yes"]');
  await maya.page.waitForSelector('#page-executions');
  await tom.sees('#main', 'there is no execution');
  await maya.go(`${server.url}/ui/main/executions/faces/parent/${run.id}/gantt`);
  await maya.sees('#main', 'Not Found');
});

test.run();
