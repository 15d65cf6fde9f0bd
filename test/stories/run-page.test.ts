/**
 * The page of a run beyond watching it: every lifecycle action with its dialog, the facts and values of the overview, the drawer of a task
 * run, the log by task, the shared console, previews of files. Two people where it is shared.
 */
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { startSharedServer, type Member, type SharedServer } from '../harness/people.ts';
import { discard, until } from '../harness/server.ts';
import { freePort } from '../harness/sockets.ts';

const child = `id: child
namespace: runs
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: hello from the child
`;
const orders = (extra: string): string => `id: orders
namespace: runs
labels:
  tier: "1"
variables:
  bucket: larkspur
inputs:
  - {id: count, type: INT, defaults: 3}
  - {id: token, type: STRING, defaults: open}
  - {id: table, type: FILE, required: false}
tasks:
  - id: fetch
    type: io.kestra.plugin.core.output.OutputValues
    values:
      rows: "{{ inputs.count }}"
      nothing: null
      list: [{order: A-1, reason: null}, {order: A-2, reason: negative}]
      file: "{{ inputs.table ?? '' }}"
  - id: per_region
    type: io.kestra.plugin.core.flow.ForEach
    values: [eu, us]
    tasks:
      - id: say
        type: io.kestra.plugin.core.log.Log
        message: "loaded {{ taskrun.value }}, see https://example.com/{{ taskrun.value }}."
  - id: child
    type: io.kestra.plugin.core.flow.Subflow
    namespace: runs
    flowId: child
    wait: true
${extra}
`;
const failing = orders(`  - id: broken
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: staging.order_lines has no column discount_code
    retry: {type: constant, interval: PT0.2S, maxAttempts: 2}
  - id: never_begun
    type: io.kestra.plugin.core.log.Log
    message: not reached`);
const mended = orders(`  - id: broken
    type: io.kestra.plugin.core.log.Log
    message: mended`);
const holding = `id: holding
namespace: runs
tasks:
  - id: first
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT60S
  - id: after
    type: io.kestra.plugin.core.log.Log
    message: after
`;

const measuring = `id: measuring
namespace: runs
tasks:
  - id: count
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    commands:
${Array.from({ length: 30 }, (_, index) => `      - echo '::{"metrics":[{"name":"m${String(index).padStart(2, '0')}","type":"counter","value":${index * 10},"tags":{"part":"p${index % 3}"}}]}::'`).join('\n')}
  - id: time
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    commands:
      - echo '::{"metrics":[{"name":"took","type":"timer","value":1.5}]}::'
`;

interface Run { readonly id: string; readonly flowRevision: number; readonly parentId?: string; readonly state: { readonly current: string }; readonly labels: readonly { readonly key: string; readonly value: string }[]; readonly inputs?: Readonly<Record<string, unknown>>; readonly taskRunList?: readonly { readonly id: string; readonly taskId: string; readonly value?: string; readonly state: { readonly current: string } }[] }

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let server: SharedServer;
let browser: TestBrowser;
let editor: Member;
let maya: TestPerson;
let tom: TestPerson;
let failed = '';

async function enter(member: Member, size: { readonly width?: number; readonly height?: number } = {}): Promise<TestPerson> {
  const person = await browser.person(member.name, size);
  const [name = '', value = ''] = member.cookie.split('=');
  await person.page.browserContext().setCookie({ name, value, domain: '127.0.0.1', path: '/', httpOnly: true });
  return person;
}
const put = (source: string): Promise<unknown> => editor.request('POST', '/api/v1/flows', { body: source, headers: { 'content-type': 'application/x-yaml' } });
const replace = async (source: string): Promise<void> => {
  const answer = await editor.request('PUT', '/api/v1/flows/runs/orders', { body: source, headers: { 'content-type': 'application/x-yaml' } });
  assert.is(answer.status, 200, answer.text);
};
const load = async (id: string): Promise<Run> => (await editor.request('GET', `/api/v1/executions/${id}`)).json as Run;
async function start(flow: string, form?: FormData): Promise<string> {
  const answer = await editor.request('POST', `/api/v1/executions/runs/${flow}`, form === undefined ? {} : { body: form });
  assert.is(answer.status, 200, answer.text);
  return (answer.json as Run).id;
}
const ends = (id: string, state: string): Promise<Run> => until(`${id} is ${state}`, () => load(id), (run) => run.state.current === state);
const at = (flow: string, id: string, tab: string): string => `${server.url}/ui/main/executions/runs/${flow}/${id}/${tab}`;
async function open(person: TestPerson, flow: string, id: string, tab: string): Promise<void> {
  await person.go(at(flow, id, tab));
  await person.page.waitForSelector('#page-execution[data-mounted]');
}
/** Through the menu, as somebody would who does not find a button. */
async function act(person: TestPerson, action: string): Promise<void> {
  await person.click('#execution-actions [popovertarget]');
  await person.page.waitForSelector('#execution-actions-menu:popover-open');
  await person.click(`#execution-actions-menu [data-action="${action}"]`);
}
const idInAddress = (person: TestPerson, flow: string): string => new RegExp(`${flow}/([^/]+)/`).exec(person.page.url())?.[1] ?? '';
const clean = async (person: TestPerson): Promise<readonly string[]> => {
  await person.page.evaluate(axeSource);
  return await person.page.evaluate("axe.run(document, { resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } }).then((result) => result.violations.map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.target.join(' ') + ' ' + (node.any[0]?.message ?? '')).join(' | ')))") as readonly string[];
};

test.before(async () => {
  server = await startSharedServer({ port: await freePort() });
  editor = await server.invite('Maya', 'editor');
  const other = await server.invite('Tom', 'editor');
  for (const source of [child, failing, holding, measuring]) await put(source);
  browser = await openBrowser();
  maya = await enter(editor);
  tom = await enter(other);
  const form = new FormData();
  form.append('count', '7');
  form.append('files', new Blob(['order,line\nA-1,17\nA-2,3\n']), 'table');
  failed = await start('orders', form);
  await ends(failed, 'FAILED');
});
test.after(async () => {
  await browser.close();
  await discard(server);
});
test.after.each(() => assert.equal([...maya.complaints, ...tom.complaints], [], 'no report of the page policy and no script error'));

test('the menu has every action of a run; what its state refuses says why', async () => {
  await open(maya, 'orders', failed, 'overview');
  const items = await maya.page.$$eval('#execution-actions-menu .menu-item', (all) => Object.fromEntries(all.map((one) => [one.querySelector('span')?.textContent ?? '', one.getAttribute('title') ?? ''])));
  for (const [text, reason] of Object.entries({
    Resume: 'Only a paused execution can be resumed; this one is Failed', Pause: 'Only a running execution can be paused; this one is Failed', Kill: 'It has already ended: Failed',
    'Restart from where it failed': '', 'Replay as a new execution': '', 'Change state': '', 'Set labels': '', Unqueue: 'Only a queued execution can be unqueued; this one is Failed', 'Force run': 'It has already ended: Failed',
  })) assert.is(items[text], reason, text);
});

test('the overview says the facts, the last error lines, and inputs, variables and outputs in columns that the keys walk', async () => {
  await open(maya, 'orders', failed, 'overview');
  const facts = await maya.page.$$eval('.execution-overview .facts dt', (all) => Object.fromEntries(all.map((one) => [one.textContent ?? '', one.nextElementSibling?.textContent ?? ''])));
  for (const [name, value] of Object.entries({ Namespace: 'runs', Flow: 'orders', Revision: '1', Attempt: '1', Steps: '6' })) assert.is(facts[name], value, name);
  assert.match(await maya.page.$eval('.execution-overview .facts .duration', (one) => one.getAttribute('title') ?? ''), /^Created .*, for .*\nRunning/);
  await maya.click('#fail-more > summary');
  await maya.sees('#fail-more .log-box', 'discount_code');
  assert.match(await maya.page.$eval('#fail-more a.link', (link) => link.getAttribute('href') ?? ''), /logs\?minLevel=ERROR$/);
  await maya.sees('#columns-inputs', '7');
  await maya.sees('#columns-variables', 'larkspur');
  await maya.page.focus('#columns-inputs [tabindex="0"]');
  await maya.page.keyboard.press('ArrowDown');
  await maya.sees('#values-inputs .value-pane', 'inputs.token');
  // The file of an input, with its first lines.
  await maya.click('#columns-inputs [data-value=\'["table"]\']');
  await maya.click('#values-inputs [data-action="preview"]');
  await maya.sees('#preview-body', 'A-1,17');
  await maya.sees('#preview-size', '24 B');
  await maya.page.keyboard.press('Escape');
  await maya.page.waitForSelector('dialog#preview', { hidden: true });
  assert.equal(await clean(maya), []);
});

test('labels, state and pause ask first; a kill may leave the children alone', async () => {
  await open(maya, 'orders', failed, 'overview');
  await act(maya, 'labels');
  assert.is(await maya.page.$eval('dialog#labels [data-label-row] [name="key"]', (field) => (field as HTMLInputElement).readOnly), true, 'a key that is there is locked');
  await maya.page.type('dialog#labels [data-label-row]:last-of-type [name="key"]', 'seen');
  await maya.page.type('dialog#labels [data-label-row]:last-of-type [name="value"]', 'by-maya');
  await maya.click('dialog#labels button[type="submit"]');
  await until('the label is there', () => load(failed), (run) => run.labels.some((label) => label.key === 'seen' && label.value === 'by-maya'));
  await maya.sees('.execution-overview .facts', 'seen');

  const other = await start('orders');
  await ends(other, 'FAILED');
  await open(maya, 'orders', other, 'overview');
  await act(maya, 'status');
  const offered = await maya.page.$$eval('dialog#state [name="state"]', (all) => all.map((one) => (one as HTMLInputElement).value));
  assert.equal(offered, ['SUCCESS', 'WARNING', 'CANCELLED'], 'the state it has is not offered');
  await maya.click('dialog#state [value="WARNING"]');
  await maya.click('dialog#state button[value="yes"]');
  await ends(other, 'WARNING');

  const held = await start('holding');
  await ends(held, 'RUNNING');
  await open(tom, 'holding', held, 'gantt');
  await tom.click('#execution-actions [data-action="pause"]');
  await tom.sees('dialog#confirm', 'Task runs that are running end');
  await tom.click('dialog#confirm button[value="yes"]');
  await ends(held, 'PAUSED');
  await tom.click('#execution-actions [data-action="kill"]');
  await tom.click('dialog#kill [name="cascade"]');
  await tom.click('dialog#kill button[value="yes"]');
  await ends(held, 'KILLED');
});

test('a restart goes on, on this revision or as a copy on another; a replay runs again from the start on the one that is chosen', async () => {
  const id = await start('orders');
  await ends(id, 'FAILED');
  await replace(mended);
  await open(maya, 'orders', id, 'overview');
  await maya.click('#execution-actions [data-action="restart"]');
  await maya.sees('dialog#restart', 'broken runs again; what has succeeded stays');
  await maya.click('dialog#restart [name="revision"][value="2"]');
  await maya.click('dialog#restart button[type="submit"]');
  await until('she is on the copy', () => maya.page.url(), (url) => !url.includes(id) && url.endsWith('/gantt'));
  const copy = await ends(idInAddress(maya, 'orders'), 'SUCCESS');
  assert.equal([copy.flowRevision, copy.parentId], [2, id]);
  await open(tom, 'orders', id, 'overview');
  await act(tom, 'replay');
  await tom.sees('dialog#replay', '1, as it ran');
  await tom.sees('dialog#replay', '2, the latest');
  await tom.click('dialog#replay [name="revision"][value="2"]');
  await tom.click('dialog#replay button[type="submit"]');
  await until('he is on the new run', () => tom.page.url(), (url) => !url.includes(id) && url.endsWith('/gantt'));
  const replayed = await ends(idInAddress(tom, 'orders'), 'SUCCESS');
  assert.equal([replayed.flowRevision, replayed.parentId], [2, id]);
  await replace(failing);
});

test('a replay takes other inputs; what is not given anew stays', async () => {
  await open(maya, 'orders', failed, 'overview');
  await act(maya, 'replay');
  await maya.click('dialog#replay [data-change-inputs] > summary');
  assert.is(await maya.page.$eval('dialog#replay [name="count"]', (field) => (field as HTMLInputElement).value), '7', 'the values of this run stand in the fields');
  await maya.page.$eval('dialog#replay [name="count"]', (field) => { (field as HTMLInputElement).value = 'many'; });
  await maya.click('dialog#replay button[type="submit"]');
  await maya.sees('dialog#replay [data-error]', 'count');
  await maya.page.$eval('dialog#replay [name="count"]', (field) => { (field as HTMLInputElement).value = '8'; });
  await maya.click('dialog#replay button[type="submit"]');
  await until('she is on the new run', () => maya.page.url(), (url) => !url.includes(failed) && url.endsWith('/gantt'));
  const run = await ends(idInAddress(maya, 'orders'), 'FAILED');
  assert.is(run.parentId, failed);
  assert.equal([run.inputs?.['count'], run.inputs?.['token']], [8, 'open']);
  assert.match(String(run.inputs?.['table']), /\/inputs\/table\//, 'the file stays');
});

test('related executions are a list and a graph that lead to each other, live', async () => {
  await open(maya, 'orders', failed, 'dependencies');
  await maya.sees('#related-list', 'started by orders');
  await until('the graph has both', () => maya.page.$$eval('#dependencies .node', (all) => all.map((one) => one.getAttribute('data-state'))), (states) => states.length === 2);
  assert.equal((await maya.page.$$eval('#dependencies .node', (all) => all.map((one) => one.getAttribute('data-state')))).sort(), ['FAILED', 'SUCCESS']);
  assert.equal(await clean(maya), []);
  // The child's page leads back to its parent.
  await maya.click('#related-list a.link');
  await maya.page.waitForFunction(() => location.pathname.includes('/child/'));
  await maya.page.waitForSelector('#page-execution[data-mounted]');
  await maya.sees('#related-list', 'this one');
  await maya.page.waitForSelector('#dependencies .node[data-state="FAILED"]');
  // A run that starts its child while somebody looks.
  await put(`id: later\nnamespace: runs\ntasks:\n  - id: rest\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT3S\n  - id: child\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: runs\n    flowId: child\n    wait: true\n`);
  const later = await start('later');
  await open(tom, 'later', later, 'dependencies');
  await tom.sees('#dependencies', 'It stands alone');
  await tom.sees('#related-list', 'started by later');
  await until('its child is in the graph', () => tom.page.$$eval('#dependencies .node', (all) => all.length), (count) => count === 2);
  await until('both have ended', () => tom.page.$$eval('#dependencies .node', (all) => all.map((one) => one.getAttribute('data-state')).join()), (states) => states === 'SUCCESS,SUCCESS');
});

test('metrics are of a task or of all, sorted by a column, in pages, timers as spans', async () => {
  const id = await start('measuring');
  await ends(id, 'SUCCESS');
  await open(maya, 'measuring', id, 'metrics');
  await maya.sees('#execution-metrics .pager', '1 to 25 of 31');
  await maya.page.select('#metric-task', 'time');
  await maya.page.waitForFunction(() => location.search === '?task=time' && document.querySelectorAll('#metric-rows tr').length === 1);
  await maya.sees('#metric-rows', '1.5s');
  await maya.go(`${at('measuring', id, 'metrics')}?sort=value:desc`);
  await maya.page.waitForSelector('#page-execution[data-mounted]');
  await until('the largest first', () => maya.page.$$eval('#metric-rows tr', (all) => all.slice(0, 2).map((one) => one.querySelectorAll('td')[1]?.textContent)), (names) => names.includes('m29'));
  assert.equal(await clean(maya), []);
});

test('the log of a task run can be deleted, after a question', async () => {
  const id = await start('orders');
  const run = await ends(id, 'FAILED');
  const broken = run.taskRunList?.find((one) => one.taskId === 'broken')?.id ?? '';
  await open(maya, 'orders', id, 'gantt');
  await maya.page.evaluate((row) => document.getElementById(`row-${row}`)?.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })), broken);
  await maya.page.waitForSelector('#task-menu:popover-open');
  await maya.click('#task-menu [data-action="task-log-delete"]');
  await maya.sees('dialog#confirm', 'gone for everybody');
  await maya.click('dialog#confirm button[value="yes"]');
  await until('its lines are gone', async () => (await editor.request('GET', `/api/v1/logs/${id}?taskRunId=${broken}`)).json as readonly unknown[], (lines) => lines.length === 0);
});

test('a run that waits at a breakpoint goes on from there', async () => {
  const answer = await editor.request('POST', '/api/v1/executions/runs/child?breakpoints=hello');
  const { id } = answer.json as Run;
  await ends(id, 'BREAKPOINT');
  await open(maya, 'child', id, 'gantt');
  await maya.click('#execution-actions [data-action="continue"]');
  await ends(id, 'SUCCESS');
  await maya.page.waitForFunction(() => document.querySelector('#execution-status')?.textContent?.includes('Success'));
});

test('at a moment of the past the log has only what had been written by then', async () => {
  const run = (await editor.request('GET', `/api/v1/executions/${failed}`)).json as { readonly taskRunList: readonly { readonly taskId: string; readonly attempts?: readonly { readonly state: { readonly endDate: string } }[] }[] };
  const moment = run.taskRunList.find((one) => one.taskId === 'broken')?.attempts?.[0]?.state.endDate ?? '';
  const early = new Date(Date.parse(moment) + 50).toISOString();
  await maya.go(`${at('orders', failed, 'logs')}?at=${early}`);
  await maya.page.waitForSelector('#page-execution[data-mounted]');
  const errors = (): Promise<number> => maya.page.$$eval('#log-view .log-line[data-level="ERROR"]', (all) => all.length);
  await until('the second attempt has not failed yet', errors, (count) => count === 1);
  await maya.click('[data-action="log-form"][data-value="task"]');
  await until('by task neither', errors, (count) => count === 1);
  await maya.click('[data-action="log-form"][data-value="time"]');
});

test('the drawer of a task run shows its attempts one by one, the source that ran, the log of what it started; its state can be changed', async () => {
  const id = await start('orders');
  const run = await ends(id, 'FAILED');
  const of = (taskId: string): string => run.taskRunList?.find((one) => one.taskId === taskId)?.id ?? '';
  await open(maya, 'orders', id, 'gantt');
  await maya.click(`#row-${of('broken')} .task`);
  await until('both attempts\' lines', () => maya.page.$$eval('#task-drawer .log-line', (all) => all.length), (count) => count === 2);
  await maya.page.select('#drawer-attempt', '1');
  await until('the lines of one', () => maya.page.$$eval('#task-drawer .log-line', (all) => all.length), (count) => count === 1);
  await maya.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.task-views button')].find((one) => one.textContent === 'Source')?.click());
  await maya.sees('#task-drawer .task-source', 'errorMessage: staging.order_lines has no column discount_code');
  await maya.click(`#row-${of('child')} .task`);
  await maya.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.task-views button')].find((one) => one.textContent === 'Log')?.click());
  await maya.sees('#task-drawer .sublog', 'hello from the child');
  assert.equal(await clean(maya), []);
  await maya.click(`#row-${of('broken')} .task`);
  await maya.click('#task-drawer .drawer-foot [data-action="task-state"]');
  await maya.sees('dialog#state', 'the run goes on after it');
  await maya.click('dialog#state [value="SUCCESS"]');
  await maya.click('dialog#state button[value="yes"]');
  await ends(id, 'SUCCESS');
  await maya.page.waitForFunction(() => document.querySelector('#execution-status')?.textContent?.includes('Success'));
});

test('the log by task folds, walks from error to error, links what is an address, and opens the task run over it', async () => {
  await open(maya, 'orders', failed, 'logs');
  await maya.click('[data-action="log-form"][data-value="task"]');
  await maya.sees('.log-by-task', 'loaded eu');
  const heads = await maya.page.$$eval('.log-fold', (all) => all.map((one) => `${one.querySelector('.mono')?.textContent} ${one.querySelector('.label')?.textContent ?? ''} ${one.getAttribute('aria-expanded')}`.replace('  ', ' ')));
  assert.ok(heads.includes('say eu true') && heads.includes('say us true'), heads.join());
  assert.equal(await maya.page.$$eval('.log-by-task a.link', (all) => all.map((one) => [one.getAttribute('href'), one.getAttribute('rel')])), [['https://example.com/eu', 'noopener noreferrer'], ['https://example.com/us', 'noopener noreferrer']]);
  await maya.click('[data-action="log-close-all"]');
  assert.equal(await maya.page.$$eval('.log-fold[aria-expanded="true"]', (all) => all.length), 0);
  // The next error is in a closed group: it opens.
  await maya.click('.level-nav[data-level="ERROR"] [data-action="log-next"]');
  await maya.page.waitForSelector('.log-by-task .log-line[data-level="ERROR"][aria-current="true"]');
  await tom.go(`${at('orders', failed, 'logs')}`);
  await tom.page.waitForSelector('#log-readers .log-reader[title*="Maya reads line"]');
  await tom.click('#log-readers .log-reader');
  await tom.page.waitForSelector('#log-view .log-line[data-who][aria-current="true"]');
  await maya.page.keyboard.press('Escape');
  await maya.page.waitForFunction(() => document.querySelector('.log-line[aria-current="true"]') === null && !location.search.includes('line='));
  await maya.click('.log-group [data-action="log-task-menu"]');
  await maya.page.waitForSelector('#task-menu:popover-open');
  await maya.click('#task-menu [data-action="task-view"][data-value*="outputs"]');
  await maya.sees('dialog#task-dialog', 'rows');
  assert.equal(await clean(maya), []);
  await maya.click('dialog#task-dialog [data-action="unselect"]');
  await maya.page.waitForSelector('dialog#task-dialog', { hidden: true });
  // What is chosen here is kept for the next run.
  await open(maya, 'orders', failed, 'logs');
  await maya.page.waitForSelector('.log-by-task .log-group');
  await maya.click('[data-action="log-form"][data-value="time"]');
  await maya.page.waitForSelector('#log-view > .log:not([hidden]) .log-line');
});

test('level, text and task of the log are in the address and in the download', async () => {
  await open(maya, 'orders', failed, 'logs');
  await maya.page.select('#log-level', 'ERROR');
  await maya.page.type('#log-search', 'discount');
  await maya.page.waitForFunction(() => location.search.includes('q=discount') && location.search.includes('minLevel=ERROR'));
  const href = await maya.page.$eval('#log-download', (link) => link.getAttribute('href') ?? '');
  const text = (await editor.request('GET', href)).text;
  assert.equal(text.split('\n').map((line) => line.replace(/^\S+ /, '')), ['ERROR staging.order_lines has no column discount_code', 'ERROR staging.order_lines has no column discount_code']);
  await tom.go(maya.page.url());
  await until('he sees the same lines', () => tom.page.$$eval('#log-view .log-line', (all) => all.length), (count) => count === 2);
  await maya.page.select('#log-level', 'TRACE');
});

test('the console is shared: results and errors with who asked, in order, for who comes later, and not for who may only look', async () => {
  await open(maya, 'orders', failed, 'outputs');
  await open(tom, 'orders', failed, 'outputs');
  const evaluate = async (person: TestPerson, expression: string): Promise<void> => {
    await person.page.$eval('#eval-expression', (box) => { (box as HTMLTextAreaElement).value = ''; });
    await person.page.type('#eval-expression', expression);
    await person.page.keyboard.down('Control');
    await person.page.keyboard.press('Enter');
    await person.page.keyboard.up('Control');
  };
  await evaluate(maya, '{{ outputs.fetch.values.rows + 1 }}');
  await tom.sees('#console-entries .entry', 'Maya');
  await evaluate(tom, '{{ nowhere.at.all }}');
  await maya.sees('#console-entries .result[data-kind="error"]', 'nowhere');
  await maya.page.waitForSelector('#console-entries .result[data-kind="error"] [data-action="copy"]');
  const shownTo = (person: TestPerson): Promise<readonly string[]> => person.page.$$eval('#console-entries .entry', (all) => all.map((one) => one.id));
  assert.equal(await shownTo(maya), await shownTo(tom));
  assert.is((await shownTo(maya)).length, 2);
  const ben = await enter(await server.invite('Ben', 'editor'));
  await open(ben, 'orders', failed, 'outputs');
  await until('who comes later sees it', () => shownTo(ben), (ids) => ids.length === 2);
  assert.equal(await shownTo(ben), await shownTo(maya));
  await ben.close();
  const iris = await enter(await server.invite('Iris', 'viewer'));
  await open(iris, 'orders', failed, 'outputs');
  await iris.sees('#console-entries', 'ask an administrator for the role editor');
  assert.equal(iris.complaints, []);
  await iris.close();
});

test('outputs: null is said, rows are a table, a file has its size; columns and console can be resized by keys', async () => {
  await tom.go(`${at('orders', failed, 'outputs')}?p=fetch&p=values&p=list`);
  await tom.page.waitForSelector('#page-execution[data-mounted]');
  await tom.click('[data-action="value-form"][data-value="table"]');
  assert.equal(await tom.page.$$eval('#outputs .preview-rows th', (all) => all.map((one) => one.textContent)), ['#', 'order', 'reason']);
  assert.is(await tom.page.$eval('#outputs .preview-rows td i', (cell) => cell.textContent), 'null');
  await tom.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.column-item')].find((item) => item.textContent?.startsWith('nothing'))?.click());
  await tom.page.waitForFunction(() => document.querySelector('.value-text i')?.textContent === 'null');
  await tom.page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.column-item')].find((item) => item.textContent?.startsWith('file'))?.click());
  await tom.sees('.value-pane .toolbar', '24 B');
  const width = (): Promise<number> => tom.page.$eval('#outputs-split > .drawer', (drawer) => Math.round(drawer.getBoundingClientRect().width));
  const before = await width();
  await tom.page.focus('[data-splits="outputs-console"]');
  for (let step = 0; step < 5; step += 1) await tom.page.keyboard.press('ArrowLeft');
  assert.ok(await width() > before + 50, 'the keys move the line');
  const after = await width();
  await open(tom, 'orders', failed, 'outputs');
  await until('the width is remembered', width, (now) => Math.abs(now - after) < 20);
  assert.equal(await clean(tom), []);
});

test('on a phone the log, the outputs and the drawer fit, and their targets are for thumbs', async () => {
  const phone = await enter(editor, { width: 390, height: 844 });
  for (const tab of ['overview', 'gantt', 'logs', 'outputs', 'metrics']) {
    await open(phone, 'orders', failed, tab);
    assert.is(await phone.page.evaluate(() => document.documentElement.scrollWidth), 390, `${tab} is not wider than the phone`);
    assert.equal(await clean(phone), [], tab);
  }
  assert.ok(await phone.page.$eval('#execution-acts .button', (button) => button.getBoundingClientRect().height) >= 44);
  assert.equal(phone.complaints, []);
  await phone.close();
});

test.run();
