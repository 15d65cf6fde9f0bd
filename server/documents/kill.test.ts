import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { until } from './testing-world.ts';

const entry = fileURLToPath(new URL('./testing-server.ts', import.meta.url));
const children = new Set<ChildProcess>();

function start(folder: string): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve({ child, port: Number(data.toString().trim()) }));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

function client(port: number, name: string): { readonly doc: Y.Doc; readonly text: Y.Text; readonly provider: WebsocketProvider; destroy(): void } {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/sync/main`, 'flow/team.a/a', doc, { WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket, disableBc: true, params: { as: name } });
  return { doc, text: doc.getText('source'), provider, destroy: () => { provider.destroy(); doc.destroy(); } };
}

test('DO7 what another client has seen is there after SIGKILL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-kill-'));
  let seenInAll = 0;
  for (let round = 0; round < 6; round += 1) {
    const { child, port } = await start(folder);
    const ada = client(port, 'ada');
    const ben = client(port, 'ben');
    await until(() => ada.provider.synced && ben.provider.synced, 'synced', 10_000);
    const typed = `\n# round ${round}: `;
    ada.text.insert(ada.text.length, typed);
    const killAfter = 40 + round * 37;
    const before = ben.text.length;
    // The kill comes in the middle of a burst: some keys are seen, some are committed and not seen, some neither.
    for (let count = 0; ben.text.length < before + killAfter; count += 1) {
      ada.text.insert(ada.text.length, String.fromCharCode(97 + (count % 26)));
      if (count % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
    // Frames that left before the kill may still arrive: they count as seen.
    await until(() => !ben.provider.wsconnected, 'the end of the socket');
    const seen = ben.text.toString();
    ada.destroy();
    ben.destroy();
    seenInAll += seen.length;

    const again = await start(folder);
    const cleo = client(again.port, 'cleo');
    await until(() => cleo.provider.synced, 'synced', 10_000);
    assert.ok(cleo.text.toString().startsWith(seen), `round ${round}: ${seen.length} characters were seen, ${cleo.text.length} are there`);
    cleo.destroy();
    const ended = new Promise((resolve) => again.child.once('exit', resolve));
    again.child.kill('SIGKILL');
    await ended;
  }
  assert.ok(seenInAll > 500, 'something was seen');
  rmSync(folder, { recursive: true, force: true });
});

test.after(() => {
  for (const child of children) child.kill('SIGKILL');
});
test.run();
