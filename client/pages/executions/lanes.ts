/** Executions in lanes: a lane a flow, and within it as many lines as run at once. Pure: the clock comes in. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';

export interface LaneBar {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly state: StateType;
  readonly startMs: number;
  readonly endMs: number;
  readonly isLive: boolean;
  /** Line within the lane, from 0. */
  readonly line: number;
}

export interface Lane {
  readonly namespace: string;
  readonly flowId: string;
  readonly lines: number;
  readonly bars: readonly LaneBar[];
}

export interface Lanes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lanes: readonly Lane[];
  readonly ticks: readonly number[];
}

const steps = [1000, 5000, 15_000, 60_000, 5 * 60_000, 15 * 60_000, 3_600_000, 3 * 3_600_000, 12 * 3_600_000, 86_400_000, 7 * 86_400_000, 30 * 86_400_000, 91 * 86_400_000, 365 * 86_400_000];
const ticksMax = 8;
/** Two that follow at once stand beside each other, not in one bar. */
const gapShare = 0.004;

export function lanesOf(rows: readonly ExecutionHeader[], nowMs: number): Lanes {
  const bars = rows.map((row) => {
    const startMs = Date.parse(row.state.startDate);
    const isLive = !isTerminal(row.state.current);
    const endMs = isLive ? Math.max(startMs, nowMs) : Date.parse(row.state.endDate ?? row.state.startDate);
    return { id: row.id, namespace: row.namespace, flowId: row.flowId, state: row.state.current, startMs, endMs, isLive };
  }).sort((a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1));
  const fromMs = bars[0]?.startMs ?? nowMs - 60_000;
  const toMs = Math.max(fromMs + 1000, ...bars.map((bar) => bar.endMs));
  const gapMs = (toMs - fromMs) * gapShare;
  const lanes = new Map<string, { readonly namespace: string; readonly flowId: string; readonly ends: number[]; readonly bars: LaneBar[] }>();
  for (const bar of bars) {
    const key = `${bar.namespace}\n${bar.flowId}`;
    const lane = lanes.get(key) ?? { namespace: bar.namespace, flowId: bar.flowId, ends: [], bars: [] };
    lanes.set(key, lane);
    const free = lane.ends.findIndex((endMs) => endMs + gapMs <= bar.startMs);
    const line = free === -1 ? lane.ends.length : free;
    lane.ends[line] = bar.endMs;
    lane.bars.push({ ...bar, line });
  }
  const step = steps.find((one) => (toMs - fromMs) / one <= ticksMax) ?? 365 * 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) ticks.push(at);
  return {
    fromMs, toMs, ticks,
    lanes: [...lanes.values()].map(({ namespace, flowId, ends, bars: own }) => ({ namespace, flowId, lines: ends.length, bars: own })),
  };
}
