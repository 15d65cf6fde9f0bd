/**
 * SIGKILL under load: people type and executions are created until the server is killed in the middle; after a restart whatever was
 * acknowledged, or seen by another client, is there, nothing is stuck, and nothing is SUCCESS with a missing task.
 * A short round in CI; `ENSEMBLE_CHAOS_ROUNDS=20 npm test -- chaos` for the whole.
 */
import { rm } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { atRate, startExecution, twoTaskFlow } from '../bench/executions.ts';
import { startServer, until, type TestServer } from '../harness/server.ts';

const rounds = Number(process.env['ENSEMBLE_CHAOS_ROUNDS'] ?? 3);
const typingFlow = 'id: typing\nnamespace: bench\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n#';

interface Wire { readonly state: { readonly current: string }; readonly taskRunList?: readonly { readonly state: { readonly current: string } }[] }

function typist(server: TestServer): { readonly doc: Y.Doc; readonly provider: WebsocketProvider; leave(): void } {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}/sync/main/flow`, 'bench/typing', doc, { WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket, disableBc: true });
  // The awareness of a document keeps a timer until the document ends.
  return { doc, provider, leave: () => { provider.destroy(); doc.destroy(); } };
}

test(`${rounds} rounds of SIGKILL while people type and 200 executions/s are created lose nothing acknowledged or seen`, async () => {
  let server = await startServer();
  const { data } = server;
  await server.putFlow(twoTaskFlow);
  await server.putFlow(typingFlow);
  const acknowledged = new Set<string>();
  let seenText = '';
  for (let round = 0; round < rounds; round += 1) {
    const writer = typist(server);
    const reader = typist(server);
    await until('both are synced', () => writer.provider.synced && reader.provider.synced);
    const port = server.port;
    const current = server;
    const load = atRate(200, 3, async () => {
      const answer = JSON.parse(await startExecution(port, false)) as { id: string };
      acknowledged.add(answer.id);
    });
    let stop = false;
    const typing = (async () => {
      const text = writer.doc.getText('source');
      for (let key = 0; !stop; key += 1) {
        text.insert(text.length, String.fromCharCode(97 + (key % 26)));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 1500 + round * 37));
    await current.kill9();
    // What the other client has seen by now must survive.
    seenText = reader.doc.getText('source').toString();
    stop = true;
    await typing;
    await load;
    writer.leave();
    reader.leave();
    server = await startServer({ data });
    const check = typist(server);
    await until('the text is back', () => check.provider.synced);
    const now = check.doc.getText('source').toString();
    assert.ok(now.startsWith(seenText), `round ${round}: the other client had seen ${seenText.length} characters, ${now.length} are there`);
    assert.ok(seenText.length > typingFlow.length + 20, 'the round did type');
    check.leave();
  }
  assert.ok(acknowledged.size > rounds * 100, `the rounds did create: ${acknowledged.size}`);
  for (const id of acknowledged) {
    const execution = await until(`execution ${id} has ended`, async () => {
      const answer = await server.request('GET', `/api/v1/executions/${id}`);
      if (answer.status !== 200) throw new Error(`GET answers ${answer.status}`);
      return answer.json as Wire;
    }, (found) => found.state.current === 'SUCCESS' || found.state.current === 'FAILED', 20_000);
    assert.is(execution.state.current, 'SUCCESS', id);
    assert.is(execution.taskRunList?.length, 2, `${id} is SUCCESS with a missing task`);
    for (const taskRun of execution.taskRunList ?? []) assert.is(taskRun.state.current, 'SUCCESS');
  }
  // Also those whose acknowledgement was lost on the way: each has ended, none is stuck.
  const open = await until('nothing runs any more', async () => {
    const answer = await server.request('GET', '/api/v1/executions/search?namespace=bench&state=CREATED,QUEUED,RUNNING,KILLING,RESTARTED,PAUSED&size=1');
    return (answer.json as { readonly total: number }).total;
  }, (total) => total === 0);
  assert.is(open, 0);
  const code = await server.stop();
  assert.is(code, 0, 'SIGTERM drains and exits 0');
  await rm(data, { recursive: true, force: true });
});

test.run();
