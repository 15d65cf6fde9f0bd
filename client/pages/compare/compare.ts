/**
 * Two runs beside one another: their task runs are matched by task and by the values of the loops around them, and what differs is
 * counted. Times are measured from the start of each run. Pure.
 */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { barsOf, type Bar } from '../../gantt/index.ts';

export interface Side {
  readonly taskRun: TaskRun;
  readonly state: StateType;
  readonly attempts: number;
  /** Undefined while it has not begun. */
  readonly spanMs: number | undefined;
  /** In milliseconds since the start of its run. */
  readonly bars: readonly Bar[];
}

export interface ComparedRow {
  /** The same in both runs, and in an address. */
  readonly key: string;
  readonly level: number;
  readonly taskId: string;
  readonly value: string | undefined;
  readonly a: Side | undefined;
  readonly b: Side | undefined;
  readonly hasChildren: boolean;
  /** B minus A; undefined when one is missing or has not begun. */
  readonly deltaMs: number | undefined;
  /** So much longer or shorter that a person wants to know. */
  readonly isSlower: boolean;
  readonly stateDiffers: boolean;
  readonly outputsDiffer: number;
  readonly differs: boolean;
}

export interface Comparison {
  readonly rows: readonly ComparedRow[];
  /** The longer of both. */
  readonly spanMs: number;
  readonly spanA: number;
  readonly spanB: number;
  readonly figures: { readonly states: number; readonly attempts: number; readonly onlyA: number; readonly onlyB: number; readonly outputsDiffer: number; readonly outputsSame: number };
  /** What makes the difference: leaves with the largest share, loudest first. */
  readonly reasons: readonly ComparedRow[];
}

/** A smaller difference is noise: both a tenth and this. */
const noiseMs = 100;
const noiseShare = 0.1;
const reasonsMax = 3;

interface Placed { readonly key: string; readonly level: number; readonly taskRun: TaskRun; readonly hasChildren: boolean }

/** In tree order, each with the path that finds it in another run: `each/one[eu]`, and `#2` for the second of the same path. */
function placed(state: ExecutionTopicState): readonly Placed[] {
  const children = new Map<string, TaskRun[]>();
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined) continue;
    const parent = taskRun.parentTaskRunId !== undefined && state.taskRuns[taskRun.parentTaskRunId] !== undefined ? taskRun.parentTaskRunId : '';
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [taskRun]);
    else list.push(taskRun);
  }
  const found: Placed[] = [];
  const seen = new Map<string, number>();
  const stack: { readonly taskRun: TaskRun; readonly level: number; readonly path: string }[] = [];
  const push = (list: readonly TaskRun[], level: number, path: string): void => { for (const taskRun of list.toReversed()) stack.push({ taskRun, level, path }); };
  push(children.get('') ?? [], 1, '');
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { taskRun, level } = next;
    const path = `${next.path}/${taskRun.taskId}${taskRun.value === undefined ? '' : `[${taskRun.value}]`}`;
    const times = (seen.get(path) ?? 0) + 1;
    seen.set(path, times);
    const below = children.get(taskRun.id) ?? [];
    found.push({ key: times === 1 ? path : `${path}#${times}`, level, taskRun, hasChildren: below.length > 0 });
    push(below, level + 1, path);
  }
  return found;
}

function sideOf(taskRun: TaskRun, startMs: number, nowMs: number): Side {
  const bars = barsOf(taskRun, nowMs).map((bar) => ({ ...bar, fromMs: bar.fromMs - startMs, toMs: bar.toMs - startMs }));
  const ran = bars.filter((bar) => bar.type === 'ran' || bar.type === 'attempt');
  const [first, last] = [ran[0], ran[ran.length - 1]];
  return { taskRun, state: taskRun.state.current, attempts: taskRun.attempts?.length ?? 0, spanMs: first === undefined || last === undefined ? undefined : last.toMs - first.fromMs, bars };
}

export function compared(a: ExecutionTopicState, b: ExecutionTopicState, nowMs: number): Comparison {
  const startOf = (state: ExecutionTopicState): number => Date.parse(state.execution?.state.startDate ?? '') || nowMs;
  const spanOf = (state: ExecutionTopicState): number => (state.execution?.state.endDate === undefined ? nowMs : Date.parse(state.execution.state.endDate)) - startOf(state);
  const inA = placed(a);
  const inB = placed(b);
  const byKeyA = new Map(inA.map((one) => [one.key, one]));
  const keysB = new Set(inB.map((one) => one.key));
  const figures = { states: 0, attempts: 0, onlyA: 0, onlyB: 0, outputsDiffer: 0, outputsSame: 0 };
  const rows: ComparedRow[] = [];
  const add = (left: Placed | undefined, right: Placed | undefined): void => {
    const one = right ?? left;
    if (one === undefined) return;
    const sideA = left === undefined ? undefined : sideOf(left.taskRun, startOf(a), nowMs);
    const sideB = right === undefined ? undefined : sideOf(right.taskRun, startOf(b), nowMs);
    const deltaMs = sideA?.spanMs === undefined || sideB?.spanMs === undefined ? undefined : sideB.spanMs - sideA.spanMs;
    const isSlower = deltaMs !== undefined && Math.abs(deltaMs) > noiseMs && Math.abs(deltaMs) > noiseShare * (sideA?.spanMs ?? 0);
    const stateDiffers = sideA !== undefined && sideB !== undefined && sideA.state !== sideB.state;
    const values = sideA === undefined || sideB === undefined ? [] : differencesOf(sideA.taskRun.outputs, sideB.taskRun.outputs);
    const outputsDiffer = values.filter((value) => value.differs).length;
    figures.states += stateDiffers ? 1 : 0;
    if (sideA !== undefined && sideB !== undefined) figures.attempts += sideB.attempts - sideA.attempts;
    figures.onlyA += sideB === undefined ? 1 : 0;
    figures.onlyB += sideA === undefined ? 1 : 0;
    figures.outputsDiffer += outputsDiffer;
    figures.outputsSame += values.length - outputsDiffer;
    rows.push({
      key: one.key, level: one.level, taskId: one.taskRun.taskId, value: one.taskRun.value, a: sideA, b: sideB, hasChildren: one.hasChildren, deltaMs, isSlower, stateDiffers, outputsDiffer,
      differs: sideA === undefined || sideB === undefined || isSlower || stateDiffers || outputsDiffer > 0 || sideA.attempts !== sideB.attempts,
    });
  };
  // In the order of B; what only A had comes where A had it: before the next one that both have.
  const waiting = [...inA];
  for (const right of inB) {
    if (byKeyA.has(right.key)) {
      while (waiting.length > 0 && waiting[0]?.key !== right.key) {
        const left = waiting[0];
        if (left !== undefined && keysB.has(left.key)) break;
        waiting.shift();
        add(left, undefined);
      }
      const at = waiting.findIndex((left) => left.key === right.key);
      if (at >= 0) waiting.splice(at, 1);
    }
    add(byKeyA.get(right.key), right);
  }
  for (const left of waiting) if (!keysB.has(left.key)) add(left, undefined);
  const share = (row: ComparedRow): number => row.deltaMs ?? (row.a === undefined ? row.b?.spanMs ?? 0 : -(row.a.spanMs ?? 0));
  // What took longer explains no run that took shorter.
  const longer = spanOf(b) >= spanOf(a);
  const reasons = rows.filter((row) => !row.hasChildren && (row.isSlower || row.a === undefined || row.b === undefined) && Math.abs(share(row)) > noiseMs && share(row) > 0 === longer).sort((left, right) => Math.abs(share(right)) - Math.abs(share(left))).slice(0, reasonsMax);
  return { rows, spanA: spanOf(a), spanB: spanOf(b), spanMs: Math.max(50, spanOf(a), spanOf(b)), figures, reasons };
}

// ------------------------------------------------------------------ values

export interface ValueDifference {
  readonly key: string;
  /** Undefined where it is missing. */
  readonly a: string | undefined;
  readonly b: string | undefined;
  readonly differs: boolean;
}

/** A value of thousands of members is compared by its beginning. */
const membersMax = 500;
const depthMax = 8;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isEncrypted = (value: unknown): boolean => isRecord(value) && value['type'] === 'io.kestra.datatype:aes_encrypted';

function flattened(value: unknown, path: string, found: Map<string, string>, depth: number): void {
  if (found.size >= membersMax) return;
  if (isEncrypted(value)) { found.set(path, 'a secret'); return; }
  const entries = depth >= depthMax ? undefined : Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : isRecord(value) ? Object.entries(value) : undefined;
  if (entries === undefined || entries.length === 0) {
    if (path !== '') found.set(path, typeof value === 'string' ? value : JSON.stringify(value) ?? '');
    return;
  }
  for (const [name, item] of entries) flattened(item, path === '' ? name : `${path}.${name}`, found, depth + 1);
}

/** Leaf by leaf, in the order of A and then of B. */
export function differencesOf(a: unknown, b: unknown): readonly ValueDifference[] {
  const [left, right] = [new Map<string, string>(), new Map<string, string>()];
  flattened(a ?? {}, '', left, 0);
  flattened(b ?? {}, '', right, 0);
  return [...new Set([...left.keys(), ...right.keys()])].map((key) => ({ key, a: left.get(key), b: right.get(key), differs: left.get(key) !== right.get(key) }));
}
