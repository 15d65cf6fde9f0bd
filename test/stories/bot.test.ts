/** The bot of the guide, as the guide says it: a colleague with a name and a badge, seen by a person's stock provider and in Chromium. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket as NodeWebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { openBrowser } from '../harness/browser.ts';
import { discard, root, startServer, until } from '../harness/server.ts';

const example = join(root, 'client', 'bot', 'example.ts');
const line = '# Greeter was here: 1';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function runBot(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', example, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const read = (bytes: Buffer): void => { output += bytes.toString('utf8'); };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

/** A colleague with nothing of ours: the stock provider. Remembers every user that awareness ever showed. */
function person(address: string) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${address.replace(/^http/, 'ws')}/sync/main`, 'flow/tutorial/greeting', doc, { disableBc: true, WebSocketPolyfill: NodeWebSocket as unknown as typeof WebSocket });
  const users = new Map<string, { readonly kind: unknown; readonly role: unknown; readonly color: unknown; readonly id: unknown }>();
  const selected = new Set<string>();
  provider.awareness.on('change', () => {
    for (const state of provider.awareness.getStates().values()) {
      const user: unknown = state['user'];
      if (typeof user !== 'object' || user === null) continue;
      const { name, kind, role, color, id } = user as Record<string, unknown>;
      users.set(String(name), { kind, role, color, id });
      if (state['selection'] !== undefined && state['selection'] !== null) selected.add(String(name));
    }
  });
  return { text: doc.getText('source'), provider, users, selected, leave: () => { provider.destroy(); provider.awareness.destroy(); doc.destroy(); } };
}

test('a bot joins with its badge, its line appears for everybody, it publishes, starts the flow and watches it to its end', async () => {
  const server = await startServer();
  assert.is((await server.request('POST', '/api/v1/workspace/tutorial')).status, 200);
  const browser = await openBrowser();
  const ada = person(server.url);
  try {
    await until('the person has the text', () => ada.provider.synced);
    const maya = await browser.person('maya');
    await maya.go(`${server.url}/ui/main/flows/edit/tutorial/greeting/editor`);
    await maya.page.waitForSelector('[data-editor="ready"]', { timeout: 30_000 });
    // The bot is there for a second only: whatever the page ever shows of it counts.
    await maya.page.evaluate(() => {
      new MutationObserver(() => { if (document.querySelector('#editor-people .avatar[data-bot][title="Greeter"]') !== null) document.body.dataset['sawBot'] = ''; }).observe(document.body, { subtree: true, childList: true });
    });

    const { code, output } = await runBot(server.url, 'tutorial', 'greeting');
    assert.is(code, 0, output);
    const printed = output.trim().split('\n');
    assert.is(printed[0], 'joined tutorial.greeting: 50 lines');
    assert.is(printed[1], 'published revision 2');
    assert.is(printed.at(-2), 'SUCCESS, compose SUCCESS, greet SUCCESS, say SUCCESS, say SUCCESS, say SUCCESS');
    const executionId = /^(\w{22}) ended SUCCESS after PT[\d.]+S$/.exec(printed.at(-1) ?? '')?.[1];
    assert.ok(executionId, output);

    // What the person saw.
    await until('the line is in the person\'s text', () => ada.text.toString().endsWith(`${line}\n`));
    const bot = ada.users.get('Greeter');
    assert.ok(bot !== undefined, 'awareness showed the bot by its name');
    assert.is(bot.kind, 'bot');
    assert.is(bot.role, 'editor');
    assert.ok(ada.selected.has('Greeter'), 'the bot showed where it is');
    // It left: nobody keeps looking at its ghost.
    await until('the bot is gone', () => [...ada.provider.awareness.getStates().values()].every((state) => state['user']?.name !== 'Greeter'));

    // What Chromium saw.
    await maya.sees('#editor .view-lines', 'id:');
    await until('the page showed the bot\'s square badge', () => maya.page.evaluate(() => document.body.dataset['sawBot'] !== undefined));
    await maya.page.evaluate(() => document.querySelector<HTMLElement>('#editor .monaco-editor')?.focus());
    await maya.page.click('#editor .view-lines');
    await maya.page.keyboard.down('Control');
    await maya.page.keyboard.press('End');
    await maya.page.keyboard.up('Control');
    await until('the page shows the line', () => maya.page.$eval('#editor .view-lines', (element) => (element.textContent ?? '').replaceAll('\u00a0', ' ')), (text) => text.includes(line));
    assert.equal(maya.complaints, []);

    // What stays.
    const revisions = (await server.request('GET', '/api/v1/flows/tutorial/greeting/revisions')).json as { revision: number; source: string; message?: string; publishedBy: { name: string; kind: string }; authors: { name: string; kind: string }[]; ranges: { from: number; to: number; author: { name: string } }[] }[];
    const second = revisions.find((one) => one.revision === 2);
    assert.ok(second !== undefined, 'revision 2 exists');
    assert.is(second.message, 'checked by Greeter');
    assert.is(second.publishedBy.kind, 'bot');
    assert.ok(second.authors.some((author) => author.name === 'Greeter' && author.kind === 'bot'));
    const written = second.ranges.filter((range) => range.author.name === 'Greeter').map((range) => second.source.slice(range.from, range.to)).join('');
    assert.is(written, `${line}\n`);
    const execution = (await server.request('GET', `/api/v1/executions/${executionId}`)).json as { state: { current: string }; flowRevision: number };
    assert.is(execution.state.current, 'SUCCESS');
    assert.is(execution.flowRevision, 2);
    assert.equal((await server.request('GET', '/api/v1/tokens')).json, [], 'the token that the bot made for itself is gone');
    await maya.close();
  } finally {
    ada.leave();
    await browser.close();
    await discard(server);
  }
});

test('a second run changes the line that the first one wrote', async () => {
  const server = await startServer();
  try {
    await server.request('POST', '/api/v1/workspace/tutorial');
    for (const revision of [2, 3]) {
      const { code, output } = await runBot(server.url, 'tutorial', 'greeting');
      assert.is(code, 0, output);
      assert.match(output, `published revision ${revision}`);
    }
    const flow = (await server.request('GET', '/api/v1/flows/tutorial/greeting?source=true')).json as { source: string };
    assert.equal(flow.source.match(/^# Greeter was here: .*$/gm), ['# Greeter was here: 2']);
  } finally {
    await discard(server);
  }
});

test('a bot with a wrong token is told why, and ends', async () => {
  const server = await startServer();
  try {
    await server.request('POST', '/api/v1/workspace/tutorial');
    const { code, output } = await runBot(server.url, 'tutorial', 'greeting', 'ens_wrong');
    assert.is(code, 1);
    assert.match(output, /token is wrong, expired or revoked|could not join tutorial\.greeting/);
  } finally {
    await discard(server);
  }
});

test('the guide shows the example as it is', async () => {
  const guide = await readFile(join(root, 'docs', 'guide', 'bot.md'), 'utf8');
  assert.ok(guide.includes(`\`\`\`ts\n${await readFile(example, 'utf8')}\`\`\``), 'docs/guide/bot.md holds client/bot/example.ts, byte for byte');
});

test.run();
