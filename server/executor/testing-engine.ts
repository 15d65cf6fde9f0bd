/** For tests: a data directory with published flows and an engine over it, without the rest of the server. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexFlow, replay, type JournalEntry } from '../../core/engine/index.ts';
import { parseFlow } from '../../core/language/index.ts';
import type { Execution, ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { limits } from '../../core/protocol/limits.ts';
import { createAmbient } from '../ambient/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import { frontKeys, loadExecution, loadJournal, loadRevision, loadTaskRuns, loadTrigger, scanLog, listExecutions, openData, openEnvironment, type DataFolder, type Environment, type FlowRecord, type RevisionRecord, type TriggerRow } from '../store/index.ts';
import { executionOf } from '../../core/protocol/entities/execution.ts';
import { startExecutor, type EngineSettings, type Executor } from './index.ts';

export interface TestEngine {
  readonly executor: Executor;
  readonly folder: string;
  publish(id: string, source: string): void;
  /** Of the last publish. */
  revision(): number;
  start(id: string, options?: { readonly wait?: boolean; readonly inputs?: Readonly<Record<string, unknown>> }): Promise<Execution>;
  /** Asked of the store after each commit, until it holds. */
  until(executionId: string, holds: (execution: Execution) => boolean, timeoutMs?: number): Promise<Execution>;
  /** The first execution of a flow for which it holds. */
  untilAny(flowId: string, holds: (execution: Execution) => boolean): Promise<Execution>;
  /** A trigger's row; undefined when there is none. */
  untilTrigger(flowId: string, triggerId: string, holds: (row: TriggerRow | undefined) => boolean): Promise<TriggerRow | undefined>;
  executionsOf(flowId: string): readonly Execution[];
  /** The execution's header row, as it is on disk. */
  stored(executionId: string): ExecutionRow | undefined;
  logLines(executionId: string): readonly string[];
  /** Replays the stored journal beside the stored rows, both as JSON. */
  replayed(executionId: string): { readonly rows: string; readonly replayed: string; readonly journal: readonly JournalEntry[] };
  /** Resolves when the engine has nothing left to do. */
  quiet(): Promise<void>;
  close(): Promise<void>;
  /** Closes and removes the data. */
  discard(): Promise<void>;
}

/** JSON with sorted keys: the store may give members back in another order. */
const stable = (value: unknown): string => JSON.stringify(value, (_key, one: unknown) => (typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one));

const fail = (message: string): never => { throw new Error(message); };

const author = { id: 'p', name: 'Test', kind: 'person', color: 1 } as const;

export function publishFlow(front: Environment, id: string, source: string, revision: number): void {
  const record: FlowRecord = { tenant: 'main', namespace: 'test', id, birth: id, revision, deleted: false, disabled: false, labels: [], triggers: [], inputCount: 0, taskTypes: [], draft: false, updatedAtMs: 0, authors: [author] };
  const row: RevisionRecord = { revision, source: `id: ${id}\nnamespace: test\n${source}`, publishedBy: author, publishedAtMs: 0, authors: [author], ranges: [], deletion: false };
  front.writeNow([{ type: 'put', key: frontKeys.flow('main', 'test', id), value: record }, { type: 'put', key: frontKeys.revision('main', 'test', id, revision), value: row }]);
}

export async function testEngine(options: { readonly folder?: string; readonly languageLevel?: '0.20' | '1.x'; readonly script?: URL; readonly secrets?: Readonly<Record<string, string>>; readonly retention?: EngineSettings['retention']; readonly retentionFirstMs?: number } = {}): Promise<TestEngine> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'ensemble-engine-'));
  const data: DataFolder = openData(folder);
  const front = openEnvironment({ name: 'front', path: data.front, mode: 'write' });
  const ambient = createAmbient();
  const { path: _path, format: _format, close: unlock, ...folders } = data;
  const executor = await startExecutor({
    settings: { folders, testPlugins: true, languageLevel: options.languageLevel ?? '1.x', globalDefaults: [], globals: {}, envs: {}, secrets: options.secrets ?? {}, retention: options.retention ?? [], ...(options.retentionFirstMs === undefined ? {} : { retentionFirstMs: options.retentionFirstMs, retentionEveryMs: options.retentionFirstMs }) },
    ambient, script: options.script ?? new URL('./thread.ts', import.meta.url), onLost: (error) => { throw error; },
  });
  const engine = openEnvironment({ name: 'engine', path: data.engine, mode: 'read' });
  let revision = 0;
  const waiting = new Set<() => void>();
  executor.onFeed(() => { for (const look of [...waiting]) look(); });
  const close = async (): Promise<void> => {
    await executor.close();
    await engine.close();
    await front.close();
    unlock();
  };
  const executionsOf = (flowId: string): readonly Execution[] => listExecutions(engine, 'main', { namespace: 'test', flowId }, { page: 1, size: 5000 }).rows.map((row) => executionOf(row, loadTaskRuns(engine, row)));
  /** Looks at the store after each commit, until it holds. */
  const seen = <T>(load: () => T, holds: (value: T) => boolean, timeoutMs = 15_000): Promise<T> => new Promise((resolve, reject) => {
    let last: T | undefined;
    const cancel = ambient.timers.after(timeoutMs, () => { waiting.delete(look); reject(new Error(`waited ${timeoutMs} ms in vain; last seen ${JSON.stringify(last)?.slice(0, 2000)}`)); });
    const look = (): void => {
      engine.refresh();
      last = load();
      if (!holds(last)) return;
      cancel();
      waiting.delete(look);
      resolve(last);
    };
    waiting.add(look);
    look();
  });
  return {
    executor, folder, close,
    revision: () => revision,
    publish(id, source) {
      revision += 1;
      publishFlow(front, id, source, revision);
      executor.flowChanged('main', 'test', id, revision);
    },
    async start(id, { wait = true, inputs = {} } = {}) {
      const reply = await executor.create({ tenant: 'main', namespace: 'test', flowId: id, inputs: { fields: inputs, files: [] }, labels: [], wait, startedBy: 'test', afterFrontCommit: 0 });
      if (!reply.ok) throw new Error(reply.problem.message);
      return reply.value;
    },
    until: (id, holds, timeoutMs) => seen(() => {
      const row = loadExecution(engine, 'main', id);
      return row === undefined ? undefined : executionOf(row, loadTaskRuns(engine, row));
    }, (execution) => execution !== undefined && holds(execution), timeoutMs).then((execution) => execution ?? fail(`no execution ${id}`)),
    untilAny: (flowId, holds) => seen(() => executionsOf(flowId).find(holds), (execution) => execution !== undefined).then((execution) => execution ?? fail(`no execution of ${flowId}`)),
    untilTrigger: (flowId, triggerId, holds) => seen(() => loadTrigger(engine, 'main', 'test', flowId, triggerId), holds),
    executionsOf(flowId) {
      engine.refresh();
      return executionsOf(flowId);
    },
    stored(id) {
      engine.refresh();
      return loadExecution(engine, 'main', id);
    },
    logLines(id) {
      engine.refresh();
      const row = loadExecution(engine, 'main', id);
      return row === undefined ? [] : [...scanLog({ reader: engine, folder: data.logs }, row)].map((line) => line.message);
    },
    replayed(id) {
      engine.refresh();
      const row = loadExecution(engine, 'main', id);
      if (row === undefined) throw new Error(`no execution ${id}`);
      const revision = loadRevision(front, 'main', row.namespace, row.flowId, row.flowRevision);
      const { flow } = parseFlow(revision?.source ?? '', { catalog: loadCatalog({ testPlugins: true }), level: options.languageLevel ?? '1.x' });
      if (flow === undefined) throw new Error(`flow ${row.flowId} does not parse`);
      const journal = [...loadJournal<JournalEntry>(engine, row)];
      const state = replay(indexFlow(flow, row.flowRevision), journal, { limits: { fuelMax: limits.expressionFuelMax, outputCharsMax: limits.expressionOutputCharsMax, depthMax: limits.expressionDepthMax } });
      return { rows: stable([row, loadTaskRuns(engine, row)]), replayed: stable([state.header, state.ordered()]), journal };
    },
    async quiet() {
      for (;;) {
        const { queued, running } = await executor.figures();
        if (queued === 0 && running === 0) return;
        await new Promise<void>((resolve) => { ambient.timers.soon(resolve); });
      }
    },
    async discard() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
