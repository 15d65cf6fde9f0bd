/**
 * Polling and realtime triggers of plugins. They run in the threads of a worker of their own. A polling one is asked again an interval
 * after its last answer and waits for the execution that it has started; a realtime one stays and starts as many as it finds.
 */
import type { WorkerEvent } from '../worker/index.ts';
import { executionId, taskRunId } from '../../core/protocol/ids.ts';
import { parseDurationMs } from '../../core/protocol/time.ts';
import type { TaskModel } from '../../core/language/index.ts';
import type { TriggerRow } from '../store/index.ts';
import { begin, beginFailed, findTrigger, failsOnError, isTrue, mayStart, messageOf, placeholder, renderingOf, withNext, withProblem, type FoundTrigger, type Room } from './room.ts';
import { isOn, nameOf } from './table.ts';

const intervalDefaultMs = 60_000;
/** A listener that ends is started again after this, twice as long each time it ends at once. */
const restartMinMs = 5_000;
const restartMaxMs = 300_000;

export const intervalOf = (found: FoundTrigger): number => {
  const given = found.model.properties['interval'];
  return Math.max(1000, (typeof given === 'string' ? parseDurationMs(given) : undefined) ?? intervalDefaultMs);
};

interface Job {
  readonly name: string;
  readonly revision: number;
  readonly kind: 'POLLING' | 'REALTIME';
  /** The execution that the next thing found will be: files that the trigger stores are its own. */
  executionId: string;
  readonly startedAtMs: number;
}

export interface Polling {
  /** Asks a polling trigger, or starts to listen. */
  run(row: TriggerRow): void;
  /** Ends what runs of it; nothing comes of it any more. */
  stop(row: TriggerRow): void;
  isRunning(row: TriggerRow): boolean;
}

export function createPolling(room: Room): Polling {
  const jobs = new Map<string, Job>();
  const byName = new Map<string, string>();
  const restarts = new Map<string, number>();
  let lastJob = 0;
  room.worker.onEvent((event) => {
    const job = jobs.get(event.jobId);
    if (job !== undefined) take(job, event);
  });

  function take(job: Job, event: WorkerEvent): void {
    const row = room.table.get(job.name);
    switch (event.type) {
      case 'started': case 'measured': return;
      case 'logged': if (row !== undefined) for (const line of event.lines) room.table.log(row, line.level, line.message); return;
      case 'requested': {
        if (event.request.type !== 'fireTrigger') { room.worker.answer(event.jobId, event.requestId, { ok: false, message: `A trigger can not ask for "${event.request.type}"` }); return; }
        const started = row === undefined ? 'the trigger is gone' : fire(row, job, event.request.variables);
        job.executionId = room.loop.newId();
        if (typeof started === 'string') { room.worker.answer(event.jobId, event.requestId, { ok: false, message: started }); return; }
        // Told when it is on disk: whoever acknowledges a message of a queue may do it then.
        void room.loop.flushed().then(() => room.worker.answer(event.jobId, event.requestId, { ok: true }));
        return;
      }
      case 'ended': {
        jobs.delete(event.jobId);
        byName.delete(job.name);
        if (row !== undefined) ended(row, job, event);
        return;
      }
    }
  }

  function ended(row: TriggerRow, job: Job, event: Extract<WorkerEvent, { type: 'ended' }>): void {
    const nowMs = room.ambient.clock.nowMs();
    const { evaluateRunningAtMs: _over, ...rest } = row;
    const found = findTrigger(room, row);
    const problem = event.outcome.type === 'failed' && !event.killed ? event.outcome.message : undefined;
    const settled = withProblem({ ...rest, updatedAtMs: nowMs }, problem);
    if (job.kind === 'REALTIME') {
      const waitMs = nowMs - job.startedAtMs > restartMaxMs ? restartMinMs : Math.min(restartMaxMs, restarts.get(job.name) ?? restartMinMs);
      restarts.set(job.name, waitMs * 2);
      if (!event.killed) room.table.log(row, problem === undefined ? 'WARN' : 'ERROR', `${problem ?? 'It has stopped to listen'}; it listens again in ${Math.round(waitMs / 1000)} s`);
      room.table.put(withNext(settled, event.killed ? nowMs : nowMs + waitMs));
      return;
    }
    const next = withNext(settled, nowMs + (found === undefined ? intervalDefaultMs : intervalOf(found)));
    const outputs = event.outcome.type === 'succeeded' ? event.outcome.outputs : undefined;
    if (found === undefined || event.killed || (outputs === undefined && problem === undefined)) { room.table.put(next); return; }
    if (problem !== undefined) {
      if (isTrue(found.model.properties['failOnTriggerError'])) {
        const failed = beginFailed(room, found, { variables: {}, rendering: renderingOf(room, found, { trigger: {} }), id: job.executionId }, problem);
        room.table.put({ ...next, dateMs: nowMs, ...(isTrue(found.model.properties['allowConcurrent']) ? {} : { executionId: failed.created.id }) });
      } else room.table.put(next);
      return;
    }
    if (!isOn(row) || outputs === undefined) { room.table.put(next); return; }
    room.table.put(next);
    fire(next, job, outputs);
  }

  /** The id of the new execution is the answer's `id`; a text says why there is none. */
  function fire(row: TriggerRow, job: Job, variables: Readonly<Record<string, unknown>>): string | { readonly id: string | undefined } {
    const found = findTrigger(room, row);
    if (found === undefined || !isOn(row)) return 'the trigger is switched off';
    const nowMs = room.ambient.clock.nowMs();
    const rendering = renderingOf(room, found, { trigger: variables });
    const locks = job.kind === 'POLLING' && !isTrue(found.model.properties['allowConcurrent']);
    try {
      if (!mayStart(found, rendering, {})) { room.table.log(row, 'DEBUG', 'It has found something whose conditions do not hold'); return { id: undefined }; }
      const { created } = begin(room, found, { variables, rendering, id: job.executionId });
      room.table.put({ ...withProblem(row, undefined), dateMs: nowMs, updatedAtMs: nowMs, ...(locks ? { executionId: created.id } : {}) });
      return { id: created.id };
    } catch (error) {
      const reason = rendering.mask.apply(messageOf(error));
      if (failsOnError(room, found.model)) {
        const { created } = beginFailed(room, found, { variables, rendering, id: job.executionId }, reason);
        room.table.put({ ...withProblem(row, reason), dateMs: nowMs, updatedAtMs: nowMs, ...(locks ? { executionId: created.id } : {}) });
        return { id: created.id };
      }
      room.table.log(row, 'ERROR', `What it has found starts nothing: ${reason}`);
      room.table.put({ ...withProblem(row, reason), updatedAtMs: nowMs });
      return reason;
    }
  }

  return {
    run(row) {
      const name = nameOf(row);
      const found = findTrigger(room, row);
      if (found === undefined) { room.table.put({ ...row, sourceMissing: true }); return; }
      if (byName.has(name) || (row.kind !== 'POLLING' && row.kind !== 'REALTIME')) return;
      const nowMs = room.ambient.clock.nowMs();
      lastJob += 1;
      const jobId = `trigger/${name}/${lastJob}`;
      const job: Job = { name, revision: row.revision, kind: row.kind, executionId: room.loop.newId(), startedAtMs: nowMs };
      jobs.set(jobId, job);
      byName.set(name, jobId);
      room.table.put({ ...withNext(row, undefined), evaluateRunningAtMs: nowMs, evaluatedAtMs: nowMs });
      const { index, model } = found;
      const rendering = renderingOf(room, found, { trigger: { id: model.id, type: model.type, ...(row.dateMs === undefined ? {} : { date: new Date(row.dateMs).toISOString() }) } });
      room.worker.run({
        jobId, attempt: 1, secretValues: [], variables: rendering.options.variables, task: taskOf(found),
        execution: { ...placeholder, id: executionId(job.executionId), originalId: executionId(job.executionId), tenant: room.tenant, namespace: index.flow.namespace, flowId: index.flow.id, flowRevision: index.revision },
        taskRun: { id: taskRunId(room.loop.newId()), position: 0, taskId: model.id, histories: [{ state: 'RUNNING', atMs: nowMs }] },
      });
    },
    stop(row) {
      const name = nameOf(row);
      const jobId = byName.get(name);
      if (jobId === undefined) return;
      byName.delete(name);
      jobs.delete(jobId);
      restarts.delete(name);
      room.worker.kill(jobId);
    },
    isRunning: (row) => byName.has(nameOf(row)),
  };
}

/** The worker runs it like a task. */
function taskOf({ model }: FoundTrigger): TaskModel {
  return {
    id: model.id, type: model.type, kind: 'runnable', disabled: false, allowFailure: false, allowWarning: false, runIf: 'true', logToFile: false, pure: false,
    properties: model.properties, children: { type: 'none' }, errors: [], finally: [],
  };
}
