/** The entry of a task thread: loads the catalog, opens readers of the store, runs the tasks it is given, many at once while they wait. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PluginDefinition, RunnableDefinition } from '../../plugins/sdk/index.ts';
import { createAmbient } from '../ambient/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import { openTaskStore } from './task-store.ts';
import { createEncryption } from './encryption.ts';
import { createSignalMarked } from './escaped.ts';
import { createOutbox } from './outbox.ts';
import type { FromThread, ThreadSettings, ToThread } from './thread-protocol.ts';
import { startThreadTask, type ThreadTask } from './thread-task.ts';
import { secretsOf } from './world.ts';

function start(): void {
  const port = parentPort;
  if (port === null) throw new Error('task-thread is the entry of a worker thread; it cannot be started by itself');
  // Given by `task-thread-handle.ts`, which is typed; nothing else starts this file.
  const settings: ThreadSettings = workerData;
  const ambient = createAmbient();
  const catalog = loadCatalog({ testPlugins: settings.testPlugins, checked: true });
  const store = openTaskStore({ ...settings.folders, nowMs: () => ambient.clock.nowMs(), uniqueName: () => ambient.ids.friendly() });
  const encryption = createEncryption(settings.encryptionKey, (count) => ambient.ids.bytes(count));
  const post = (message: FromThread): void => port.postMessage(message);
  const outbox = createOutbox({ send: (events, bytes) => post({ type: 'events', events, bytes }), after: ambient.timers.after, soon: ambient.timers.soon });
  const world = {
    nowMs: () => ambient.clock.nowMs(), random: () => ambient.random(), uuid: () => ambient.ids.uuid(), friendlyId: () => ambient.ids.friendly(),
    bytes: (count: number) => ambient.ids.bytes(count), timeZone: ambient.clock.timeZone(), secrets: secretsOf(settings.secrets),
    kv: store.kv, storage: store.files, localPaths: settings.localPaths, startedBy: store.startedBy, kvErrorOnMissing: settings.kvErrorOnMissing,
  };
  const signalMarked = createSignalMarked();
  const tasks = new Map<string, ThreadTask>();
  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'run': {
        const { jobId, task } = message.job;
        const definition = runnableOf(catalog.definition(task.type), task.part);
        if (definition === undefined) {
          outbox.event({ type: 'ended', jobId, atMs: ambient.clock.nowMs(), outcome: { type: 'failed', message: `The task type "${task.type}" cannot be run by a worker.` }, killed: false, timedOut: false });
          return;
        }
        const started = startThreadTask({
          definition, job: message.job, ambient, settings, world, encryption, catalog, store, outbox,
          groupStarted: (groupId) => post({ type: 'groupStarted', jobId, groupId }),
          groupEnded: (groupId) => post({ type: 'groupEnded', jobId, groupId }),
          signalMarked,
          stopsWithin: (durationMs) => post({ type: 'stopsWithin', jobId, durationMs }),
          taskRunner: (type) => {
            const runner = catalog.definition(type);
            return runner?.role === 'taskRunner' ? runner : undefined;
          },
        });
        tasks.set(jobId, started);
        void started.done.finally(() => tasks.delete(jobId)); // Never rejects: it logs what went wrong.
        return;
      }
      case 'abort': tasks.get(message.jobId)?.abort(message.reason); return;
      case 'answer': tasks.get(message.jobId)?.answer(message.requestId, message.answer); return;
      case 'acknowledge': outbox.acknowledge(message.bytes); return;
      case 'ping': post({ type: 'pong' }); return;
      default: { const never: never = message; throw new Error(`unknown message ${JSON.stringify(never)}`); }
    }
  });
}

/** What the worker runs of a type: a task, or one step of a structural task. A plugin's trigger is run like a task: what it has found is its outputs, each message of a listener a request. */
function runnableOf(definition: PluginDefinition | undefined, part: string | undefined): Pick<RunnableDefinition, 'run'> | undefined {
  if (definition?.role === 'task' && definition.kind === 'runnable') return definition;
  if (definition?.role === 'task' && definition.kind === 'flowable' && part !== undefined) {
    const run = definition.parts?.[part];
    return run === undefined ? undefined : { run };
  }
  if (definition?.role !== 'trigger') return undefined;
  switch (definition.triggerKind) {
    case 'POLLING': return {
      run: async (context) => {
        const outcome = await definition.evaluate(context);
        if (outcome.type === 'failed') return outcome;
        return outcome.type === 'fired' ? { type: 'succeeded', outputs: outcome.variables } : { type: 'succeeded' };
      },
    };
    case 'REALTIME': return {
      run: async (context) => {
        await definition.listen(context, async (variables) => {
          const answer = await context.request({ type: 'fireTrigger', variables });
          if (!answer.ok) throw new Error(answer.message ?? 'The execution could not be started.');
        });
        return { type: 'succeeded' };
      },
    };
    default: return undefined;
  }
}

start();
