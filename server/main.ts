/** The server: puts the rooms together in the order in which they rest on each other, and takes them apart in the reverse one. */
import { createReadStream, existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProtocolError } from '../core/protocol/errors.ts';
import { assertLimits, limits } from '../core/protocol/limits.ts';
import { createAccess, createPreferences } from './access/index.ts';
import { createAmbient, createReleasers, type Ambient } from './ambient/index.ts';
import { loadCatalog } from './catalog/index.ts';
import { ConfigError, readConfig, type Config } from './config.ts';
import { createDocuments } from './documents/index.ts';
import { isLoopback, openEdge, syncTopic, watchTopic, type Edge } from './edge/index.ts';
import { startExecutor, type Executor } from './executor/index.ts';
import { createOperations, type Rooms } from './operations/index.ts';
import { createFeed, createFileStorage, feedFrom, frontKeys, openData, openAppendLog, openEnvironment, StoreError } from './store/index.ts';
import { createConsoleBoard, createWatch } from './watch/index.ts';

const version = '0.1.0';
const tenant = 'main';
/** What graceful shutdown may take before it becomes a forceful one. */
const shutdownMs = 15_000;

const here = dirname(fileURLToPath(import.meta.url));
/** In the bundle everything lies in `dist/`; under tsx this file lies in `server/`. */
const bundled = here.endsWith('dist');
const clientFolder = bundled ? join(here, 'client') : join(here, '..', 'dist', 'client');
const blueprintsPath = bundled ? join(here, 'blueprints') : join(here, '..', 'blueprints');
const engineScript = bundled ? new URL('./engine.js', import.meta.url) : new URL('./executor/thread.ts', import.meta.url);

async function serve(ambient: Ambient, config: Config): Promise<void> {
  assertLimits();
  const releasers = createReleasers();
  const { logger } = ambient;
  const data = openData(config.dataPath);
  releasers.push(() => data.close());
  const limited = config.storeBytesMax === undefined ? {} : { storeBytesMax: config.storeBytesMax };
  const front = openEnvironment({ name: 'front', path: data.front, mode: 'write', ...(config.storeBytesMax === undefined ? {} : { mapSizeBytes: config.storeBytesMax }) });
  releasers.push(() => front.close());
  // Behind a proxy with a public name everybody reaches a loopback address: that is no workspace of this machine alone.
  const loopback = isLoopback(config.host) && (config.publicUrl === undefined || isLoopback(new URL(config.publicUrl).hostname));
  const access = createAccess({ front, ambient, tenant, loopback });

  if (config.command.type === 'administrator') {
    const { secret } = await access.createLink('administrator', 'admin', access.system().participant.name);
    await front.flush();
    process.stdout.write(`One-time administrator link, good for a day. Start the server, then open it there:\n  ${config.publicUrl ?? `http://${config.host}:${config.port}`}/ui/${tenant}/invitation/${secret}\n`);
    await releasers.release();
    return;
  }
  if (!loopback && !access.hasAdministrator() && config.command.share === undefined) {
    await releasers.release();
    throw new ConfigError(`${isLoopback(config.host) ? `ENSEMBLE_PUBLIC_URL is ${config.publicUrl ?? ''}` : `ENSEMBLE_HOST is ${config.host}`}, so others could reach this workspace, and it has no administrator yet. Start it with --share, which prints an administrator link, or listen on 127.0.0.1`);
  }

  const catalog = loadCatalog({ testPlugins: config.testPlugins });
  const feed = createFeed();
  releasers.push(feedFrom(front, feed));
  // The engine opens its environment for writing first; this thread then reads it.
  const { path: _path, format: _format, close: _close, ...folders } = data;
  let stopping = false;
  /** Why nothing can be written any more: what is on disk is still served. */
  let readOnly: string | undefined;
  const haltedBy = (reason: string): void => {
    readOnly ??= reason;
    logger.error(`the workspace is read-only until a restart: ${reason}`);
  };
  const fatal = (what: string, error: unknown): void => {
    if (stopping) return;
    if (error instanceof StoreError) { haltedBy(error.message); return; }
    logger.error(`${what}; the server ends, so that nobody is shown what is not kept`, { error });
    process.exit(70);
  };
  const executor: Executor = await startExecutor({
    settings: {
      folders, ...limited, testPlugins: config.testPlugins, pluginsChecked: true, languageLevel: config.languageLevel, globalDefaults: config.globalDefaults, globals: config.globals, envs: config.envs, secrets: config.secrets,
      localPaths: config.localPaths, retention: config.retention,
      ...(config.encryptionKey === undefined ? {} : { encryptionKey: config.encryptionKey }),
      docker: config.docker,
    },
    ambient, script: engineScript, onLost: (error) => fatal('the engine has ended', error), onHalted: haltedBy,
  });
  releasers.push(() => executor.close());
  const engine = openEnvironment({ name: 'engine', path: data.engine, mode: 'read' });
  releasers.push(() => engine.close());
  releasers.push(executor.onFeed((message) => { engine.refresh(); feed.publish(message); }));

  let edge: Edge | undefined;
  const documents = createDocuments({
    front, typing: openAppendLog(data.typing), access, catalog, level: config.languageLevel, globalDefaults: config.globalDefaults, ambient,
    publishSync: (room, frame, except) => edge?.transport.publish(syncTopic(room), frame, except),
    audit: (entry) => {
      const { participant, ...rest } = entry;
      logger.warn('a document update was refused', { participant: participant.name, reason: rest.reason ?? '', subject: rest.subject });
      access.record({ ...rest, caller: { participant, door: entry.door, address: entry.address ?? '' } });
    },
    onFlowCommitted: ({ record, revision, commit }) => { if (revision !== undefined) executor.flowChanged(record.tenant, record.namespace, record.id, commit); },
    fatal: (error) => fatal('a document could not be committed', error),
  });
  releasers.push(() => documents.close());
  const consoles = createConsoleBoard({ present: documents, timers: ambient.timers });
  releasers.push(() => consoles.close());
  const watch = createWatch({ consoles, front, engine, logs: data.logs, feed, publisher: { publish: (topic, text) => edge?.transport.publish(watchTopic(topic), text) }, access, ambient, present: documents });
  releasers.push(() => watch.close());

  const files = createFileStorage({ folder: data.files, uploads: data.uploads, uniqueName: () => ambient.ids.friendly() });
  const scheme = config.tls === undefined ? 'http' : 'https';
  const shownHost = config.host.includes(':') ? `[${config.host}]` : config.host;
  const reachedHost = config.host === '0.0.0.0' || config.host === '::' ? machineNames()[0] ?? 'localhost' : shownHost;
  /** How people reach it; the port is known once it listens. */
  const addressNow = (): string => config.publicUrl ?? `${scheme}://${reachedHost}:${edge?.port ?? config.port}`;
  const rooms: Rooms = {
    access, preferences: createPreferences({ front, ambient }), documents, executor, catalog, consoles, front, engine, files, feed, ambient, logsPath: data.logs, blueprintsPath, readUpload: (blob) => readUpload(data.uploads, blob),
    uploadStream: (blob) => createReadStream(ownUpload(data.uploads, blob), { highWaterMark: 64 * 1024 }),
    config: { version, instanceId: instanceId(front, ambient), languageLevel: config.languageLevel, get publicUrl() { return addressNow(); }, secretNames: Object.keys(config.secrets).map((name) => name.replace(/^SECRET_/, '')).sort() },
  };
  const operations = createOperations(rooms);
  metricsOf(ambient, { documents, watch, executor });

  edge = await openEdge({
    host: config.host, port: config.port, tls: config.tls, publicUrl: config.publicUrl, trustedProxies: config.trustedProxies, machineNames: machineNames(),
    tenant, version, clientFolder, ambient, access, operations, documents, watch, uploadPath: () => files.uploadPath(),
    readiness: () => {
      const state = front.health();
      if (stopping) return { ready: false, reason: 'it is shutting down' };
      const reason = readOnly ?? (state.state === 'writable' ? undefined : state.reason);
      return reason === undefined ? { ready: true } : { ready: false, reason, readOnly: reason };
    },
  });
  releasers.push(() => edge?.close());

  const address = addressNow();
  if (config.command.share !== undefined) {
    if (!access.hasAdministrator()) {
      const { secret } = await access.createLink('administrator', 'admin', access.system().participant.name);
      process.stdout.write(`One-time administrator link (good for a day):\n  ${address}/ui/${tenant}/invitation/${secret}\n`);
    }
    const { role } = config.command.share;
    const { secret } = await access.createLink('invitation', role, access.system().participant.name);
    process.stdout.write(`One-time invitation link for the role ${role} (good for a week):\n  ${address}/ui/${tenant}/invitation/${secret}\n`);
  }
  process.stdout.write(`Ensemble is listening on ${scheme}://${shownHost}:${edge.port}\n`);

  ambient.signals.onStop((signal) => {
    if (stopping) {
      logger.warn(`${signal} again: ending at once`);
      process.exit(1);
    }
    stopping = true;
    logger.info(`${signal}: finishing what is under way; a second signal ends at once`);
    ambient.timers.after(shutdownMs, () => {
      logger.error(`not finished within ${shutdownMs} ms: ending at once; what was acknowledged is on disk`);
      process.exit(1);
    });
    edge?.stop();
    releasers.release().then(() => process.exit(0), (error: unknown) => {
      logger.error('the shutdown failed', { error });
      process.exit(1);
    });
  });
}

function ownUpload(folder: string, blob: string): string {
  if (dirname(blob) !== folder) throw new Error('an upload lies in the upload folder');
  return blob;
}

/** An upload by the name that the edge gave it: a file of the upload folder and no other, small enough to be read whole. */
async function readUpload(folder: string, blob: string): Promise<Uint8Array> {
  const { size } = await stat(ownUpload(folder, blob));
  if (size > limits.bodyBytesMax) throw new ProtocolError({ status: 413, message: `The file has ${size} bytes; at most ${limits.bodyBytesMax} are read` });
  return readFile(blob);
}

/** A UUID of this data directory, made at its first start. */
function instanceId(front: ReturnType<typeof openEnvironment>, ambient: Ambient): string {
  const key = frontKeys.meta('instance');
  const known = front.get<string>(key);
  if (known !== undefined) return known;
  const made = ambient.ids.uuid();
  front.writeNow([{ type: 'put', key, value: made }]);
  return made;
}

/** Addresses under which others on the network reach this machine. */
function machineNames(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? []).filter((one) => !one.internal).map((one) => one.address);
}

function metricsOf(ambient: Ambient, rooms: { readonly documents: Rooms['documents']; readonly watch: ReturnType<typeof createWatch>; readonly executor: Executor }): void {
  const { metrics, clock, timers } = ambient;
  const gauge = (name: string, help: string, read: () => number): void => { metrics.gauge(name, { help, read }); };
  gauge('ensemble_documents_open', 'Document rooms in memory', () => rooms.documents.figures().rooms);
  gauge('ensemble_documents_sockets', 'Open document sockets', () => rooms.documents.figures().sockets);
  gauge('ensemble_documents_refused_updates', 'Document updates that were refused', () => rooms.documents.figures().refusedUpdates);
  gauge('ensemble_documents_dropped_awareness', 'Awareness entries dropped because they were not the sender\'s own', () => rooms.documents.figures().droppedAwareness);
  gauge('ensemble_watch_topics', 'Topics that somebody watches', () => rooms.watch.figures().topics);
  gauge('ensemble_watch_watchers', 'Subscriptions', () => rooms.watch.figures().watchers);
  let engine = { live: 0, queued: 0, running: 0, commits: 0, commitMsP99: 0 };
  gauge('ensemble_executions_live', 'Executions that have not ended', () => engine.live);
  gauge('ensemble_engine_queued_steps', 'Decided and not yet committed', () => engine.queued);
  gauge('ensemble_tasks_running', 'Tasks the worker has', () => engine.running);
  gauge('ensemble_engine_commits', 'Commits of the engine since its start', () => engine.commits);
  gauge('ensemble_engine_commit_ms_p99', 'Of the last thousand commits, write to flushed', () => engine.commitMsP99);
  const lag = metrics.histogram('ensemble_front_loop_lag_ms', { help: 'How late the front\'s loop is' });
  let expected = clock.monotonicMs() + 1000;
  timers.every(1000, () => {
    const now = clock.monotonicMs();
    lag.observe(Math.max(0, now - expected));
    expected = now + 1000;
    rooms.executor.figures().then((figures) => { engine = figures; }, () => undefined);
  });
}

const ambient = createAmbient();
if (bundled && !existsSync(clientFolder)) {
  process.stderr.write('The client is not built: run `npm run build`\n');
  process.exit(78);
}
try {
  await serve(ambient, readConfig(ambient, process.argv.slice(2)));
} catch (error) {
  // One sentence for the person who starts it; a stack only for what is our fault.
  if (error instanceof ConfigError || error instanceof StoreError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
  // A taken port, or an address that is not this machine's.
  if (error instanceof ProtocolError) process.stderr.write(`${error.message}\n`);
  else ambient.logger.error('the server could not start', { error });
  process.exit(1);
}
