/**
 * Runs one task for its own test: a small stand-in for the worker. It renders `{{ a.b }}` by plain look-up (the whole
 * expression language is the worker's), keeps logs, metrics and stored files in memory, and plays scripted processes.
 */
import { Buffer } from 'node:buffer';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { DockerSettings, ExecutorRequest, PluginDefinition, ProcessEnd, ProcessRequest, RequestAnswer, TaskContext, TaskFiles, TaskOutcome, TaskRunnerDefinition, TriggerOutcome } from './index.ts';
import { runnable } from './index.ts';
import { globMatcher } from './glob.ts';
import { openProcessPlace, processRunner } from './script/runner.ts';
import { trialNamespaceFiles, trialStores, type TrialStores } from './testing-stores.ts';
import { messageOf, TaskFailure, textOf } from './values.ts';

export interface TrialOptions extends TrialStores {
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What `{{ a.b }}` finds. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Internal files by URI. */
  readonly stored?: Readonly<Record<string, string>>;
  /** Plays a process: calls `request.onLine`, may write files into `request.directory`. */
  readonly process?: (request: ProcessRequest) => Promise<ProcessEnd>;
  readonly answer?: (request: ExecutorRequest) => RequestAnswer;
  /** What `runTask` gives for a text. */
  readonly templated?: (source: string) => TaskOutcome;
  /** Value of the task run, in a loop. */
  readonly value?: string;
  readonly signal?: AbortSignal;
  readonly languageLevel?: TaskContext['languageLevel'];
  /** Task runners by type; the Process runner is always there. */
  readonly taskRunners?: readonly TaskRunnerDefinition[];
  readonly docker?: DockerSettings;
  /** The directory counts as one that other tasks use, too. */
  readonly sharesDirectory?: boolean;
}

export interface Trial {
  readonly outcome: TaskOutcome;
  readonly logs: readonly { readonly level: LogLevel; readonly message: string }[];
  readonly metrics: readonly Parameters<TaskContext['metric']>[0][];
  readonly requests: readonly ExecutorRequest[];
  /** Internal files after the run, by URI. */
  readonly stored: Readonly<Record<string, string>>;
  /** Relative paths of what it left in its directory. */
  readonly left: readonly string[];
  /** Milliseconds it slept in sum; time does not pass really. */
  readonly sleptMs: number;
}

/** What is wrong with properties by the type's own schema, in texts; none when they are fine. */
export const problemsOf = (definition: PluginDefinition, properties: Readonly<Record<string, unknown>>): readonly string[] =>
  [...Value.Errors(definition.properties, properties)].map((error) => `${error.instancePath}: ${error.message}`);

/** Runs a runnable with these properties; what it throws becomes a failed outcome, as in the worker. */
export async function tryTask(definition: PluginDefinition, options: TrialOptions = {}): Promise<Trial> {
  if (definition.role !== 'task' || definition.kind !== 'runnable') throw new Error(`"${definition.type}" is no runnable task: there is nothing to run.`);
  const logs: { level: LogLevel; message: string }[] = [];
  const metrics: Parameters<TaskContext['metric']>[0][] = [];
  const requests: ExecutorRequest[] = [];
  const stored = new Map(Object.entries(options.stored ?? {}));
  const directory = await mkdtemp(join(tmpdir(), 'ensemble-trial-'));
  let sleptMs = 0;
  const context: Omit<TaskContext, 'render' | 'renderTyped' | 'renderDeep' | 'withVariables'> = {
    properties: options.properties ?? {},
    task: { id: 'task', type: definition.type },
    execution: { id: 'execution', namespace: 'tests', flowId: 'flow', flowRevision: 1, tenant: 'main' },
    taskRun: { id: 'taskrun', attemptsCount: 0, ...(options.value === undefined ? {} : { value: options.value }) },
    log: (level, message) => void logs.push({ level, message }),
    metric: (metric) => void metrics.push(metric),
    signal: options.signal ?? new AbortController().signal,
    files: trialFiles(directory, stored, options.sharesDirectory ?? false),
    taskRunner: (type) => options.taskRunners?.find((one) => one.type === type) ?? (type === processRunner ? trialProcessRunner : undefined),
    docker: options.docker ?? { fallback: 'none', trusted: false },
    lineReader: trialLineReader,
    stopsWithin: () => {},
    nowMs: () => 0,
    languageLevel: options.languageLevel ?? '1.x',
    sleep: async (durationMs) => {
      sleptMs += durationMs;
    },
    after: (delayMs, callback) => {
      const timer = AbortSignal.timeout(delayMs);
      timer.addEventListener('abort', callback);
      return () => timer.removeEventListener('abort', callback);
    },
    process: (request) => {
      if (options.process === undefined) throw new Error('this trial plays no process: give it one in the options');
      return options.process(request);
    },
    encrypt: (plaintext) => ({ type: 'io.kestra.datatype:aes_encrypted', value: plaintext }),
    request: async (request) => {
      requests.push(request);
      return options.answer?.(request) ?? { ok: true };
    },
    stores: trialStores(options),
    namespaceFiles: (namespace) => trialNamespaceFiles(stored, namespace ?? 'tests'),
    runTask: async (source) => {
      if (options.templated === undefined) throw new Error('this trial runs no further task: give it one in the options');
      return options.templated(source);
    },
  };
  try {
    const outcome = await attempt(definition.run, withRendering(context, options.variables ?? {}));
    return { outcome, logs, metrics, requests, stored: Object.fromEntries(stored), sleptMs, left: await context.files.find(['**']) };
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rm(`${directory}-cache`, { recursive: true, force: true });
  }
}

/** Asks a polling trigger once; what it throws becomes a failed outcome, as in the worker. */
export async function tryTrigger(definition: PluginDefinition, options: TrialOptions = {}): Promise<Omit<Trial, 'outcome'> & { readonly outcome: TriggerOutcome }> {
  if (definition.role !== 'trigger' || definition.triggerKind !== 'POLLING') throw new Error(`"${definition.type}" is no polling trigger: there is nothing to ask.`);
  const { evaluate } = definition;
  let outcome: TriggerOutcome | undefined;
  const trial = await tryTask(runnable({ ...definition, runs: 'thread', run: async (context) => {
    outcome = await evaluate(context);
    return { type: 'succeeded' };
  } }), options);
  return { ...trial, outcome: outcome ?? { type: 'failed', message: trial.outcome.type === 'failed' ? trial.outcome.message : 'It has answered nothing' } };
}
const trialProcessRunner: TaskRunnerDefinition = { role: 'taskRunner', type: processRunner, title: 'Process', properties: Type.Object({}), open: openProcessPlace };

const trialLineReader: TaskContext['lineReader'] = (onLine) => {
  let rest = '';
  return {
    push: async (bytes) => {
      const lines = `${rest}${new TextDecoder().decode(bytes)}`.split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    },
    end: () => {
      if (rest !== '') onLine(rest);
    },
  };
};

function withRendering(context: Omit<TaskContext, 'render' | 'renderTyped' | 'renderDeep' | 'withVariables'>, variables: Readonly<Record<string, unknown>>): TaskContext {
  return {
    ...context,
    render: (value) => textOf(rendered(value, variables, false)),
    renderTyped: (value) => rendered(value, variables, true),
    renderDeep: (value, deep) => renderedDeep(value, variables, deep?.typed === true),
    withVariables: (more) => withRendering(context, { ...variables, ...more }),
  };
}

async function attempt(run: (context: TaskContext) => TaskOutcome | Promise<TaskOutcome>, context: TaskContext): Promise<TaskOutcome> {
  try {
    return await run(context);
  } catch (thrown) {
    const outputs = thrown instanceof TaskFailure ? thrown.outputs : undefined;
    return { type: 'failed', message: messageOf(thrown), ...(outputs === undefined ? {} : { outputs }) };
  }
}

function rendered(value: unknown, variables: Readonly<Record<string, unknown>>, typed: boolean): unknown {
  if (typeof value !== 'string') return value;
  const whole = /^\{\{\s*([\w.-]+)\s*\}\}$/.exec(value);
  if (typed && whole?.[1] !== undefined) return found(whole[1], variables);
  return value.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_match, path: string) => textOf(found(path, variables)));
}

function renderedDeep(value: unknown, variables: Readonly<Record<string, unknown>>, typed: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renderedDeep(item, variables, typed));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderedDeep(item, variables, typed)]));
  return rendered(value, variables, typed);
}

function found(path: string, variables: Readonly<Record<string, unknown>>): unknown {
  let value: unknown = variables;
  for (const name of path.split('.')) {
    const next: unknown = typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
    if (next === undefined) throw new Error(`Unable to find \`${name}\` used in the expression \`{{ ${path} }}\` at line 1`);
    value = next;
  }
  return value;
}

function trialFiles(directory: string, stored: Map<string, string>, isShared: boolean): TaskFiles {
  const write = async (path: string, content: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<string> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
    return join(directory, path);
  };
  const read = async (uri: string): Promise<Uint8Array> => {
    const content = stored.get(uri);
    if (content === undefined) throw new Error(`There is no file "${uri}".`);
    return new TextEncoder().encode(content);
  };
  const put = async (name: string, content: Uint8Array | string): Promise<string> => {
    const uri = `kestra:///tests/flow/executions/execution/tasks/task/taskrun/${name}`;
    stored.set(uri, typeof content === 'string' ? content : new TextDecoder().decode(content));
    return uri;
  };
  return {
    workingDirectory: async () => directory,
    isShared,
    discard: (path) => rm(join(directory, path), { recursive: true, force: true }),
    cacheDirectory: async () => `${directory}-cache`,
    read,
    put,
    write,
    cached: async () => (stored.has('cache') ? Buffer.from(stored.get('cache') ?? '', 'base64') : undefined),
    cache: async (content) => void stored.set('cache', Buffer.from(content).toString('base64')),
    stream: (uri) => pieces(read(uri)),
    sizeBytes: (uri) => {
      const content = stored.get(uri);
      return content === undefined ? undefined : new TextEncoder().encode(content).byteLength;
    },
    putStream: async (name, content) => {
      let text = '';
      for await (const piece of content) text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece);
      return { uri: await put(name, text), sizeBytes: new TextEncoder().encode(text).byteLength };
    },
    removeStored: async (uri) => stored.delete(uri),
    removeOfExecution: async () => {
      const uris = [...stored.keys()].filter((uri) => uri.includes('/executions/'));
      for (const uri of uris) stored.delete(uri);
      return uris;
    },
    fetch: async (uri, path) => write(path, await read(uri)),
    store: async (path, name) => put(name ?? path, await readFile(join(directory, path))),
    find: async (globs) => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(directory, join(entry.parentPath, entry.name)));
      return paths.filter(globMatcher(globs)).sort();
    },
  };
}

/** In small pieces, so that what reads streams meets line ends and characters that are cut in two. */
async function* pieces(content: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = await content;
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

const pieceBytes = 7;
