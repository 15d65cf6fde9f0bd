/** A bot in a flow: its own Yjs document over the stock provider, and the RPC beside it. */
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { ExecutionHeader, Execution, TaskRun } from '../../core/protocol/entities/execution.ts';
import type { Flow } from '../../core/protocol/entities/flow.ts';
import { executionsCreate } from '../../core/protocol/operations/executions.ts';
import { flowsPublish } from '../../core/protocol/operations/flows.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import { topicOf, type ExecutionTopicState } from '../../core/protocol/topics.ts';
import { chance, clock, timers } from '../ambient/index.ts';
import { createConnection, type Connection } from '../connection/index.ts';
import { forgetOthersOnDisconnect } from '../document/index.ts';
import { openTokenSocket, socketClass } from './sockets.ts';

export interface JoinOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** A bot's API token. On an open workspace it may be left out: the bot makes one with its name. */
  readonly token?: string;
  readonly tenant?: string;
  readonly namespace: string;
  readonly id: string;
  /** Shown to colleagues while there is no token yet; later the token's own name counts. */
  readonly name: string;
  /** How long joining may take, ms. Default 10,000. */
  readonly waitMs?: number;
}

export interface WatchedExecution {
  readonly execution: ExecutionHeader;
  readonly taskRuns: readonly TaskRun[];
}

export interface FlowBot {
  /** The flow's text, live: read `text.toString()`, edit with `insert` and `delete` (whole code points, LF only). */
  readonly text: Y.Text;
  readonly awareness: Awareness;
  /** Any operation and any topic. */
  readonly connection: Connection;
  /** Replaces the first occurrence of a text by another; false when it is not there. */
  replace(old: string, text: string): boolean;
  /** Shows colleagues where the bot is: offsets of the text. */
  select(from: number, to: number): void;
  /** Publishes the draft, all of it, as a revision. */
  publish(message?: string): Promise<Flow>;
  /** Starts the latest revision. */
  execute(inputs?: Readonly<Record<string, string>>): Promise<Execution>;
  /** Resolves when the execution has ended; `onChange` hears each change before. */
  watchExecution(executionId: string, onChange?: (now: WatchedExecution) => void): Promise<WatchedExecution>;
  /** Resolves when everybody else's view of this text is this one: the server has all of it. */
  settled(): Promise<void>;
  leave(): Promise<void>;
}

export async function joinFlow(options: JoinOptions): Promise<FlowBot> {
  const tenant = options.tenant ?? 'main';
  const waitMs = options.waitMs ?? 10_000;
  const http = options.url.replace(/\/+$/, '');
  const ws = http.replace(/^http/, 'ws');
  const made = options.token === undefined ? await makeToken(http, tenant, options.name) : undefined;
  const token = options.token ?? made?.fullToken ?? '';

  const connection = createConnection({ openSocket: () => openTokenSocket(`${ws}/api/v1/${encodeURIComponent(tenant)}/rpc`, token), clock, timers, chance });
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`${ws}/sync/${encodeURIComponent(tenant)}`, `flow/${encodeURIComponent(options.namespace)}/${encodeURIComponent(options.id)}`, doc, {
    disableBc: true, WebSocketPolyfill: socketClass(token),
  });
  forgetOthersOnDisconnect(provider);
  const text = doc.getText('source');
  const leave = async (): Promise<void> => {
    provider.destroy();
    provider.awareness.destroy();
    connection.close();
    doc.destroy();
    if (made !== undefined) await request(http, tenant, 'DELETE', `tokens/${encodeURIComponent(made.id)}`, token, undefined);
  };
  try {
    await withinTime(waitMs, `${options.name} could not join ${options.namespace}.${options.id} at ${options.url} within ${waitMs} ms`, [synced(provider), live(connection)]);
  } catch (error) {
    await leave().catch(() => undefined);
    throw error;
  }
  provider.awareness.setLocalStateField('bot', { name: options.name });
  // A flow that was closed for good cannot be edited any more: whoever waits hears it.
  let closed: Error | undefined;
  provider.on('closed', ({ code, reason }) => {
    closed = new Error(`the server closed ${options.namespace}.${options.id} for this bot (${code}): ${reason}`);
  });

  const settled = (): Promise<void> => new Promise((resolve, reject) => {
    if (closed !== undefined) return reject(closed);
    // A second handshake on the same ordered socket: its answer comes after the commit of everything sent before.
    const cancel = timers.after(waitMs, () => {
      provider.off('sync', onSync);
      reject(closed ?? new Error(`no answer from the server within ${waitMs} ms`));
    });
    const onSync = (is: boolean): void => {
      if (!is) return;
      cancel();
      provider.off('sync', onSync);
      resolve();
    };
    provider.synced = false;
    provider.on('sync', onSync);
    provider.ws?.send(Uint8Array.of(0, 0, ...withLength(Y.encodeStateVector(doc))));
  });

  return {
    text, awareness: provider.awareness, connection, settled, leave,
    replace: (old, replacement) => {
      const at = text.toString().indexOf(old);
      if (at < 0) return false;
      doc.transact(() => {
        text.delete(at, old.length);
        text.insert(at, replacement);
      });
      return true;
    },
    select: (from, to) => provider.awareness.setLocalStateField('selection', { anchor: Y.createRelativePositionFromTypeIndex(text, from), head: Y.createRelativePositionFromTypeIndex(text, to) }),
    publish: async (message) => {
      // The RPC is another socket: the text has to arrive first.
      await settled();
      return connection.call(flowsPublish, { namespace: options.namespace, id: options.id, ...(message === undefined ? {} : { message }) });
    },
    execute: (inputs = {}) => connection.call(executionsCreate, { namespace: options.namespace, id: options.id, form: { fields: { ...inputs }, files: [] } }),
    watchExecution: (executionId, onChange) => new Promise((resolve, reject) => {
      const release = connection.watch(topicOf.execution(executionId), {
        changed: (state) => {
          // The topic's own state, as core/protocol/topics.ts says it.
          const { execution, order, taskRuns } = state as ExecutionTopicState;
          if (execution === null) return;
          const now = { execution, taskRuns: order.map((id) => taskRuns[id]).filter((taskRun) => taskRun !== undefined) };
          onChange?.(now);
          if (!isTerminal(execution.state.current)) return;
          resolve(now);
          // Not while the subscription is being told.
          timers.after(0, release);
        },
        refused: reject,
      });
    }),
  };
}

/** A varUint length before the bytes, as the sync protocol has it. */
function withLength(bytes: Uint8Array): number[] {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return [...length, rest, ...bytes];
}

function synced(provider: WebsocketProvider): Promise<void> {
  return new Promise((resolve, reject) => {
    if (provider.synced) return resolve();
    provider.on('sync', (is) => {
      if (is) resolve();
    });
    provider.on('closed', ({ code, reason }) => reject(new Error(`the server refused the document (${code}): ${reason}`)));
  });
}

function live(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    const release = connection.onStatus((status) => {
      if (status.state === 'connecting' || status.state === 'offline') return;
      timers.after(0, () => release());
      resolve();
    });
  });
}

function withinTime(ms: number, sentence: string, promises: readonly Promise<void>[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(ms, () => reject(new Error(sentence)));
    Promise.all(promises).then(() => {
      cancel();
      resolve();
    }, (error: unknown) => {
      cancel();
      reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function makeToken(http: string, tenant: string, name: string): Promise<{ readonly id: string; readonly fullToken: string }> {
  const answer = await request(http, tenant, 'POST', 'tokens', undefined, { name, bot: true, maxAge: 'P1D' });
  if (typeof answer === 'object' && answer !== null && 'fullToken' in answer && typeof answer.fullToken === 'string' && 'id' in answer && typeof answer.id === 'string') return { id: answer.id, fullToken: answer.fullToken };
  throw new Error(`${http} did not answer with a token: is it an Ensemble server of this version?`);
}

async function request(http: string, tenant: string, method: 'POST' | 'DELETE', path: string, token: string | undefined, body: unknown): Promise<unknown> {
  const response = await fetch(`${http}/api/v1/${encodeURIComponent(tenant)}/${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return text === '' ? undefined : JSON.parse(text);
  const hint = response.status === 401 && token === undefined ? '; this workspace is not open: pass a bot\'s API token' : '';
  throw new Error(`${method} ${path} was refused with ${response.status}${hint}: ${text.slice(0, 500)}`);
}
