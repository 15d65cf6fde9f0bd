/** The front's side of the engine: starts its thread and speaks with it in batches. */
import { Worker as NodeWorker } from 'node:worker_threads';
import { ProtocolError } from '../../core/protocol/errors.ts';
import type { Ambient } from '../ambient/index.ts';
import type { FeedMessage } from '../store/contract.ts';
import type { Executor } from './contract.ts';
import type { CallName, FromEngine, ToEngine } from './messages.ts';
import type { EngineSettings } from './settings.ts';

export type { CheckedRequest, CreateExecution, EngineFigures, ExecutionCommand, Executor, InputCheck, LogDeletion, RawInputs, Reply, WebhookCall } from './contract.ts';
export type { EngineLoop, LoopOptions } from './engine-loop.ts';
export type { FlowStore } from './flow-store.ts';
export type { RetentionRule } from './retention.ts';
export type { Live } from './live.ts';
export type { EngineSettings } from './settings.ts';

export interface StartExecutorOptions {
  readonly settings: EngineSettings;
  readonly ambient: Pick<Ambient, 'timers' | 'logger'>;
  /** `dist/engine.js`, or `thread.ts` itself in tests under tsx. */
  readonly script: URL;
  /** The thread ended by itself: what the server shows is not what runs any more. */
  readonly onLost: (error: Error) => void;
  /** Its store can not be written any more: every call is refused from now on, and what is on disk can be read. */
  readonly onHalted?: (reason: string) => void;
}

/** A closing engine that does not answer within this is ended. */
const closeWaitMs = 20_000;

export async function startExecutor(options: StartExecutorOptions): Promise<Executor> {
  const { ambient } = options;
  const typescript = options.script.pathname.endsWith('.ts');
  // `--import tsx` is not honoured by threads of Node 20: the thread registers tsx itself.
  const thread = typescript
    ? new NodeWorker(`import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(options.script.href)}); })`, { eval: true, workerData: options.settings })
    : new NodeWorker(options.script, { workerData: options.settings });
  const pending = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  const listeners = new Set<(message: FeedMessage) => void>();
  let nextId = 1;
  let outbox: ToEngine[] = [];
  let closing = false;
  let ended: Error | undefined;
  /** Why it takes nothing any more, though it is there. */
  let refusal: string | undefined;
  let closed: (() => void) | undefined;

  /** A value that cannot be copied (too deep) is its own caller's failure, and nobody else's of the batch. */
  const post = (batch: readonly ToEngine[]): void => {
    try {
      thread.postMessage(batch);
    } catch (error) {
      const only = batch[0];
      if (batch.length > 1) for (const message of batch) post([message]);
      else if (only?.type === 'call') {
        pending.get(only.id)?.reject(new ProtocolError({ status: 422, message: `Illegal argument: the values can not be handed to the engine: ${error instanceof Error ? error.message : String(error)}` }));
        pending.delete(only.id);
      } else throw error;
    }
  };
  const send = (message: ToEngine): void => {
    if (ended !== undefined && message.type !== 'close') throw new ProtocolError({ status: 503, message: refusal === undefined ? 'The engine is not running; the server is shutting down' : `Service Unavailable: ${refusal}` });
    outbox.push(message);
    if (outbox.length === 1) ambient.timers.soon(() => {
      const batch = outbox;
      outbox = [];
      if (ended === undefined || refusal !== undefined) post(batch);
    });
  };
  const lose = (error: Error): void => {
    if (ended !== undefined) return;
    ended = error;
    for (const { reject } of pending.values()) reject(new ProtocolError({ status: 503, message: 'The engine ended before it answered; ask again' }, { cause: error }));
    pending.clear();
    closed?.();
    if (!closing) options.onLost(error);
  };

  const ready = new Promise<void>((resolve, reject) => {
    thread.on('message', (batch: readonly FromEngine[]) => {
      for (const message of batch) {
        switch (message.type) {
          case 'ready': resolve(); break;
          case 'refused': reject(new Error(message.message)); break;
          case 'answer': pending.get(message.id)?.resolve(message.value); pending.delete(message.id); break;
          case 'failed': pending.get(message.id)?.reject(new ProtocolError(message.problem)); pending.delete(message.id); break;
          case 'feed': for (const listener of [...listeners]) listener(message.message); break;
          case 'halted': {
            ended = new Error(message.reason);
            refusal = message.reason;
            for (const { reject } of pending.values()) reject(new ProtocolError({ status: 503, message: `Service Unavailable: ${message.reason}` }));
            pending.clear();
            options.onHalted?.(message.reason);
            break;
          }
          case 'closed': closed?.(); break;
        }
      }
    });
    thread.once('error', (error) => { reject(error); lose(error instanceof Error ? error : new Error(String(error))); });
    thread.once('exit', (code) => { const error = new Error(`the engine's thread ended with ${code}`); reject(error); lose(error); });
  });

  const call = <T>(name: CallName, ...args: readonly unknown[]): Promise<T> => new Promise((resolve, reject) => {
    const id = nextId;
    nextId += 1;
    // The engine answers each call with the type that the contract promises for its name.
    pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
    try {
      send({ type: 'call', id, name, args });
    } catch (error) {
      pending.delete(id);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });

  await ready;
  return {
    create: (request) => call('create', request),
    checkInputs: (request) => call('checkInputs', request),
    checkResume: (tenant, executionId, inputs) => call('checkResume', tenant, executionId, inputs),
    command: (tenant, executionId, command, by) => call('command', tenant, executionId, command, by),
    commandMany: (tenant, commands, by) => call('commandMany', tenant, commands, by),
    deleteLogs: (tenant, selection) => call('deleteLogs', tenant, selection),
    webhook: (request) => call('webhook', request),
    evaluate: (tenant, executionId, taskRunId, expression) => call('evaluate', tenant, executionId, taskRunId, expression),
    render: (template, variables) => call('render', template, variables),
    putKv: (change) => call('putKv', change),
    deleteKv: (tenant, namespace, keys) => call('deleteKv', tenant, namespace, keys),
    commandTrigger: (tenant, key, command, by) => call('commandTrigger', tenant, key, command, by),
    flowChanged: (tenant, namespace, flowId, frontCommit) => { if (refusal === undefined) send({ type: 'flowChanged', tenant, namespace, flowId, frontCommit }); },
    figures: () => call('figures'),
    onFeed: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      if (closing) return;
      closing = true;
      if (ended !== undefined && refusal === undefined) return;
      const done = new Promise<void>((resolve) => { closed = resolve; });
      send({ type: 'close' });
      const cancel = ambient.timers.after(closeWaitMs, () => {
        ambient.logger.warn(`the engine did not close within ${closeWaitMs} ms and is ended; what was acknowledged is on disk`);
        closed?.();
      });
      await done;
      cancel();
      await thread.terminate();
    },
  };
}
