/** For tests: a data directory with published flows and an engine over it, without the rest of the server. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Execution } from '../../core/protocol/entities/execution.ts';
import { createAmbient } from '../ambient/index.ts';
import { frontKeys, loadExecution, loadTaskRuns, openData, openEnvironment, type DataFolder, type Environment, type FlowRecord, type RevisionRecord } from '../store/index.ts';
import { executionOf } from '../../core/protocol/entities/execution.ts';
import { startExecutor, type Executor } from './index.ts';

export interface TestEngine {
  readonly executor: Executor;
  readonly folder: string;
  publish(id: string, source: string): void;
  start(id: string, options?: { readonly wait?: boolean; readonly inputs?: Readonly<Record<string, unknown>> }): Promise<Execution>;
  /** Asked of the store after each commit, until it holds. */
  until(executionId: string, holds: (execution: Execution) => boolean, timeoutMs?: number): Promise<Execution>;
  close(): Promise<void>;
  /** Closes and removes the data. */
  discard(): Promise<void>;
}

const author = { id: 'p', name: 'Test', kind: 'person', color: 1 } as const;

export function publishFlow(front: Environment, id: string, source: string, revision: number): void {
  const record: FlowRecord = { tenant: 'main', namespace: 'test', id, birth: id, revision, deleted: false, disabled: false, labels: [], triggers: [], inputCount: 0, taskTypes: [], draft: false, updatedAtMs: 0, authors: [author] };
  const row: RevisionRecord = { revision, source: `id: ${id}\nnamespace: test\n${source}`, publishedBy: author, publishedAtMs: 0, authors: [author], ranges: [], deletion: false };
  front.writeNow([{ type: 'put', key: frontKeys.flow('main', 'test', id), value: record }, { type: 'put', key: frontKeys.revision('main', 'test', id, revision), value: row }]);
}

export async function testEngine(options: { readonly folder?: string; readonly languageLevel?: '0.20' | '1.x' } = {}): Promise<TestEngine> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'ensemble-engine-'));
  const data: DataFolder = openData(folder);
  const front = openEnvironment({ name: 'front', path: data.front, mode: 'write' });
  const ambient = createAmbient();
  const { path: _path, format: _format, close: unlock, ...folders } = data;
  const executor = await startExecutor({
    settings: { folders, testPlugins: true, languageLevel: options.languageLevel ?? '1.x', globalDefaults: [], globals: {}, envs: {}, secrets: {} },
    ambient, script: new URL('./thread.ts', import.meta.url), onLost: (error) => { throw error; },
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
  return {
    executor, folder, close,
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
    until: (id, holds, timeoutMs = 15_000) => new Promise((resolve, reject) => {
      let last = '';
      const cancel = ambient.timers.after(timeoutMs, () => { waiting.delete(look); reject(new Error(`waited ${timeoutMs} ms in vain; last seen ${last}`)); });
      const look = (): void => {
        engine.refresh();
        const row = loadExecution(engine, 'main', id);
        if (row === undefined) return;
        const execution = executionOf(row, loadTaskRuns(engine, row));
        last = `${execution.state.current} ${execution.taskRunList?.map((one) => `${one.taskId} ${one.state.current}`).join(', ') ?? ''}`;
        if (!holds(execution)) return;
        cancel();
        waiting.delete(look);
        resolve(execution);
      };
      waiting.add(look);
      look();
    }),
    async discard() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
