/** For tests: a scheduler whose clock is in the test's hand, over a store of its own and an engine that only remembers what it was asked. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionState, indexFlow } from '../../core/engine/index.ts';
import { messagesOf, parseFlow, type LanguageLevel } from '../../core/language/index.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { executionId } from '../../core/protocol/ids.ts';
import type { StateType } from '../../core/protocol/states.ts';
import { fixedAmbient, type FixedAmbient } from '../ambient/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import type { FlowStore, FoundFlow } from '../executor/flow-store.ts';
import { createLive, type Live } from '../executor/live.ts';
import type { NewExecution } from '../executor/engine-loop.ts';
import { frontKeys, openEnvironment, searchTriggerLogs, type FlowRecord, type TriggerRow, type Write } from '../store/index.ts';
import type { Worker, WorkerEvent, TaskJob } from '../worker/index.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { loadTrigger } from '../store/index.ts';

export interface Started {
  readonly id: string;
  readonly flowId: string;
  readonly atMs: number;
  readonly request: NewExecution;
}

export interface TestScheduler {
  readonly ambient: FixedAmbient;
  readonly scheduler: Scheduler;
  /** What was started, oldest first. */
  readonly started: Started[];
  readonly jobs: TaskJob[];
  /** Ends what the worker was given. */
  answer(event: WorkerEvent): void;
  publish(id: string, source: string): void;
  remove(id: string): void;
  /** The execution ends; its triggers are told, as the engine does it. */
  end(id: string, state?: StateType, outputs?: Readonly<Record<string, unknown>>): void;
  /** Something else changes its state. */
  upstream(flowId: string, state: StateType, more?: Partial<ExecutionRow>): string;
  row(flowId: string, triggerId: string): TriggerRow | undefined;
  log(flowId: string, triggerId: string): readonly string[];
  /** The server stops and starts again, at a later time of the clock. */
  restart(offMs?: number): Promise<void>;
  close(): Promise<void>;
}

const catalog = loadCatalog({ testPlugins: true });

export async function testScheduler(options: { readonly nowMs: number; readonly level?: LanguageLevel; readonly timeZone?: string }): Promise<TestScheduler> {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-scheduler-'));
  const front = openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
  const engine = openEnvironment({ name: 'engine', path: join(folder, 'engine'), mode: 'write' });
  const plain = fixedAmbient({ nowMs: options.nowMs });
  const ambient: FixedAmbient = options.timeZone === undefined ? plain : { ...plain, clock: { ...plain.clock, timeZone: () => options.timeZone ?? 'UTC' } };
  const level = options.level ?? '1.x';
  const records = new Map<string, FlowRecord>();
  const parsed = new Map<string, FoundFlow>();
  const lives = new Map<string, Live>();
  const started: Started[] = [];
  const jobs: TaskJob[] = [];
  let listener: (event: WorkerEvent) => void = () => undefined;
  let pending: Write[] = [];
  let revision = 0;
  let number = 0;
  const commit = (): void => {
    if (pending.length > 0) engine.writeNow(pending);
    pending = [];
  };

  const flows: FlowStore = {
    record: (_tenant, _namespace, id) => records.get(id),
    revision: (_tenant, _namespace, id, wanted) => parsed.get(`${id}/${wanted}`) ?? { type: 'missing' },
    draft: () => ({ type: 'missing' }),
    changed: () => undefined,
  };
  const worker: Worker = {
    run: (job) => { jobs.push(job); return undefined; },
    kill: () => undefined, answer: () => undefined, onEvent: (call) => { listener = call; }, figures: () => [], close: async () => undefined,
  };
  const newLive = (row: Omit<ExecutionRow, 'number' | 'id' | 'originalId' | 'tenant' | 'flowRevision' | 'metadata'> & Partial<ExecutionRow>, index: ReturnType<typeof indexFlow>): Live => {
    number += 1;
    const id = executionId(row.id ?? ambient.ids.friendly());
    const header: ExecutionRow = { tenant: 'main', flowRevision: index.revision, originalId: id, metadata: { attemptNumber: 1, originalCreatedAtMs: ambient.clock.nowMs() }, ...row, number, id };
    const live = createLive(new ExecutionState(index, header), undefined);
    lives.set(id, live);
    return live;
  };
  const move = (live: Live, state: StateType, outputs?: Readonly<Record<string, unknown>>): Live => {
    const { header, index } = live.state;
    const next: ExecutionRow = { ...header, ...(outputs === undefined ? {} : { outputs }), histories: [...header.histories, { state, atMs: ambient.clock.nowMs() }] };
    const moved = createLive(new ExecutionState(index, next), undefined);
    lives.set(header.id, moved);
    scheduler.stateChanged(moved, header.histories.length);
    return moved;
  };
  const open = (): Scheduler => createScheduler({
    ambient, engine, front, flows, worker, languageLevel: level, envs: {}, globals: {}, decrypted: (value) => value,
    worldFor: () => ({ nowMs: () => ambient.clock.nowMs(), random: () => 0.5, uuid: () => ambient.ids.uuid(), id: () => ambient.ids.friendly(), defaultTimeZone: 'UTC', kvErrorOnMissing: true, secret: (key) => `secret of ${key}`, kv: () => null, read: () => '', fileSize: () => 0, fileExists: () => false, fileURI: (path) => path, encrypt: (_key, text) => text, decrypt: (_key, text) => text, hash: () => '' }),
    loop: {
      liveCount: 0,
      newId: () => ambient.ids.friendly(),
      // A real engine gathers them for its next commit, too; here they are committed when somebody looks.
      write: (writes) => { pending.push(...writes); },
      flushed: async () => undefined,
      find: (_tenant, id) => lives.get(id),
      header: (_tenant, id) => lives.get(id)?.state.header,
      checkRequest: (_index, inputs, raw) => ({ inputs, values: raw.fields, files: {}, rendersDefaults: true, renderTyped: (expression: string) => expression }),
      create(request) {
        const { flow } = request.index;
        const live = newLive({
          namespace: flow.namespace, flowId: flow.id, labels: request.labels, histories: [{ state: 'CREATED', atMs: ambient.clock.nowMs() }],
          ...(request.trigger === undefined ? {} : { trigger: request.trigger }), ...(request.metadata === undefined ? {} : { metadata: request.metadata }), ...(request.id === undefined ? {} : { id: executionId(request.id) }),
        }, request.index);
        const created = live.state.header;
        started.push({ id: created.id, flowId: flow.id, atMs: ambient.clock.nowMs(), request });
        if (request.refused !== undefined) move(live, 'FAILED');
        return { live, created };
      },
    },
  });
  let scheduler = open();
  scheduler.start();
  return {
    ambient, started, jobs,
    get scheduler() { return scheduler; },
    answer: (event) => listener(event),
    publish(id, source) {
      revision += 1;
      const { flow, diagnostics } = parseFlow(`id: ${id}\nnamespace: test\n${source.includes('tasks:') ? '' : 'tasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n'}${source}`, { catalog, level });
      const problems = messagesOf(diagnostics, 'error');
      parsed.set(`${id}/${revision}`, flow === undefined ? { type: 'invalid', reason: problems.join('; ') } : { type: 'found', index: indexFlow(flow, revision) });
      const record: FlowRecord = { tenant: 'main', namespace: 'test', id, birth: id, revision, deleted: false, disabled: flow?.disabled ?? false, labels: [], triggers: flow?.triggers.map((one) => ({ id: one.id, type: one.type })) ?? [], inputCount: 0, taskTypes: [], draft: false, updatedAtMs: 0, authors: [] };
      records.set(id, record);
      front.writeNow([{ type: 'put', key: frontKeys.flow('main', 'test', id), value: record }]);
      scheduler.flowChanged('main', 'test', id);
    },
    remove(id) {
      records.delete(id);
      front.writeNow([{ type: 'remove', key: frontKeys.flow('main', 'test', id) }]);
      scheduler.flowChanged('main', 'test', id);
    },
    end(id, state = 'SUCCESS', outputs) {
      const live = lives.get(id);
      if (live === undefined) throw new Error(`no execution ${id}`);
      scheduler.executionEnded(move(live, state, outputs).state.header);
      ambient.settle();
    },
    upstream(flowId, state, more = {}) {
      const record = records.get(flowId);
      const found = record === undefined ? undefined : parsed.get(`${flowId}/${record.revision}`);
      const { flow } = parseFlow(`id: ${flowId}\nnamespace: test\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n`, { catalog, level });
      if (flow === undefined) throw new Error('the stand-in flow does not parse');
      const live = newLive({ namespace: 'test', flowId, labels: [], histories: [{ state: 'CREATED', atMs: ambient.clock.nowMs() }], ...more }, found?.type === 'found' ? found.index : indexFlow(flow, 1));
      move(live, state);
      return live.state.header.id;
    },
    row(flowId, triggerId) {
      commit();
      return loadTrigger(engine, 'main', 'test', flowId, triggerId);
    },
    log(flowId, triggerId) {
      commit();
      return searchTriggerLogs(engine, 'main', { namespace: 'test', flowId, triggerId, exact: true }).map((line) => `${line.level} ${line.message}`).reverse();
    },
    async restart(offMs = 0) {
      await scheduler.close();
      commit();
      ambient.advance(offMs);
      scheduler = open();
      scheduler.start();
      ambient.settle();
    },
    async close() {
      await scheduler.close();
      commit();
      await engine.close();
      await front.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
