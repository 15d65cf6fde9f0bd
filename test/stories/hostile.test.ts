/**
 * "`<img onerror=…>` in ids, labels, logs, names, outputs, descriptions is inert; the browser reports no CSP violation on any page."
 * One flow holds markup wherever a text may stand; every page that there is shows it in a real browser, from the first byte and live.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../../client/pages/index.ts';
import { openBrowser, type TestBrowser, type TestPerson } from '../harness/browser.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';
import { closeSockets, openRpc } from '../harness/sockets.ts';

/** Each would set `window.hit` if it ran: as an element, out of an attribute, out of a script, as a template or an address. */
const image = '<img src=x onerror="window.hit=1">';
const breakout = `"'><script>window.hit=1</script><svg onload="window.hit=1"></svg><a href="javascript:window.hit=1">go</a>`;
const template = '{{"{{"}} constructor.constructor("window.hit=1")() {{"}}"}}';
const hostile = `${image} ${breakout}`;
/** As a YAML text in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const source = `id: hostile
namespace: hostile
description: |
  ${hostile}

  [a link](javascript:window.hit=1) ![an image](x"onerror="window.hit=1) <iframe src="javascript:window.hit=1"></iframe>

  \`\`\`html
  ${hostile}
  \`\`\`
labels:
  ${quoted(image)}: ${quoted(hostile)}
inputs:
  - id: name
    type: STRING
    displayName: ${quoted(hostile)}
    description: ${quoted(hostile)}
    defaults: ${quoted(hostile)}
  - id: choice
    type: SELECT
    values: [${quoted(image)}, b]
    defaults: ${quoted(image)}
variables:
  v: ${quoted(hostile)}
outputs:
  - id: out
    type: STRING
    description: ${quoted(hostile)}
    value: "{{ inputs.name }}"
triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 4 * * *"
    description: ${quoted(hostile)}
    inputs:
      name: ${quoted(hostile)}
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    description: ${quoted(hostile)}
    message:
      - "{{ inputs.name }}"
      - ${quoted(template)}
  - id: give
    type: io.kestra.plugin.core.output.OutputValues
    values:
      ${quoted(image)}: "{{ inputs.name }}"
      plain: ${quoted(hostile)}
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [${quoted(image)}, ${quoted('"><b>bold</b>')}]
    tasks:
      - id: value
        type: io.kestra.plugin.core.debug.Return
        format: "{{ taskrun.value }}"
  - id: shell
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    outputFiles: ["*.txt"]
    env:
      NASTY: ${quoted(hostile)}
    commands:
      - printf '%s\\n' "$NASTY"
      - printf '\\033[31m%s\\033[0m\\033]8;;javascript:window.hit=1\\007link\\033]8;;\\007\\n' "$NASTY"
      - printf '%s' "$NASTY" > '<img src=x onerror=window.hit=1>.txt'
      - 'echo ''::{"outputs":{"<img src=x onerror=window.hit=1>":"<img src=x onerror=window.hit=1>"},"metrics":[{"name":"<img src=x onerror=window.hit=1>","type":"counter","value":1,"tags":{"<b>":"<img src=x onerror=window.hit=1>"}}]}::'''
  - id: wrong
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: ${quoted(hostile)}
`;

let server: TestServer;
let browser: TestBrowser;
let person: TestPerson;
let executionId = '';

// No `before`: uvu passes silently when one fails.
test('a flow with markup wherever a text may stand is published and run', async () => {
  server = await startServer();
  browser = await openBrowser();
  person = await browser.person('Visitor');
  await server.putFlow(source);
  const form = new FormData();
  form.append('name', hostile);
  const started = await server.request('POST', `/api/v1/executions/hostile/hostile?labels=${encodeURIComponent(`${image}:${hostile}`)}`, { body: form });
  assert.is(started.status, 200, started.text);
  executionId = (started.json as { readonly id: string }).id;
  await until('it has ended', async () => (await server.request('GET', `/api/v1/executions/${executionId}`)).text, (text) => text.includes('"current":"FAILED"'));
  // A person and a token with such names, a draft with such an error, searches that remember it.
  const naming = await openRpc(server.port);
  assert.is((await naming.call('me.update', { body: { name: image } })).error, undefined, 'answered before the socket is asked to come again');
  const rpc = await openRpc(server.port);
  assert.is((await rpc.call('tokens.create', { body: { name: image } })).error, undefined);
  assert.is((await rpc.call('flows.create', { draft: true, source: `id: nasty\nnamespace: hostile\ndescription: ${quoted(hostile)}\ntasks:\n  - id: a\n    type: ${quoted(image)}\n    ${quoted(image)}: 1\n` })).error, undefined);
  await rpc.call('flows.publish', { namespace: 'hostile', id: 'hostile', message: hostile });
  await rpc.call('flows.get', { namespace: image, id: image });
  await rpc.call('flows.delete', { namespace: image, id: image });
  rpc.close();
  // The visitor of this browser as well.
  await person.go(`${server.url}/ui/main/settings`);
  const cookie = (await person.page.cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
  assert.is((await server.request('PATCH', '/api/v1/me', { body: JSON.stringify({ name: hostile.slice(0, 60) }), headers: { cookie } })).status, 200);
});
test.after(async () => {
  closeSockets();
  await browser.close();
  await discard(server);
});

/** What must not be there, and what must: the markup as a text. */
async function isInert(where: string, wanted?: string): Promise<void> {
  const found = await person.page.evaluate(() => ({
    hit: (window as unknown as { readonly hit?: unknown }).hit ?? null,
    elements: [...document.querySelectorAll('img[src="x"], script:not([src]):not([type="application/json"]), iframe, [onerror], [onload], a[href^="javascript:" i]')].map((element) => element.outerHTML.slice(0, 200)),
    text: document.body.textContent ?? '',
    fields: [...document.querySelectorAll('input, textarea')].map((field) => (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : '')).join('\n'),
  }));
  assert.is(found.hit, null, `${where}: a script ran`);
  assert.equal(found.elements, [], `${where}: markup became elements`);
  assert.equal(person.complaints, [], `${where}: the browser complained`);
  if (wanted !== undefined) assert.ok(`${found.text}\n${found.fields}`.includes(wanted), `${where} shows the markup as a text; it shows ${found.text.replace(/\s+/g, ' ').slice(0, 600)}`);
}

/** The page with its script at work and its connection open. */
async function visit(path: string): Promise<void> {
  person.complaints.length = 0;
  await person.go(`${server.url}/ui/main${path}`);
  await isInert(`${path}, first byte`);
  await person.page.waitForSelector('[data-mounted], [data-page="error"]', { timeout: 15_000 }).catch(() => { throw new Error(`${path} was never mounted`); });
  const live = await person.page.$('[data-connection]');
  if (live !== null) await person.page.waitForSelector('[data-connection="live"]', { timeout: 15_000 });
}

const flow = '/flows/edit/hostile/hostile';
const execution = (): string => `/executions/hostile/hostile/${executionId}`;
const query = encodeURIComponent(hostile);

const visited = new Set<string>();
const pageTest = (title: string, paths: () => readonly (readonly [path: string, wanted?: string])[]): void => {
  test(title, async () => {
    for (const [path, wanted] of paths()) {
      await visit(path);
      await until(`${path} shows it`, async () => { await isInert(path, wanted); return true; }, Boolean, 5000);
      visited.add((await person.page.$eval('[data-page]', (element) => element.getAttribute('data-page'))) ?? '');
    }
  });
};

pageTest('markup in a flow is a text on each of its tabs', () => [
  [`${flow}/overview`, image], [`${flow}/topology`], [`${flow}/executions`], [`${flow}/editor`], [`${flow}/revisions`], [`${flow}/triggers`], [`${flow}/logs`, image], [`${flow}/metrics`], [`${flow}/concurrency`],
  ['/flows/edit/hostile/nasty/editor'], ['/flows/edit/hostile/nasty/overview'],
]);
pageTest('markup in inputs, outputs, logs, values, labels, errors and file names of an execution is a text on each of its tabs', () => [
  [`${execution()}/overview`, image], [`${execution()}/gantt`], [`${execution()}/logs`, image], [`${execution()}/topology`], [`${execution()}/outputs`, '<img src=x'], [`${execution()}/metrics`, '<img src=x'], [`${execution()}/dependencies`], [`/compare?a=${executionId}&b=${executionId}`], [`/compare?a=${query}&b=${query}`],
]);
pageTest('markup is a text in every list, and in what was searched for', () => [
  ['/flows', image], [`/flows?q=${query}`, image], ['/executions', image], [`/executions?q=${query}&namespace=${query}&labels=${query}`], ['/logs', image], [`/logs?q=${query}`], ['/admin/triggers'], ['/admin/triggers/calendar'], [`/admin/triggers?q=${query}`], ['/dashboards', '<img src=x onerror='],
]);
pageTest('markup is a text where people, tokens, audit rows, plugins and settings are shown', () => [
  ['/admin/people'], ['/admin/audit-logs', image], [`/admin/audit-logs?q=${query}`], ['/plugins'], ['/plugins/io.kestra.plugin.core.log.Log'], [`/plugins/${query}`], ['/settings', '<img src=x onerror='], ['/flows/new'], [`/flows/new?namespace=${query}&id=${query}`],
  ['/login'], [`/login?from=${query}`], [`/invitation/${query}`],
]);
pageTest('markup in an address that leads nowhere is a text', () => [
  [`/${query}`], [`/flows/edit/${query}/${query}/overview`], [`/executions/${query}/${query}/${query}/overview`], [`${execution()}/${query}`], [`${flow}/${query}`],
]);

test('markup that arrives while somebody looks is a text too', async () => {
  await visit('/executions');
  const form = new FormData();
  form.append('name', hostile);
  const { id } = (await server.request('POST', `/api/v1/executions/hostile/hostile?labels=${encodeURIComponent(`live:${image}`)}`, { body: form })).json as { readonly id: string };
  await visit(`/executions/hostile/hostile/${id}/logs`);
  await until('its end is shown', () => person.page.$eval('body', (body) => body.textContent ?? ''), (text) => text.includes('Failed'));
  await isInert('a live log', image);
  for (const tab of ['gantt', 'overview', 'outputs']) {
    await visit(`/executions/hostile/hostile/${id}/${tab}`);
    await server.request('POST', `/api/v1/executions/${id}/labels`, { body: JSON.stringify([{ key: `k-${tab}`, value: hostile }]) });
    await isInert(`live ${tab}`);
  }
});

test('a colleague with such a name, in a cursor, an avatar and a list, is a text', async () => {
  await visit(`${flow}/editor`);
  const other = await browser.person('Mallory');
  await other.go(`${server.url}/ui/main${flow}/editor`);
  await other.page.waitForSelector('[data-connection="live"]');
  const cookie = (await other.page.cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
  const renamed = await server.request('PATCH', '/api/v1/me', { body: JSON.stringify({ name: image }), headers: { cookie } });
  assert.is(renamed.status, 200, renamed.text);
  await other.go(`${server.url}/ui/main${flow}/editor`);
  await until('the colleague is shown', () => person.page.content(), (content) => content.includes('&lt;img src=x onerror=') || content.includes('onerror=&quot;'), 15_000);
  await isInert('a colleague');
  await other.close();
});

test('downloads are attachments in a sandbox: what a task wrote is never a page of ours', async () => {
  const { json } = await server.request('GET', `/api/v1/executions/${executionId}`);
  const file = /"(kestra:\/\/\/[^"]+\.txt)"/.exec(JSON.stringify(json))?.[1] ?? '';
  const answer = await server.request('GET', `/api/v1/executions/${executionId}/file?path=${encodeURIComponent(file)}`);
  assert.is(answer.status, 200, `${file}: ${answer.text}`);
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="/);
  assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.is(answer.headers.get('content-type'), 'application/octet-stream');
  assert.is(answer.headers.get('x-content-type-options'), 'nosniff');
});

test('ids are names: markup in them is refused, whoever asks', async () => {
  for (const [id, namespace] of [[image, 'hostile'], ['a', image], ['a"b', 'hostile']] as const) {
    const answer = await server.request('POST', '/api/v1/flows', { body: `id: ${quoted(id)}\nnamespace: ${quoted(namespace)}\ntasks:\n  - id: a\n    type: io.kestra.plugin.core.log.Log\n    message: a\n`, headers: { 'content-type': 'application/x-yaml' } });
    assert.is(answer.status, 422);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/, 'an error is no page');
  }
});

test('every page that there is was visited', () => {
  const missing = pages.map((page) => page.name).filter((name) => !visited.has(name) && name !== 'error');
  assert.equal(missing, []);
});

test.run();
