/**
 * One action on many executions, by their ids or by a filter. All are looked at first and nothing is done at all when one of them does
 * not fit; then they are done in batches. A million numbers are kept, and no row.
 */
import { currentState, type ExecutionRow, type Label } from '../../../core/protocol/entities/execution.ts';
import { ProtocolError, illegalArgument } from '../../../core/protocol/errors.ts';
import type { Action, InputOf } from '../../../core/protocol/operation.ts';
import type { BulkAnswer } from '../../../core/protocol/operations/bulk-parts.ts';
import type * as many from '../../../core/protocol/operations/execution-bulk.ts';
import type { executionsBulk } from '../../../core/protocol/operations/executions.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { Caller } from '../../access/contract.ts';
import type { ExecutionCommand } from '../../executor/contract.ts';
import { loadExecution, loadExecutionByNumber, loadFlowRecord, matchingNumbers } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { checkedLabels, terminalOfText, unqueueCommands } from './commands.ts';
import { executionFilter, type ExecutionFilterInput } from './filter.ts';

type BulkAction = InputOf<typeof executionsBulk>['action'];
interface BulkOptions {
  readonly latestRevision?: boolean | undefined;
  readonly includeNonTerminated?: boolean | undefined;
  readonly deleteLogs?: boolean | undefined;
  readonly deleteMetrics?: boolean | undefined;
  readonly deleteStorage?: boolean | undefined;
}

interface Rule {
  /** As the error names it: `invalid bulk restart`. */
  readonly name: string;
  readonly action: Action;
  readonly fits: (state: StateType) => boolean;
  readonly why: string;
  /** One after another, where one is not enough. */
  readonly commands: (row: ExecutionRow) => readonly ExecutionCommand[];
}
interface Asked {
  readonly rooms: Rooms;
  readonly caller: Caller;
}

/** One message to the engine, and how many of them may be on their way: others have their turn between them. */
const batchSize = 50;
const batchesInFlightMax = 16;
const chosenMax = 1_000_000;
const invalidsMax = 100;
const rowsPerTurn = 1000;

const one = (command: ExecutionCommand) => (): readonly ExecutionCommand[] => [command];

function ruleOf({ rooms, caller }: Asked, action: BulkAction, options: BulkOptions): Rule {
  switch (action) {
    case 'restart': return { name: action, action: 'execute', fits: (state) => state === 'FAILED', why: 'execution not in state FAILED', commands: one({ type: 'restart' }) };
    case 'resume': return { name: action, action: 'execute', fits: (state) => state === 'PAUSED', why: 'execution not in state PAUSED', commands: one({ type: 'resume', inputs: { fields: {}, files: [] } }) };
    case 'pause': return { name: action, action: 'execute', fits: (state) => state === 'RUNNING', why: 'execution not in state RUNNING', commands: one({ type: 'pause' }) };
    case 'force-run': return { name: action, action: 'execute', fits: (state) => !isTerminal(state), why: 'execution already ended', commands: one({ type: 'forceRun' }) };
    case 'kill': return { name: action, action: 'execute', fits: (state) => !isTerminal(state), why: 'execution already finished', commands: one({ type: 'kill', cascade: true }) };
    case 'replay': return {
      name: action, action: 'execute', fits: () => true, why: '',
      commands: (row) => {
        const revision = options.latestRevision === true ? loadFlowRecord(rooms.front, caller.tenant, row.namespace, row.flowId)?.revision : undefined;
        return [{ type: 'replay', ...(revision === undefined ? {} : { revision }) }];
      },
    };
    case 'delete': return {
      name: action, action: 'delete', fits: (state) => options.includeNonTerminated === true || isTerminal(state), why: 'execution is still running',
      commands: one({ type: 'delete', logs: options.deleteLogs !== false, metrics: options.deleteMetrics !== false, files: options.deleteStorage !== false }),
    };
    default: {
      const unknown: never = action;
      throw new Error(`no bulk action: ${String(unknown)}`);
    }
  }
}
const statusRule = (text: string): Rule => ({ name: 'change-status', action: 'update', fits: isTerminal, why: 'execution is not terminated', commands: one({ type: 'changeStatus', status: terminalOfText(text) }) });
const unqueueRule = (text: string | undefined): Rule => {
  const commands = unqueueCommands(text);
  return { name: 'unqueue', action: 'execute', fits: (state) => state === 'QUEUED', why: 'execution not in state QUEUED', commands: () => commands };
};
const labelsRule = (labels: readonly Label[]): Rule => {
  const checked = checkedLabels(labels);
  return { name: 'labels', action: 'update', fits: isTerminal, why: 'execution is not terminated', commands: one({ type: 'setLabels', labels: checked }) };
};

// ------------------------------------------------------------------ which, and do they fit

interface Invalid {
  readonly message: string;
  readonly invalidValue: string;
}

async function byIds(asked: Asked, rule: Rule, ids: readonly string[]): Promise<BulkAnswer> {
  const { rooms, caller } = asked;
  const invalids: Invalid[] = [];
  const numbers: number[] = [];
  let looked = 0;
  for (const id of new Set(ids)) {
    looked += 1;
    if (looked % rowsPerTurn === 0) await nextTurn();
    const row = loadExecution(rooms.engine, caller.tenant, id);
    // Where one may not see, nothing is there.
    if (row === undefined || rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, row.namespace) !== undefined) invalids.push({ message: 'execution not found', invalidValue: id });
    else if (isInvalid(asked, rule, row, invalids)) continue;
    else numbers.push(row.number);
  }
  refuse(rule, invalids);
  return run(asked, rule, numbers);
}

async function byQuery(asked: Asked, rule: Rule, input: ExecutionFilterInput): Promise<BulkAnswer> {
  const { rooms, caller } = asked;
  const filter = executionFilter(rooms, caller, input);
  const invalids: Invalid[] = [];
  const numbers: number[] = [];
  for (const number of matchingNumbers(rooms.engine, caller.tenant, filter)) {
    if (number === undefined) {
      await nextTurn();
      continue;
    }
    const row = loadExecutionByNumber(rooms.engine, caller.tenant, number);
    if (row === undefined || isInvalid(asked, rule, row, invalids)) {
      if (invalids.length >= invalidsMax) break;
      continue;
    }
    if (numbers.length >= chosenMax) throw illegalArgument(`more than ${chosenMax} executions match; narrow the filter`);
    numbers.push(number);
    if (numbers.length % rowsPerTurn === 0) await nextTurn();
  }
  refuse(rule, invalids);
  return run(asked, rule, numbers);
}

function isInvalid({ rooms, caller }: Asked, rule: Rule, row: ExecutionRow, invalids: Invalid[]): boolean {
  const refusal = rooms.access.refusal(caller, { resource: 'execution', action: rule.action }, row.namespace);
  if (refusal !== undefined) invalids.push({ message: refusal, invalidValue: row.id });
  else if (!rule.fits(currentState(row.histories))) invalids.push({ message: rule.why, invalidValue: row.id });
  else return false;
  return true;
}

function refuse(rule: Rule, invalids: readonly Invalid[]): void {
  if (invalids.length === 0) return;
  throw new ProtocolError({
    status: 400, message: `invalid bulk ${rule.name}`, details: { invalids },
    errors: invalids.map(({ message, invalidValue }) => ({ message, path: invalidValue })),
  });
}

// ------------------------------------------------------------------ doing it

async function run({ rooms, caller }: Asked, rule: Rule, numbers: readonly number[]): Promise<BulkAnswer> {
  let count = 0;
  let next = 0;
  let failure: ProtocolError | undefined;
  const work = async (): Promise<void> => {
    while (next < numbers.length && failure === undefined) {
      const batch = numbers.slice(next, next + batchSize);
      next += batch.length;
      let rows = batch.map((number) => loadExecutionByNumber(rooms.engine, caller.tenant, number)).filter((row) => row !== undefined);
      const steps = rows[0] === undefined ? 0 : rule.commands(rows[0]).length;
      for (let step = 0; step < steps && rows.length > 0; step += 1) {
        const commands = rows.flatMap((row) => { const command = rule.commands(row)[step]; return command === undefined ? [] : [{ executionId: row.id, command }]; });
        const problems = await rooms.executor.commandMany(caller.tenant, commands, caller.participant.name);
        const failed = new Set(problems.map(({ executionId }) => executionId as string));
        rows = rows.filter((row) => !failed.has(row.id));
        // It may have ended, or gone, between the look and the command: that is a lost race, not an error.
        const fault = problems.find(({ problem }) => problem.status !== 409 && problem.status !== 404);
        if (fault !== undefined) failure ??= new ProtocolError({ ...fault.problem, message: `${fault.problem.message} (execution ${fault.executionId}; ${count + rows.length} of ${numbers.length} were done before)` });
      }
      count += rows.length;
    }
  };
  await Promise.all(Array.from({ length: batchesInFlightMax }, work));
  if (failure !== undefined) throw failure;
  return { count, operationId: rooms.ambient.ids.friendly(), totalItems: numbers.length };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

// ------------------------------------------------------------------ operations

export const bulk: Handler<typeof executionsBulk> = (call) => byIds(call, ruleOf(call, call.input.action, call.input), call.input.body);
export const bulkByQuery: Handler<typeof many.executionsBulkByQuery> = (call) => byQuery(call, ruleOf(call, call.input.action, call.input), call.input);
export const changeStatusByIds: Handler<typeof many.executionsChangeStatusByIds> = (call) => byIds(call, statusRule(call.input.newStatus), call.input.body);
export const changeStatusByQuery: Handler<typeof many.executionsChangeStatusByQuery> = (call) => byQuery(call, statusRule(call.input.newStatus), call.input);
export const unqueueByIds: Handler<typeof many.executionsUnqueueByIds> = (call) => byIds(call, unqueueRule(call.input.state), call.input.body);
export const unqueueByQuery: Handler<typeof many.executionsUnqueueByQuery> = (call) => byQuery(call, unqueueRule(call.input.newState), call.input);
export const labelsByIds: Handler<typeof many.executionsLabelsByIds> = (call) => byIds(call, labelsRule(call.input.body.executionLabels), call.input.body.executionsId);
export const labelsByQuery: Handler<typeof many.executionsLabelsByQuery> = (call) => byQuery(call, labelsRule(call.input.body), call.input);
