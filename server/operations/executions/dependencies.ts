/** Executions that are related: one has started the other as a subflow or through a Flow trigger. A replay is no relation of this kind. */
import { currentState, stateOf, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionDependencies, executionsDependencies, executionsFollowDependencies, RelatedExecution } from '../../../core/protocol/operations/execution-facts.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { Caller } from '../../access/contract.ts';
import { engineKeys, enginePrefixes, loadExecution, loadExecutionByNumber, type Key } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution } from '../rooms.ts';

interface Asked {
  readonly rooms: Rooms;
  readonly caller: Caller;
}
type Edge = ExecutionDependencies['edges'][number];

const relatedMax = 500;
/** Iterations of a Loop stand between an execution and what its tasks start: they are looked through. */
const lookedThroughMax = 20_000;
/** What was started just before everything had ended is still on its way. */
const settleMs = 500;

export const dependencies: Handler<typeof executionsDependencies> = (call) => {
  const related = relatedTo(call, needExecution(call.rooms, call.caller, call.input.executionId), call.input);
  return { nodes: related.rows.map(nodeOf), edges: related.edges, complete: related.complete };
};

const nodeOf = (row: ExecutionRow): RelatedExecution => ({ executionId: row.id, tenantId: row.tenant, namespace: row.namespace, flowId: row.flowId, state: stateOf(row.histories) });

interface Related {
  readonly rows: readonly ExecutionRow[];
  readonly edges: readonly Edge[];
  readonly complete: boolean;
}

function relatedTo(asked: Asked, origin: ExecutionRow, options: { readonly destinationOnly?: boolean | undefined; readonly expandAll?: boolean | undefined }): Related {
  const { rooms, caller } = asked;
  const rows = new Map<string, ExecutionRow>([[origin.id, origin]]);
  const edges = new Map<string, Edge>();
  let lookedThrough = 0;
  let complete = true;
  const mayRead = (row: ExecutionRow): boolean => rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, row.namespace) === undefined;
  const connect = (source: string, target: ExecutionRow): void => void edges.set(`${source} ${target.id}`, { source, target: target.id, relation: isByFlowTrigger(target) ? 'FLOW_TRIGGER' : 'FLOW_TASK' });
  const take = (row: ExecutionRow): boolean => {
    if (rows.has(row.id) || !mayRead(row)) return false;
    if (rows.size >= relatedMax) {
      complete = false;
      return false;
    }
    rows.set(row.id, row);
    return true;
  };
  const down = (row: ExecutionRow, source: string): void => {
    const found: ExecutionRow[] = [];
    for (const { key } of rooms.engine.range({ prefix: enginePrefixes.byTriggerExecution(row.tenant, row.id) })) {
      const child = loadExecutionByNumber(rooms.engine, row.tenant, Number(key[3]));
      if (child === undefined || starterOf(child) !== row.id) continue;
      if (child.kind !== 'LOOP') found.push(child);
      else if (lookedThrough < lookedThroughMax) {
        lookedThrough += 1;
        down(child, source);
      } else complete = false;
      if (rows.size >= relatedMax) {
        complete = false;
        break;
      }
    }
    for (const child of found) {
      const isNew = take(child);
      if (rows.has(child.id)) connect(source, child);
      if (isNew && options.expandAll === true) down(child, child.id);
    }
  };
  const up = (row: ExecutionRow): void => {
    let starter = starterRow(rooms, row);
    for (let steps = 0; starter?.kind === 'LOOP' && steps < 100; steps += 1) starter = starterRow(rooms, starter);
    if (starter === undefined || !mayRead(starter)) return;
    const isNew = take(starter);
    if (rows.has(starter.id)) connect(starter.id, row);
    if (!isNew || options.expandAll !== true) return;
    down(starter, starter.id);
    up(starter);
  };
  if (options.destinationOnly !== true) up(origin);
  down(origin, origin.id);
  return { rows: [...rows.values()].sort((a, b) => a.number - b.number), edges: [...edges.values()], complete };
}

/** Whose execution's trigger names it; `parentId` alone says replay. */
function starterOf({ trigger }: ExecutionRow): string | undefined {
  const named = trigger?.variables['executionId'];
  return typeof named === 'string' && named !== '' ? named : undefined;
}
function starterRow(rooms: Rooms, row: ExecutionRow): ExecutionRow | undefined {
  const id = starterOf(row);
  return id === undefined ? undefined : loadExecution(rooms.engine, row.tenant, id);
}
const isByFlowTrigger = ({ trigger }: ExecutionRow): boolean => /\.trigger\.Flow$|\.triggers\.types\.Flow$|\.types\.Flow$/.test(trigger?.type ?? '');

export const followDependencies: Handler<typeof executionsFollowDependencies> = (call) => {
  const { rooms, caller, input } = call;
  const origin = needExecution(rooms, caller, input.executionId);
  const { tenant } = origin;
  return {
    open: (sink) => {
      const sent = new Map<string, string>();
      let numbers = new Set<number>();
      let ids = new Set<string>();
      let cancelEnd: (() => void) | undefined;
      let closed = false;
      const tell = (isLast: boolean): void => {
        if (closed) return;
        rooms.engine.refresh();
        const row = loadExecutionByNumber(rooms.engine, tenant, origin.number);
        const rows = row === undefined ? [] : relatedTo(call, row, input).rows;
        numbers = new Set(rows.map(({ number }) => number));
        ids = new Set(rows.map(({ id }) => id));
        let last: RelatedExecution | undefined;
        for (const one of rows) {
          const node = nodeOf(one);
          const state = currentState(one.histories);
          last = node;
          if (sent.get(one.id) === state) continue;
          sent.set(one.id, state);
          sink.event(isTerminal(state) ? 'end' : 'progress', node);
        }
        const allEnded = rows.every((one) => isTerminal(currentState(one.histories)));
        if (allEnded && isLast) {
          closed = true;
          sink.event('end-all', last ?? nodeOf(origin));
          sink.end();
        } else if (allEnded) {
          cancelEnd?.();
          cancelEnd = rooms.ambient.timers.after(settleMs, () => tell(true));
        }
      };
      sink.event('start', nodeOf(origin));
      const concerns = (key: Key): boolean => key[0] === tenant && ((key[1] === 'x' && typeof key[2] === 'number' && numbers.has(key[2])) || (key[1] === engineKeys.byTriggerExecution(tenant, '', 0)[1] && typeof key[2] === 'string' && ids.has(key[2])));
      const release = rooms.feed.subscribe((message) => {
        if (message.environment === 'engine' && message.keys.some(concerns)) tell(false);
      });
      tell(false);
      return () => {
        closed = true;
        release();
        cancelEnd?.();
      };
    },
  };
};
