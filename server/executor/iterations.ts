/** What the engine's commands about items need of the world: files are read on, executions of items come into the world, outputs are gathered. */
import { loopIndex, variablesOf, type Command, type EngineEvent, type FlowIndex, type Lookup } from '../../core/engine/index.ts';
import { currentState, type ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import { enginePrefixes, loadExecutionByNumber, type Environment, type FileStorage } from '../store/index.ts';
import { taskRunUriPrefix } from '../worker/index.ts';
import type { NewExecution } from './engine-loop.ts';
import { flowOf, type FlowStore } from './flow-store.ts';
import { childrenOf, ItemCounts } from './item-counts.ts';
import { ItemFile, writeLines } from './item-files.ts';
import { type Live, liveKey } from './live.ts';
import { mentionedOutputs, onlyMentioned } from './mentioned-outputs.ts';

export interface IterationRooms {
  readonly engine: Environment;
  readonly files: FileStorage;
  readonly flows: Pick<FlowStore, 'revision' | 'draft'>;
  readonly live: (key: string) => Live | undefined;
  readonly find: (tenant: string, id: string) => Live | undefined;
  readonly post: (live: Live, event: EngineEvent) => void;
  readonly create: (request: NewExecution) => unknown;
  readonly restart: (live: Live) => string | undefined;
  readonly lookup: (live: Live) => Lookup;
  /** After the commit of what has been decided. */
  readonly afterCommit: (call: () => void) => void;
  readonly nowMs: () => number;
  readonly soon: (call: () => void) => void;
  readonly after: (delayMs: number, call: () => void) => void;
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Iterations {
  readonly #rooms: IterationRooms;
  readonly counts: ItemCounts;
  readonly #files = new Map<string, ItemFile>();
  readonly #loops = new WeakMap<FlowIndex, Map<string, FlowIndex | undefined>>();

  constructor(rooms: IterationRooms) {
    this.#rooms = rooms;
    this.counts = new ItemCounts({
      engine: rooms.engine, live: rooms.live, soon: rooms.soon, after: rooms.after,
      tell: (parent, taskRunId, iterations) => rooms.post(parent, { type: 'itemsMoved', atMs: rooms.nowMs(), taskRunId, iterations }),
    });
  }

  /** The flow that an iteration runs. */
  indexOf(index: FlowIndex, taskId: string): FlowIndex | undefined {
    const loops = this.#loops.get(index) ?? new Map<string, FlowIndex | undefined>();
    this.#loops.set(index, loops);
    if (!loops.has(taskId)) loops.set(taskId, loopIndex(index, taskId));
    return loops.get(taskId);
  }

  /** The execution of one item of a loop. */
  createIteration(live: Live, command: CommandOf<'createIteration'>): void {
    const { header, index } = live.state;
    const base = flowOf(this.#rooms.flows, header);
    if (base.type !== 'found') {
      this.#fail(live, command.taskRunId, `Revision ${header.flowRevision} of the flow is not there any more`);
      return;
    }
    const loop = this.indexOf(base.index, command.loopRun.taskId);
    const task = index.tasks.get(command.loopRun.taskId)?.task;
    if (loop === undefined || task === undefined) {
      this.#fail(live, command.taskRunId, `Revision ${index.revision} has no loop \`${command.loopRun.taskId}\``);
      return;
    }
    const around = variablesOf(live.state, { ...this.#rooms.lookup(live), decrypted: (value) => value })['outputs'];
    const outputs = onlyMentioned(around, mentionedOutputs({ tasks: loop.flow.tasks, errors: loop.flow.errors, outputs: loop.flow.outputs }));
    this.#rooms.create({
      id: command.childId, tenant: live.tenant, index: loop, labels: header.labels.filter((label) => label.key.startsWith('system.')), startedBy: header.startedBy ?? `loop:${task.id}`,
      kind: 'LOOP', loopRun: { ...command.loopRun, ...(typeof outputs === 'object' && outputs !== null ? { outputs: { ...outputs } } : {}) },
      ...(header.inputs === undefined ? {} : { inputs: header.inputs }), ...(header.vars === undefined ? {} : { vars: header.vars }), ...(header.variables === undefined ? {} : { variables: header.variables }),
      ...(header.draftSource === undefined ? {} : { draftSource: header.draftSource }),
      trigger: { id: task.id, type: task.type, variables: { ...header.trigger?.variables, executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision, taskRunId: command.taskRunId } },
    });
  }

  readItems(live: Live, command: CommandOf<'readItems'>): void {
    const { taskRunId, from } = command;
    const key = `${live.key}/${taskRunId}`;
    const read = async (): Promise<void> => {
      let file = this.#files.get(key);
      if (file === undefined || file.next !== from) {
        await file?.close();
        file = new ItemFile(this.#rooms.files, command.uri, live.state.header);
        this.#files.set(key, file);
        // After a crash: what has been started already is passed over.
        while (file.next < from && (await file.read(Math.min(1000, from - file.next))).total === undefined);
      }
      const { items, total } = await file.read(command.countMax);
      if (total !== undefined) this.#files.delete(key);
      this.#rooms.post(live, { type: 'itemsRead', atMs: this.#rooms.nowMs(), taskRunId, from, items, ...(total === undefined ? {} : { total }) });
    };
    read().catch((error: unknown) => {
      this.#files.delete(key);
      this.#fail(live, taskRunId, `The items can not be read: ${messageOf(error)}`);
    });
  }

  /** Children that failed or were killed go on where they failed. */
  restartItems(live: Live, taskRunId: string): void {
    for (const header of [...childrenOf(this.#rooms.engine, live, taskRunId)]) {
      const state = currentState(header.histories);
      if (state !== 'FAILED' && state !== 'KILLED') continue;
      const child = this.#rooms.find(live.tenant, header.id);
      if (child !== undefined) this.#rooms.restart(child);
    }
    this.counts.recount(live, taskRunId);
  }

  /** The outputs of all items, in their order: a file with a line each, or the list that a Loop has asked for. */
  mergeItems(live: Live, { taskRunId, itemsRunId }: CommandOf<'mergeItems'>): void {
    // The last child's end may be in the commit that is on its way.
    this.#rooms.afterCommit(() => {
      const row = live.state.get(taskRunId);
      const task = row === undefined ? undefined : live.state.index.tasks.get(row.taskId)?.task;
      if (row === undefined || task === undefined) return;
      const children = this.#childrenNow(live, itemsRunId);
      const asked = String(task.properties['fetchType'] ?? 'AUTO').toUpperCase();
      const isList = task.kind === 'items' && (asked === 'FETCH' || (asked === 'AUTO' && row.decided?.items?.uri === undefined));
      const merged = (outputs: Readonly<Record<string, unknown>>): void => this.#rooms.post(live, { type: 'merged', atMs: this.#rooms.nowMs(), taskRunId, outputs });
      if (isList) { merged({ outputs: children.map(iterationOf) }); return; }
      const lines = (task.kind === 'items' ? children.map(iterationOf) : children.flatMap(({ outputs }) => (outputs === undefined || Object.keys(outputs).length === 0 ? [] : [outputs]))).map((line) => JSON.stringify(line));
      if (lines.length === 0) { merged({}); return; }
      const uri = `${taskRunUriPrefix(live.state.header, row.taskId, taskRunId)}outputs.ion`;
      writeLines(this.#rooms.files, uri, lines).then(
        () => merged(task.kind === 'items' ? { uri } : { subflowOutputs: uri }),
        (error: unknown) => this.#rooms.post(live, { type: 'merged', atMs: this.#rooms.nowMs(), taskRunId, outputs: {}, problem: `The outputs can not be written: ${messageOf(error)}` }),
      );
    });
  }

  /** Rows as they are: those in memory may be ahead of the disk. */
  #childrenNow(live: Live, itemsRunId: string): readonly ExecutionRow[] {
    return [...childrenOf(this.#rooms.engine, live, itemsRunId)].map((header) => this.#rooms.live(liveKey(live.tenant, header.id))?.state.header ?? header).filter((header) => isTerminal(currentState(header.histories)));
  }

  /** The executions of the loops of one. */
  of(live: Live): readonly Live[] {
    const found: Live[] = [];
    for (const { key } of this.#rooms.engine.range({ prefix: enginePrefixes.byTriggerExecution(live.tenant, live.state.header.id) })) {
      const header = typeof key[3] === 'number' ? loadExecutionByNumber(this.#rooms.engine, live.tenant, key[3]) : undefined;
      const child = header?.kind === 'LOOP' ? this.#rooms.find(live.tenant, header.id) : undefined;
      if (child !== undefined) found.push(child);
    }
    return found;
  }

  forget(live: Live): void {
    this.counts.forget(live);
    for (const [key, file] of this.#files) {
      if (!key.startsWith(`${live.key}/`)) continue;
      this.#files.delete(key);
      void file.close();
    }
  }

  #fail(live: Live, taskRunId: string, message: string): void {
    this.#rooms.post(live, { type: 'itemsFailed', atMs: this.#rooms.nowMs(), taskRunId, message });
  }
}

function iterationOf({ loopRun, outputs }: ExecutionRow): Readonly<Record<string, unknown>> {
  return { item: { value: loopRun?.value ?? '', iteration: loopRun?.index ?? 0, ...(loopRun?.key === undefined ? {} : { key: loopRun.key }) }, outputs: outputs ?? {} };
}
