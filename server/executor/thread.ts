/** The entry of the engine's thread: opens its environment, loads the catalog, recovers, and answers the front. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { ProtocolError, type Problem } from '../../core/protocol/errors.ts';
import { mainTenant } from '../../core/protocol/ids.ts';
import { createAmbient, type Ambient } from '../ambient/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import { createScheduler } from '../scheduler/index.ts';
import { createCounters, createFileStorage, createLogWriter, dayFormatter, ensureExecutionIndexes, loadKv, openEnvironment, StoreError, type Key } from '../store/index.ts';
import { createEncryption, secretsOf, startedByOf, startWorker, worldOf } from '../worker/index.ts';
import { createCalls } from './calls.ts';
import { EngineLoop } from './engine-loop.ts';
import { createFlowStore } from './flow-store.ts';
import { createKvChanges } from './kv-changes.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { createRemoval } from './removal.ts';
import { startRetention } from './retention.ts';
import type { EngineSettings } from './settings.ts';
import { createTaskRequests, type TaskRequests } from './task-requests.ts';
import { createWrittenRows } from './written-rows.ts';

const readBytesMax = 1024 * 1024;

function runEngine(settings: EngineSettings, send: (batch: readonly FromEngine[]) => void): (batch: readonly ToEngine[]) => void {
  const ambient = createAmbient();
  const { folders } = settings;
  let outbox: FromEngine[] = [];
  const post = (message: FromEngine): void => {
    outbox.push(message);
    if (outbox.length === 1) ambient.timers.soon(() => {
      const batch = outbox;
      outbox = [];
      send(batch);
    });
  };
  const engine = openEnvironment({ name: 'engine', path: folders.engine, mode: 'write', ...(settings.storeBytesMax === undefined ? {} : { mapSizeBytes: settings.storeBytesMax }) });
  const indexed = ensureExecutionIndexes(engine, mainTenant);
  if (indexed > 0) ambient.logger.info(`${indexed} executions of an earlier version are indexed by label and origin now`);
  const front = openEnvironment({ name: 'front', path: folders.front, mode: 'read' });
  const catalog = loadCatalog({ testPlugins: settings.testPlugins, checked: settings.pluginsChecked === true });
  const files = createFileStorage({ folder: folders.files, uploads: folders.uploads, uniqueName: () => ambient.ids.friendly() });
  const encryption = createEncryption(settings.encryptionKey, (count) => ambient.ids.bytes(count));
  const secrets = secretsOf(settings.secrets);
  const kvErrorOnMissing = settings.languageLevel !== '0.20';
  const worker = startWorker({
    ambient, catalog, testPlugins: settings.testPlugins, folders, storage: files, reader: engine, secrets: settings.secrets, languageLevel: settings.languageLevel,
    localPaths: settings.localPaths ?? [],
    ...(settings.encryptionKey === undefined ? {} : { encryptionKey: settings.encryptionKey }),
    ...(settings.docker === undefined ? {} : { docker: settings.docker }),
  });
  // A worker of their own for triggers of plugins: listeners hold their slot for ever, and no load of tasks may keep them waiting.
  const triggerWorker = startWorker({
    ambient, catalog, testPlugins: settings.testPlugins, folders, storage: files, reader: engine, secrets: settings.secrets, languageLevel: settings.languageLevel,
    threads: 1, slotsPerThread: 1000,
    ...(settings.encryptionKey === undefined ? {} : { encryptionKey: settings.encryptionKey }),
  });
  const flows = createFlowStore({ front, catalog, level: settings.languageLevel, globalDefaults: settings.globalDefaults });
  const services = {
    nowMs: () => ambient.clock.nowMs(), random: () => ambient.random(), uuid: () => ambient.ids.uuid(), friendlyId: () => ambient.ids.friendly(), bytes: (count: number) => ambient.ids.bytes(count),
    timeZone: ambient.clock.timeZone(), secrets, storage: files, localPaths: settings.localPaths ?? [], kvErrorOnMissing, readBytesMax,
    startedBy: (tenant: string, id: string) => startedByOf(engine, tenant, id),
    kv: (tenant: string, namespace: string, key: string) => loadKv(engine, tenant, namespace, key, ambient.clock.nowMs())?.value,
  };
  const worldFor = (header: ExecutionRow, secretSeen: (secret: string) => void) => worldOf(services, header, { add: secretSeen, apply: (text) => text, longestChars: () => 0 });
  const startOutputs = (type: string): readonly string[] => {
    const definition = catalog.definition(type);
    return definition?.role === 'task' && definition.kind === 'flowable' ? definition.startOutputs ?? [] : [];
  };
  const failsOnResult = (type: string): boolean => {
    const definition = catalog.definition(type);
    return definition?.role === 'task' && definition.kind === 'subflow' && definition.failsOnResult === true;
  };
  const counters = createCounters(engine, { dayOf: dayFormatter(ambient.clock.timeZone()) });
  const logs = createLogWriter(engine, folders.logs);
  const loop: EngineLoop = new EngineLoop({
    ambient, engine, files, flows, worker, encryption, worldFor, startOutputs, failsOnResult, workFolder: folders.work,
    counters, logs,
    taskRequest: (asker, request) => taskRequests(asker, request),
    envs: settings.envs, globals: settings.globals, languageLevel: settings.languageLevel,
    onState: (live, from) => scheduler.stateChanged(live, from),
    onEnded: (header) => scheduler.executionEnded(header),
    fatal: (error) => halt(error),
  });
  const scheduler = createScheduler({
    ambient, engine, front, flows, loop, worker: triggerWorker, worldFor, envs: settings.envs, globals: settings.globals, languageLevel: settings.languageLevel,
    decrypted: (value, seen) => encryption.unwrapDeep(value, seen),
  });
  const rows = createWrittenRows(engine, loop);
  const kv = createKvChanges({ engine, rows, nowMs: () => ambient.clock.nowMs() });
  const removal = createRemoval({ engine, loop, logs, counters, files, logsFolder: folders.logs, ambient });
  const taskRequests: TaskRequests = createTaskRequests({ engine, loop, scheduler, kv, rows, removal, ambient });
  engine.onCommit((commit) => post({ type: 'feed', message: { environment: 'engine', commit: commit.number, keys: commit.keys.filter((key) => !isUnwatched(key)) } }));
  const lag = measureLag(ambient);

  const calls = createCalls({ loop, flows, scheduler, engine, kv, files, worker, ambient, envs: settings.envs, globals: settings.globals, worldFor, secretsInRender: settings.testPlugins, loopLagMs: lag.worstMs, removal });
  const recovered = loop.recover();
  scheduler.start();
  const retention = startRetention({
    rules: settings.retention ?? [], engine, loop, logs, removal, ambient,
    ...(settings.retentionEveryMs === undefined ? {} : { everyMs: settings.retentionEveryMs }), ...(settings.retentionFirstMs === undefined ? {} : { firstMs: settings.retentionFirstMs }),
  });
  if (recovered > 0) ambient.logger.info(`${recovered} executions go on from before the last end`);
  post({ type: 'ready' });

  const problemOf = (error: unknown): Problem => {
    if (error instanceof ProtocolError) return error.problem;
    ambient.logger.error('a call of the engine failed', { error });
    return { status: 500, message: 'The engine failed to answer; its log says why' };
  };
  let halted: string | undefined;
  /** What is in memory is not on disk, and nobody has been told of it: from now on only what is on disk counts, and others read that. */
  function halt(error: unknown): void {
    if (!(error instanceof StoreError)) throw error instanceof Error ? error : new Error(String(error));
    if (halted !== undefined) return;
    halted = error.message;
    ambient.logger.error('the engine stops deciding: its store can not be written', { error });
    post({ type: 'halted', reason: halted });
    retention.close();
    loop.halt();
    void Promise.all([scheduler.close(), worker.close()]).catch((failure: unknown) => ambient.logger.error('something of the engine could not be ended', { error: failure }));
  }
  const close = async (): Promise<void> => {
    lag.stop();
    if (halted !== undefined) {
      await engine.close().catch((error: unknown) => ambient.logger.warn('the store of the engine could not be closed', { error }));
      await front.close();
      send([...outbox, { type: 'closed' }]);
      return;
    }
    retention.close();
    await scheduler.close();
    await loop.close();
    await engine.flush();
    await engine.close();
    await front.close();
    send([...outbox, { type: 'closed' }]);
    outbox = [];
  };
  return (batch) => {
    for (const message of batch) {
      switch (message.type) {
        case 'call': {
          // The front's proxy sends each name with the arguments of the contract.
          if (halted !== undefined) {
            post({ type: 'failed', id: message.id, problem: { status: 503, message: `Service Unavailable: ${halted}` } });
            break;
          }
          const call = calls[message.name] as (...args: readonly unknown[]) => Promise<unknown>;
          call(...message.args).then((value) => post({ type: 'answer', id: message.id, value }), (error: unknown) => post({ type: 'failed', id: message.id, problem: problemOf(error) }));
          break;
        }
        case 'flowChanged':
          if (halted !== undefined) break;
          flows.changed(message.tenant, message.namespace, message.flowId, message.frontCommit);
          scheduler.flowChanged(message.tenant, message.namespace, message.flowId);
          break;
        case 'close': void close(); break;
      }
    }
  };
}

/** Rows that nobody watches: the journal, and what is due. They would be most of the feed's bytes. */
const isUnwatched = (key: Key): boolean => key[1] === 'j' || key[0] === 'due';

const lagProbeMs = 250;
/** How late the loop has answered, at worst, within the last ten seconds or so. */
function measureLag({ clock, timers }: Pick<Ambient, 'clock' | 'timers'>): { readonly worstMs: () => number; readonly stop: () => void } {
  const latest: number[] = [];
  let expectedMs = clock.monotonicMs() + lagProbeMs;
  const stop = timers.every(lagProbeMs, () => {
    const nowMs = clock.monotonicMs();
    latest.push(Math.max(0, nowMs - expectedMs));
    if (latest.length > 40) latest.shift();
    expectedMs = nowMs + lagProbeMs;
  });
  return { worstMs: () => Math.max(0, ...latest), stop };
}

const port = parentPort;
if (port !== null) {
  // The front starts this thread with `EngineSettings` and nothing else.
  const settings = workerData as EngineSettings;
  try {
    port.on('message', runEngine(settings, (batch) => port.postMessage(batch)));
  } catch (error) {
    port.postMessage([{ type: 'refused', message: error instanceof Error ? error.message : String(error) } satisfies FromEngine]);
  }
}
