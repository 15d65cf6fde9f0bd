/** The execute dialog: a field for each type of input, checked by the server while one types, as a form and as a ready curl line; and the draft as it stands. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';

const source = `id: asks
namespace: dialog
inputs:
  - {id: text, type: STRING}
  - {id: count, type: INT, min: 2, max: 9, defaults: 3}
  - {id: share, type: FLOAT, defaults: 0.5}
  - {id: yes, type: BOOLEAN, defaults: true}
  - {id: one, type: SELECT, values: [red, green], defaults: green}
  - {id: many, type: MULTISELECT, values: [a, b, c], defaults: [a]}
  - {id: at, type: DATETIME, required: false}
  - {id: day, type: DATE, defaults: "2030-01-02"}
  - {id: clock, type: TIME, defaults: "10:20:30"}
  - {id: span, type: DURATION, defaults: PT5M}
  - {id: data, type: JSON, defaults: '{"a": 1}'}
  - {id: list, type: ARRAY, itemType: STRING, defaults: '["x"]'}
  - {id: file, type: FILE}
  - {id: hidden, type: SECRET, required: false}
  - {id: link, type: URI, defaults: "https://example.com"}
  - {id: mail, type: EMAIL, defaults: ada@example.com}
tasks:
  - id: say
    type: io.kestra.plugin.core.debug.Return
    format: "{{ inputs.text }} {{ inputs.count }} {{ read(inputs.file) }}"
`;

let server: TestServer;
let browser: TestBrowser;
let folder: string;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ensemble-dialog-'));
  await writeFile(join(folder, 'given.txt'), 'from a file');
  server = await startServer({ environment: { ENSEMBLE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') } });
  await server.putFlow(source);
  browser = await openBrowser();
});
test.after(async () => {
  await browser.close();
  await discard(server);
  await rm(folder, { recursive: true, force: true });
});

const field = (id: string): string => `#execute [data-field="${id}"]`;
async function fill(person: TestPerson, selector: string, text: string): Promise<void> {
  await person.click(selector);
  await person.page.keyboard.down('Control');
  await person.page.keyboard.press('a');
  await person.page.keyboard.up('Control');
  await person.page.keyboard.type(text);
}
async function opened(name: string): Promise<TestPerson> {
  const person = await browser.person(name);
  await person.go(`${server.url}/ui/main/flows/edit/dialog/asks/overview`);
  await person.page.waitForSelector('[data-page="flow"][data-mounted]');
  await person.click('#flow-actions [data-action="run"]');
  await person.sees('#execute');
  return person;
}
interface Run { readonly state: { readonly current: string }; readonly inputs: Readonly<Record<string, unknown>>; readonly labels: readonly { readonly key: string; readonly value: string }[]; readonly taskRunList: readonly { readonly outputs?: Readonly<Record<string, unknown>> }[]; readonly flowRevision: number }
async function ended(person: TestPerson): Promise<Run> {
  await until('the run\'s page is open', () => person.page.url(), (address) => /\/executions\/dialog\/\w+\/\w{22}/.test(address));
  const id = /\/(\w{22})/.exec(person.page.url())?.[1] ?? '';
  return await until('the run has ended', async () => (await server.request('GET', `/api/v1/executions/${id}`)).json as Run, (run) => ['SUCCESS', 'FAILED'].includes(run.state.current));
}

test('each type of input is a field of its own, the server says what is wrong while one types, and the run gets what was given', async () => {
  const person = await opened('maya');
  const kinds = await person.page.$$eval('#execute [data-field]', (fields) => fields.map((one) => { const control = one.querySelector('input, select, textarea'); return `${one.getAttribute('data-field')}:${control?.tagName.toLowerCase()}:${control?.getAttribute('type') ?? ''}`; }));
  assert.equal(kinds, [
    'text:input:', 'count:input:', 'share:input:', 'yes:input:radio', 'one:select:', 'many:input:checkbox', 'at:input:datetime-local', 'day:input:date', 'clock:input:time', 'span:input:', 'data:textarea:', 'list:textarea:',
    'file:input:file', 'hidden:input:password', 'link:input:', 'mail:input:text',
  ]);

  // The server's words stand at the field.
  await fill(person, `${field('count')} input`, '12');
  await person.sees(`${field('count')} .hint[data-kind="error"]`, '9');
  assert.is(await person.page.$eval(`${field('count')} input`, (input) => input.getAttribute('aria-invalid')), 'true');
  await fill(person, `${field('mail')} input`, 'nobody');
  await person.page.waitForSelector(`${field('mail')} .hint[data-kind="error"]`);

  // Starting with faults goes to the first of them; nothing was started.
  await person.click('#execute [type="submit"]');
  await until('a missing text is told', () => person.page.$$eval('#execute .hint[data-kind="error"]', (hints) => hints.length), (count) => count >= 3);
  assert.is(await person.page.evaluate(() => document.activeElement?.closest('[data-field]')?.getAttribute('data-field')), 'text');
  assert.is(((await server.request('GET', '/api/v1/executions/search?flowId=asks')).json as { total: number }).total, 0);

  await fill(person, `${field('text')} input`, 'hello');
  await fill(person, `${field('count')} input`, '7');
  await fill(person, `${field('mail')} input`, 'tom@example.com');
  await person.click(`${field('many')} input[value="c"]`);
  await person.page.select(`${field('one')} select`, 'red');
  const upload = await person.page.$(`${field('file')} input`);
  // The element is a file input: its handle has uploadFile.
  await (upload as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(join(folder, 'given.txt'));
  await until('nothing is wrong any more', () => person.page.$$eval('#execute .hint[data-kind="error"]', (hints) => hints.length), (count) => count === 0);
  await person.page.$eval('#execute .execute-more', (details) => { details.setAttribute('open', ''); });
  await fill(person, '#execute [data-label-key]', 'team');
  await fill(person, '#execute [data-label-value]', 'data');
  await person.page.$eval('#execute [data-label-add]', (button) => { (button as HTMLElement).click(); });
  await fill(person, '#execute [data-label-row]:nth-child(2) [data-label-key]', 'ticket');
  await fill(person, '#execute [data-label-row]:nth-child(2) [data-label-value]', '4711');
  await person.page.keyboard.down('Control');
  await person.page.keyboard.press('Enter');
  await person.page.keyboard.up('Control');

  const run = await ended(person);
  assert.is(run.state.current, 'SUCCESS');
  assert.is(run.taskRunList[0]?.outputs?.['value'], 'hello 7 from a file');
  assert.is(run.inputs['one'], 'red');
  assert.equal(run.inputs['many'], ['a', 'c']);
  assert.is(run.inputs['yes'], true);
  assert.equal(run.labels.filter((label) => ['team', 'ticket'].includes(label.key)), [{ key: 'team', value: 'data' }, { key: 'ticket', value: '4711' }]);
  assert.equal(person.complaints, []);
  await person.close();
});

test('the curl line is ready: pasted into a shell it starts the same', async () => {
  const person = await opened('tom');
  await fill(person, `${field('text')} input`, `it's "quoted" $HOME`);
  const upload = await person.page.$(`${field('file')} input`);
  await (upload as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(join(folder, 'given.txt'));
  await fill(person, `${field('hidden')} input`, 'not to be shown');
  const line = await until('the line has all', () => person.page.$eval('#execute [data-curl]', (pre) => pre.textContent ?? ''), (text) => text.includes('quoted') && text.includes('given.txt') && text.includes('hidden=…'));
  assert.not.match(line, /not to be shown/);
  const { stdout } = await promisify(execFile)('sh', ['-c', line.replace('curl ', 'curl --silent --show-error ')], { cwd: folder });
  const started = JSON.parse(stdout) as { readonly id?: string };
  assert.ok(started.id, `${line}\n${stdout}`);
  const run = await until('the run has ended', async () => (await server.request('GET', `/api/v1/executions/${started.id}`)).json as Run, (one) => ['SUCCESS', 'FAILED'].includes(one.state.current));
  assert.is(run.taskRunList[0]?.outputs?.['value'], `it's "quoted" $HOME 3 from a file`);
  assert.equal(person.complaints, []);
  await person.close();
});

test('a field helps: bounds in words, a duration from its parts, a secret that can be looked at, no value for a switch, values that are not on the list', async () => {
  await server.putFlow(`id: helps
namespace: dialog
inputs:
  - {id: count, type: INT, min: 2, max: 9, displayName: How many, description: "**All** of them"}
  - {id: span, type: DURATION, required: false}
  - {id: token, type: SECRET, required: false}
  - {id: maybe, type: BOOLEAN, required: false}
  - {id: many, type: MULTISELECT, values: [a, b], allowCustomValue: true}
tasks:
  - id: say
    type: io.kestra.plugin.core.debug.Return
    format: "{{ inputs.span }} {{ inputs.many | join('+') }} {{ trigger.date ?? '' }}"
`);
  const person = await browser.person('maya');
  await person.go(`${server.url}/ui/main/flows/edit/dialog/helps/overview?execute=true`);
  await person.sees('#execute', 'It uses values of a trigger');
  assert.match(await person.text(field('count')), /How many\*/);
  assert.ok(await person.page.$(`${field('count')} .input-description strong`));
  assert.is(await person.text(`${field('count')} .hint`), 'A whole number. From 2 to 9');
  await fill(person, `${field('count')} input`, '3');
  await person.click(`${field('span')} summary`);
  await fill(person, `${field('span')} [data-unit="hours"]`, '1');
  await fill(person, `${field('span')} [data-unit="minutes"]`, '30');
  assert.is(await person.page.$eval(`${field('span')} input`, (input) => (input as HTMLInputElement).value), 'PT1H30M');
  await fill(person, `${field('token')} input`, 'hidden');
  await person.click(`${field('token')} [data-reveal]`);
  assert.is(await person.page.$eval(`${field('token')} input`, (input) => (input as HTMLInputElement).type), 'text');
  assert.equal(await person.page.$$eval(`${field('maybe')} label.choice`, (labels) => labels.map((label) => label.textContent)), ['True', 'False', 'Undefined']);
  await person.click(`${field('many')} input[value="b"]`);
  await fill(person, `${field('many')} [data-further]`, 'x, y');
  await person.click('#execute [type="submit"]');
  const run = await ended(person);
  assert.is(run.taskRunList[0]?.outputs?.['value'], 'PT1H30M b+x+y ');
  assert.equal(person.complaints, []);
  await person.close();
});

test('inputs and labels of a run are taken for the next one; what was started is shown where the settings say', async () => {
  const person = await browser.person('maya');
  await person.go(`${server.url}/ui/main/settings`);
  await person.page.waitForSelector('[data-page="settings"][data-mounted]');
  await person.page.select('#field-tab', 'logs');
  await person.click('[data-submit="after-start"] [type="submit"]');
  await person.sees('#toasts', 'Saved');
  const form = new FormData();
  form.append('count', '4');
  form.append('many', '["a"]');
  const before = (await server.request('POST', '/api/v1/executions/dialog/helps?labels=ticket:77&wait=true', { body: form })).json as { readonly id: string };
  await person.go(`${server.url}/ui/main/executions/dialog/helps/${before.id}/overview`);
  await person.page.waitForSelector('[data-page="execution"][data-mounted]');
  await person.page.$eval('[data-action="execute-again"]', (item) => { (item as HTMLElement).click(); });
  await person.sees('#execute', `Take inputs and labels of ${before.id.slice(0, 8)}`);
  await person.click('#execute [data-action="prefill"]');
  await until('the input is there', () => person.page.$eval(`${field('count')} input`, (input) => (input as HTMLInputElement).value), (value) => value === '4');
  assert.is(await person.page.$eval('#execute [data-label-key]', (input) => (input as HTMLInputElement).value), 'ticket');
  await person.click('#execute [type="submit"]');
  await until('the log of the new run is shown', () => person.page.url(), (address) => /\/logs$/.test(address) && !address.includes(before.id));
  const run = await ended(person);
  assert.ok(run.labels.some((label) => label.key === 'ticket' && label.value === '77'));
  assert.equal(person.complaints, []);
  await person.close();
});

test('"Run draft" asks for the inputs of the text on the screen and runs that text; a text that can not run leads to its problem', async () => {
  await server.putFlow('id: drafted\nnamespace: dialog\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.debug.Return\n    format: old\n');
  const person = await browser.person('maya');
  await person.go(`${server.url}/ui/main/flows/edit/dialog/drafted/editor`);
  await person.page.waitForSelector('[data-editor="ready"]', { timeout: 30_000 });
  await person.page.click('.monaco-editor .view-lines');
  const keys = async (...names: readonly string[]): Promise<void> => { for (const name of names) await person.page.keyboard.press(name as 'Enter'); };
  const control = async (key: string): Promise<void> => { await person.page.keyboard.down('Control'); await keys(key); await person.page.keyboard.up('Control'); };
  const type = async (text: string): Promise<void> => { for (const character of text) await person.page.keyboard.sendCharacter(character); };
  // Line 6 gives an input that line 3 is going to ask for.
  await control('End');
  await keys('ArrowUp', 'End', 'Backspace', 'Backspace', 'Backspace');
  await type('"{{ inputs.fresh }}"');
  await keys('ArrowUp', 'End');
  await type('x');
  await control('e');
  await person.sees('#toasts', 'Not run: line 5');
  assert.is(await person.page.$('#execute'), null);
  await keys('End', 'Backspace');
  await control('Home');
  await keys('ArrowDown', 'End', 'Enter');
  await type('inputs: [{id: fresh, type: STRING, defaults: new}]');
  await person.page.click('#flow-actions [data-action="run-draft"]');
  await person.sees('#execute', 'Runs the text on screen');
  await fill(person, `${field('fresh')} input`, 'typed');
  await until('the draft is whole on the server', async () => ((await server.request('GET', '/api/v1/flows/dialog/drafted/draft')).json as { source: string }).source, (text) => text.includes('inputs.fresh') && text.includes('defaults: new'));
  await person.click('#execute [type="submit"]');
  const run = await ended(person);
  assert.is(run.state.current, 'SUCCESS', JSON.stringify(run.state));
  assert.is(run.taskRunList[0]?.outputs?.['value'], 'typed');
  assert.equal(person.complaints, []);
  await person.close();
});

test.run();
