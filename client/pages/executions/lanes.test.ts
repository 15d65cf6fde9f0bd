import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { lanesOf } from './lanes.ts';

const row = (id: string, flowId: string, start: number, end: number | undefined, current: StateType): ExecutionHeader => ({
  tenantId: 'main', id, namespace: 'team', flowId, flowRevision: 1, labels: [], originalId: id, deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: '' },
  state: { current, histories: [], duration: '', startDate: new Date(start).toISOString(), ...(end === undefined ? {} : { endDate: new Date(end).toISOString() }) },
});

test('a lane is a flow, and what runs at once stands on lines of its own', () => {
  const { lanes, fromMs, toMs } = lanesOf([
    row('c', 'load', 30_000, undefined, 'RUNNING'), row('b', 'load', 5000, 50_000, 'FAILED'), row('a', 'load', 0, 20_000, 'SUCCESS'), row('d', 'clean', 10_000, 11_000, 'SUCCESS'),
  ], 100_000);
  assert.equal([fromMs, toMs], [0, 100_000]);
  assert.equal(lanes.map((lane) => [lane.flowId, lane.lines, lane.bars.map((bar) => `${bar.id}${bar.line}`).join(' ')]), [['load', 2, 'a0 b1 c0'], ['clean', 1, 'd0']]);
});
test('what runs goes on to the present, what ended does not', () => {
  const { lanes } = lanesOf([row('a', 'x', 0, undefined, 'PAUSED'), row('b', 'y', 0, 500, 'KILLED')], 60_000);
  assert.equal(lanes.flatMap((lane) => lane.bars.map((bar) => [bar.id, bar.endMs, bar.isLive])), [['a', 60_000, true], ['b', 500, false]]);
});
test('an empty timeline has a span', () => {
  assert.equal(lanesOf([], 60_000).lanes, []);
});
test.run();
