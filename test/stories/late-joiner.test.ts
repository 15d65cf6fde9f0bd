/**
 * B11, B12: whoever joins a log late gets what was written and what is being written, each line once, over whichever door, through cuts of
 * the line. Readers join at random moments (seeded) while a run logs; in the end each has exactly what a fresh REST read has.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import WebSocket from 'ws';
import { createConnection, type Connection, type SocketLike } from '../../client/connection/index.ts';
import { clock, timers } from '../../client/ambient/index.ts';
import { arrived, windowOfTail, type LogWindow } from '../../client/logs/window.ts';
import type { LogEntry } from '../../core/protocol/entities/log-entry.ts';
import { runs } from '../../core/protocol/operations/index.ts';
import { topicOf, type LogsTopicState } from '../../core/protocol/topics.ts';
import { seededRandom } from '../../server/ambient/index.ts';
import { discard, startServer, until, type TestServer } from '../harness/server.ts';
import { openCable, type Cable } from '../harness/sockets.ts';

const seed = 20_261_124;
const readersCount = 8;
/** More lines than the tail of a topic holds, so that late joiners have to read pages, too. */
const flow = `id: steady
namespace: late
tasks:
  - id: rounds
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, 60) }}"
    concurrencyLimit: 1
    tasks:
      - id: say
        type: io.kestra.plugin.core.log.Log
        message:
${Array.from({ length: 45 }, (_, index) => `          - "round {{ taskrun.value }} line ${index}"`).join('\n')}
      - id: breathe
        type: io.kestra.plugin.core.flow.Sleep
        duration: PT0.03S
`;

let server: TestServer;
let cable: Cable;
test.before(async () => {
  cable = await openCable();
  server = await startServer({ environment: { ENSEMBLE_PUBLIC_URL: `http://127.0.0.1:${cable.port}` } });
  cable.plug(server.port);
  await server.putFlow(flow);
});
const open: Reader[] = [];
test.after(async () => {
  for (const reader of open) reader.close();
  await cable.close();
  await discard(server);
});

function socketTo(port: number): SocketLike {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/main/rpc`);
  const like: SocketLike = { send: (text) => socket.send(text), close: () => socket.terminate(), onopen: null, onmessage: null, onclose: null };
  socket.on('open', () => like.onopen?.());
  socket.on('message', (data: Buffer) => like.onmessage?.({ data: data.toString('utf8') }));
  socket.on('close', (code: number, reason: Buffer) => like.onclose?.({ code, reason: reason.toString('utf8') }));
  socket.on('error', () => undefined);
  return like;
}

interface Reader {
  readonly lines: LogEntry[];
  settled(): Promise<void>;
  close(): void;
}

/** What the log view does, with the rules of its window, and without letting go of anything. */
function pageReader(connection: Connection, executionId: string, problems: string[]): Reader {
  const lines: LogEntry[] = [];
  let window: LogWindow | undefined;
  let work: Promise<void> = Promise.resolve();
  const pages = async (from: number, to: number): Promise<void> => {
    for (let at = from; at < to;) {
      const page = await connection.call(runs.logsPage, { executionId, from: at, size: Math.min(500, to - at) });
      lines.push(...page.lines);
      if (page.lines.length === 0) throw new Error(`nothing at ${at} of ${to}`);
      at = (page.lines[page.lines.length - 1]?.position ?? at) + 1;
    }
  };
  const take = async (state: LogsTopicState): Promise<void> => {
    if (window === undefined) {
      await pages(0, state.first);
      lines.push(...state.lines);
      window = { ...windowOfTail(state), readTo: state.total };
      return;
    }
    const news = arrived(window, state, () => true);
    if (news.type === 'gap') { await pages(window.readTo, state.first); lines.push(...state.lines); } else lines.push(...news.lines);
    window = { ...window, readTo: Math.max(window.readTo, state.total) };
  };
  const again = async (state: LogsTopicState): Promise<void> => {
    // The line may be cut while a page is on its way: what was read of it stays, the rest is asked for again.
    for (let round = 0; round < 20; round += 1) {
      const kept = lines.length;
      try {
        await take(state);
        return;
      } catch {
        lines.length = kept;
        await until('the line is back', () => connection.status().state, (now) => now === 'live');
      }
    }
    problems.push('a page could not be read');
  };
  const stop = connection.watch(topicOf.logs(executionId), { changed: (state) => { work = work.then(() => again(state as LogsTopicState)); } });
  return { lines, settled: () => work, close: () => { stop(); connection.close(); } };
}

/** Server-sent events, as any client of the API would follow. */
function eventReader(executionId: string): Reader {
  const lines: LogEntry[] = [];
  const aborts = new AbortController();
  const read = async (): Promise<void> => {
    const answer = await fetch(`${server.url}/api/v1/logs/${executionId}/follow`, { signal: aborts.signal });
    if (answer.body === null) throw new Error('no stream');
    let text = '';
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? '';
        if (/^event: ?progress$/m.test(event) || data.includes('"message"')) lines.push(JSON.parse(data) as LogEntry);
      }
    }
  };
  const done = read().catch((error: unknown) => { if (!aborts.signal.aborted) throw error; });
  return { lines, settled: () => Promise.resolve(), close: () => { aborts.abort(); void done; } };
}

test('a reader that joins a running log at any moment has each line once, without a gap, through cuts', async () => {
  const random = seededRandom(seed);
  const started = (await server.request('POST', '/api/v1/executions/late/steady')).json as { readonly id: string };
  const total = async (): Promise<number> => ((await server.request('GET', `/api/v1/logs/${started.id}`)).json as readonly unknown[]).length;
  const expected = 60 * 45;
  const readers: { readonly name: string; readonly joinedAt: number; readonly reader: Reader }[] = [];
  const problems: string[] = [];
  const moments = Array.from({ length: readersCount }, () => Math.floor(random() * expected * 0.9)).sort((a, b) => a - b);
  for (const [index, moment] of moments.entries()) {
    const joinedAt = await until(`the log has ${moment} lines`, total, (now) => now >= moment, 60_000);
    const overEvents = index % 3 === 2;
    readers.push({
      name: `${overEvents ? 'events' : 'page'} ${index} from ${moment}`, joinedAt,
      reader: overEvents ? eventReader(started.id) : pageReader(createConnection({ openSocket: () => socketTo(cable.port), clock, timers, chance: random, retryMinMs: 20, retryMaxMs: 100 }), started.id, problems),
    });
    open.push(...readers.slice(-1).map((one) => one.reader));
    if (random() < 0.6) cable.cut();
  }
  cable.cut();
  await until('the run has ended', async () => ((await server.request('GET', `/api/v1/executions/${started.id}`)).json as { readonly state: { readonly current: string } }).state.current, (state) => state === 'SUCCESS', 90_000);
  const fresh = (await server.request('GET', `/api/v1/logs/${started.id}`)).json as readonly LogEntry[];
  assert.is(fresh.length, expected);
  const wanted = fresh.map((line) => `${line.position} ${line.message}`);
  for (const { name, reader } of readers) {
    await until(`${name} has all lines, seed ${seed}`, async () => { await reader.settled(); return reader.lines.length; }, (count) => count >= expected, 20_000);
    assert.equal(reader.lines.map((line) => `${line.position} ${line.message}`), wanted, `${name}, seed ${seed}`);
  }
  assert.equal(problems, []);
  // The run of this test reached what it is about: somebody joined before the log was longer than a topic's tail, and somebody after.
  assert.ok(readers.some(({ joinedAt }) => joinedAt < 1500) && readers.some(({ joinedAt }) => joinedAt > 2000), `joined at ${readers.map(({ joinedAt }) => joinedAt).join()}`);
});

test.run();
