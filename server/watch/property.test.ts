import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExecutionRow, TaskRunRow } from '../../core/protocol/entities/execution.ts';
import { currentState } from '../../core/protocol/entities/execution.ts';
import { executionId } from '../../core/protocol/ids.ts';
import type { StateType } from '../../core/protocol/states.ts';
import { topicOf, type ExecutionsTopicState, type LogsTopicState } from '../../core/protocol/topics.ts';
import { seededRandom } from '../ambient/index.ts';
import { metricWrite, triggerRemoval, triggerWrite, type FlowRecord, type Write } from '../store/index.ts';
import { frontKeys } from '../store/keys.ts';
import { caller, changeWrites, createWorld, deletionWrites, execution, flow, flowWrite, moved, present, taskRun, taskRunWrite, type Client } from './test-world.ts';

/** Seeds that ever failed stay in this list. */
const seeds = [1, 2, 3, 20261124];

for (const seed of seeds) {
  test(`WA1 whatever is committed, cut, resumed or slow: the patched states equal a fresh read (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const below = (count: number): number => Math.floor(random() * count);
    const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
    const world = await createWorld();
    const rows = new Map<number, ExecutionRow>();
    const runs = new Map<number, TaskRunRow[]>();
    const metrics = new Map<number, number>();
    const flows = new Map<string, FlowRecord>();
    let number = 0;
    let audit = 0;
    const states: readonly StateType[] = ['CREATED', 'RUNNING', 'SUCCESS', 'FAILED', 'PAUSED'];

    const exact = [
      ...[1, 2, 3, 4, 5].flatMap((index) => [topicOf.execution(`exec${index}`)]),
      'flows?', 'flows?namespace=a&size=2&page=2', 'flows?q=f1', 'flow/a/f1', 'flow/a.b/f2', 'triggers?', 'triggers?namespace=a&size=2', 'stats', 'audit', 'presence',
    ];
    const logs = [topicOf.logs('exec1'), topicOf.logs('exec3')];
    const lists = ['executions?', 'executions?namespace=a&size=4', 'executions?state=RUNNING,FAILED&size=3', 'executions?namespace=a&flowId=f1&state=SUCCESS&size=3', 'executions?labels=k:v&size=5', 'executions?q=f2&size=3&page=2'];
    const topics = [...exact, ...logs, ...lists];
    const clients: Client[] = Array.from({ length: 4 }, (_, index) => world.client(caller(`p${index}`)));
    const cut = new Set<Client>();
    for (const client of clients) for (const topic of topics) if (random() < 0.8) client.watch(topic);

    const writes = (): { environment: 'front' | 'engine'; writes: Write[] } => {
      const kind = below(12);
      const row = rows.get(1 + below(Math.max(1, number)));
      if (kind < 2 || row === undefined) {
        number += 1;
        const created = execution(number, {
          namespace: pick(['a', 'a.b', 'z']), flowId: pick(['f1', 'f2', 'f3']), labels: random() < 0.4 ? [{ key: 'k', value: 'v' }] : [],
          ...(random() < 0.2 ? { parentId: executionId('exec1') } : {}), inputs: { text: 'x'.repeat(below(50)) },
        });
        rows.set(number, created);
        runs.set(number, []);
        return { environment: 'engine', writes: changeWrites(world, undefined, created) };
      }
      const own = runs.get(row.number) ?? [];
      switch (kind) {
        case 2: case 3: case 4: {
          const next = moved(row, pick(states));
          rows.set(row.number, next);
          return { environment: 'engine', writes: changeWrites(world, row, next) };
        }
        case 5: case 6: {
          const old = own[below(own.length + 1)];
          const next = old === undefined ? taskRun(row, own.length, { outputs: { [`k/${below(3)}`]: below(9) } }) : { ...moved(old, pick(states)), outputs: { [`k~${below(3)}`]: [below(3), { x: below(3) }] } };
          own[next.position] = next;
          return { environment: 'engine', writes: [taskRunWrite(row, next)] };
        }
        case 7: return {
          environment: 'engine',
          writes: world.logs.append(row, Array.from({ length: 1 + below(20) }, (_, index) => ({ atMs: index, level: pick(['INFO', 'ERROR'] as const), message: 'm'.repeat(below(2000)) }))),
        };
        case 8: {
          const position = metrics.get(row.number) ?? 0;
          metrics.set(row.number, position + 1);
          return { environment: 'engine', writes: [metricWrite(row, position, { taskId: 't', taskRunId: 'tr', type: 'counter', name: 'n', value: below(9), atMs: 1 })] };
        }
        case 9: {
          const record = flow(pick(['f1', 'f2', 'f3', 'f4']), { namespace: pick(['a', 'a.b', 'z']), deleted: random() < 0.2, draft: random() < 0.5, updatedAtMs: below(1000), revision: below(3) });
          flows.set(record.id, record);
          const revision: Write = { type: 'put', key: frontKeys.revision('main', record.namespace, record.id, record.revision), value: { revision: record.revision, source: 'x', publishedBy: { id: 'p', name: 'P', kind: 'person', color: 1 }, publishedAtMs: below(1000), authors: [], ranges: [], deletion: false } };
          return { environment: 'front', writes: [flowWrite(record), ...(record.revision > 0 ? [revision] : [])] };
        }
        case 10: {
          const trigger = { tenant: 'main', namespace: pick(['a', 'a.b', 'z']), flowId: pick(['f1', 'f2']), triggerId: pick(['t1', 't2']) };
          if (random() < 0.2) return { environment: 'engine', writes: [triggerRemoval(trigger)] };
          return { environment: 'engine', writes: [triggerWrite({ ...trigger, type: 'x', kind: 'SCHEDULE', revision: 1, nextAtMs: below(1000), disabled: random() < 0.3, sourceDisabled: false, updatedAtMs: below(1000) })] };
        }
        default: {
          if (random() < 0.6) {
            audit += 1;
            const at = new Date(audit).toISOString();
            return { environment: 'front', writes: [{ type: 'put', key: frontKeys.audit('main', audit, audit), value: { id: `a${audit}`, at, participant: { id: 'p', name: 'P', kind: 'person' }, operation: 'x', door: 'rest', subject: {}, outcome: 'done' } }] };
          }
          rows.delete(row.number);
          runs.delete(row.number);
          metrics.delete(row.number);
          world.logs.settle(row);
          return { environment: 'engine', writes: deletionWrites(world, row) };
        }
      }
    };

    let resumed = 0;
    for (let round = 0; round < 400; round += 1) {
      const { environment, writes: batch } = writes();
      const committed = world.commit(environment, batch);
      if (random() < 0.7) await committed;
      if (random() < 0.5) world.ambient.advance(below(80));
      if (random() < 0.1) {
        const room = `main/flow/${pick(['a', 'z'])}/${pick(['f1', 'f2'])}`;
        world.rooms.splice(0, world.rooms.length, { room, participants: [present(`n${below(5)}`)] }, { room: `main/presence/executions/exec${below(5)}`, participants: [present(`n${below(5)}`, { enteredAtMs: below(3) })] });
        for (const changed of ['main/presence/executions/exec1', ...['a', 'z'].flatMap((ns) => [`main/flow/${ns}/f1`, `main/flow/${ns}/f2`])]) world.presenceChanged(changed);
      }
      const client = pick(clients);
      const chance = random();
      if (chance < 0.1 && !cut.has(client)) {
        client.cut();
        cut.add(client);
      } else if (cut.has(client) && chance < 0.4) {
        cut.delete(client);
        for (const topic of client.states.keys()) if (client.watch(topic, client.cursor(topic)).type === 'patches') resumed += 1;
      } else if (!cut.has(client) && chance < 0.2) {
        client.buffered = client.buffered > 0 ? 0 : 10_000_000;
        if (client.buffered === 0) world.watch.drained(client);
      } else if (!cut.has(client) && chance < 0.3) {
        client.watch(pick(topics));
      }
      await committed;
    }
    for (const client of clients) {
      if (cut.has(client)) for (const topic of client.states.keys()) client.watch(topic, client.cursor(topic));
      client.buffered = 0;
      world.watch.drained(client);
    }
    world.ambient.advance(3000);

    let compared = 0;
    let announced = 0;
    for (const client of clients) {
      for (const topic of client.states.keys()) {
        compared += 1;
        const about = `seed ${seed}, ${topic}, ${client.caller.participant.id}`;
        if (logs.includes(topic)) {
          const { lines, ...rest } = client.state<LogsTopicState>(topic);
          const { lines: freshLines, ...freshRest } = world.fresh<LogsTopicState>(topic);
          assert.equal({ ...rest, first: 0 }, { ...freshRest, first: 0 }, about);
          // A tail that was cut while it grew is shorter, and is the end of the fresh one.
          assert.equal(lines, freshLines.slice(freshLines.length - lines.length), about);
          assert.is(rest.first + lines.length, rest.total, about);
        } else if (lists.includes(topic)) {
          const state = client.state<ExecutionsTopicState>(topic);
          const fresh = world.fresh<ExecutionsTopicState>(topic);
          assert.is(state.total, fresh.total, about);
          assert.equal([...state.order].sort(), Object.keys(state.byId).sort(), about);
          for (const id of state.order) {
            const row = [...rows.values()].find((other) => other.id === id);
            assert.is(state.byId[id]?.state.current, row === undefined ? undefined : currentState(row.histories), about);
          }
          if (state.newer === 0 && fresh.order.every((id) => state.order.includes(id)) && fresh.order.length === state.order.length) assert.equal(state, fresh, about);
          // A row of a fresh first page that this page lacks was announced, or moved up into the place of one that left.
          if (!topic.includes('page=2')) {
            const all = world.fresh<ExecutionsTopicState>(`${topic.replace(/&?size=\d+/, '')}&size=1000`);
            const size = Number(/size=(\d+)/.exec(topic)?.[1] ?? 25);
            const left = state.order.filter((id) => !all.order.includes(id)).length + (size - state.order.length);
            const missing = fresh.order.filter((id) => !state.order.includes(id));
            assert.ok(missing.length <= state.newer + left, `${about}: ${missing.length} rows are missing, ${state.newer} announced, ${left} left`);
            announced += state.newer;
          }
        } else {
          assert.equal(client.state(topic), world.fresh(topic), about);
        }
      }
    }
    assert.ok(compared > 40);
    assert.ok(announced > 0);
    assert.ok(resumed > 20, `only ${resumed} resumes`);
    assert.ok(world.watch.figures().patches > 500);
    await world.close();
  });
}

test.run();
