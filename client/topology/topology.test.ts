/** What is drawn of a graph, and where: no invisible point is seen, nothing overlaps, the same text gives the same picture. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { graphOfSource, testingCatalog } from '../../core/language/index.ts';
import { drawnGraph } from './drawn-graph.ts';
import { expandedGraph, holderOf } from './expanded.ts';
import { iconOfType } from './icon-of-type.ts';
import { layoutGraph } from './layout.ts';

const log = (id: string): string => `{id: ${id}, type: io.kestra.plugin.core.log.Log, message: x}`;
const source = `id: all
namespace: topology
triggers:
  - {id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 4 * * *"}
tasks:
  - ${log('first')}
  - id: side
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - ${log('left')}
      - id: inner
        type: io.kestra.plugin.core.flow.Sequential
        tasks: [${log('deep')}]
    errors: [${log('mend')}]
  - id: choice
    type: io.kestra.plugin.core.flow.If
    condition: "{{ true }}"
    then: [${log('yes')}]
  - ${log('last')}
errors:
  - ${log('tell')}
`;
const graph = graphOfSource(source, testingCatalog());
const short = (id: string): string => id.slice(id.lastIndexOf('.') + 1);

test('edges go from task to task, past the points that nobody knows', () => {
  const drawn = drawnGraph(graph);
  const edges = drawn.edges.map((edge) => `${short(edge.from)} > ${short(edge.to)}${edge.label === undefined ? '' : ` ${edge.label}`}`).sort();
  assert.equal(edges, [
    'choice > last else', 'choice > yes then', 'daily > first', 'deep > choice', 'first > side', 'inner > deep', 'last > tell', 'left > choice', 'side > inner', 'side > left', 'side > mend', 'yes > last',
  ].sort());
  assert.is(drawn.edges.find((edge) => short(edge.to) === 'tell')?.relation, 'ERROR');
  assert.is(drawn.edges.find((edge) => short(edge.to) === 'mend')?.relation, 'ERROR');
  assert.ok(drawn.nodes.every((node) => node.type === 'task' || node.type === 'trigger'));
});

test('what runs in any case follows the last task and the error branch, which leaves from that task itself; so it is in a flowable', () => {
  const drawn = drawnGraph(graphOfSource(`id: all
namespace: topology
tasks:
  - id: hold
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [${log('one')}]
    errors: [${log('mend')}]
    finally: [${log('clean')}]
errors: [${log('tell')}]
finally: [${log('close')}]
afterExecution: [${log('note')}]
`, testingCatalog()));
  assert.equal(drawn.edges.map((edge) => `${short(edge.from)} > ${short(edge.to)} ${edge.relation}`).sort(), [
    'hold > one SEQUENTIAL', 'one > clean FINALLY', 'hold > mend ERROR', 'mend > clean FINALLY', 'hold > tell ERROR', 'clean > close FINALLY', 'tell > close FINALLY', 'close > note AFTER_EXECUTION',
  ].sort());
});

test('a line goes straight into a node, so that its head points the way it came', () => {
  for (const orientation of ['down', 'right'] as const) {
    const bent = layoutGraph(graph, orientation).edges.flatMap(({ path }) => {
      const [, x, y, end] = /Q\S+ \S+ ([\d.]+) ([\d.]+)[VH]([\d.]+)$/.exec(path) ?? [];
      return end === undefined ? [] : [Number(end) - Number(orientation === 'down' ? y : x)];
    });
    assert.ok(bent.length > 2 && Math.min(...bent) >= 10, `${orientation}: ${bent.join(' ')}`);
  }
});

test('a type is drawn by its own words', () => {
  const names = ['flow.WorkingDirectory', 'execution.SetVariables', 'log.Fetch', 'condition.Weekend', 'flow.ForEach', 'log.Log'].map((name) => iconOfType(`io.kestra.plugin.core.${name}`));
  assert.equal([...names, iconOfType('io.kestra.plugin.discord.DiscordIncomingWebhook'), iconOfType('com.acme.Unheard')], ['file', 'task-store', 'logs', 'filter', 'task-loop', 'logs', 'task-notify', 'plugins']);
});

test('no two nodes overlap, each cluster holds its nodes, and no node of others stands in it', () => {
  const laid = layoutGraph(graph);
  const cross = (a: { x: number; y: number; width: number; height: number }, b: { x: number; y: number; width: number; height: number }): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  for (const [index, one] of laid.nodes.entries()) for (const other of laid.nodes.slice(index + 1)) assert.not.ok(cross(one, other), `${one.node.id} and ${other.node.id}`);
  const side = laid.clusters.find((cluster) => cluster.taskId === 'side');
  assert.ok(side);
  const inside = laid.nodes.filter((one) => one.node.id.startsWith('root.side'));
  assert.is(inside.length, 5);
  for (const one of laid.nodes) assert.is(cross(one, side), inside.includes(one), one.node.id);
  const inner = laid.clusters.find((cluster) => cluster.taskId === 'inner');
  assert.ok(inner && inner.x > side.x && inner.y > side.y && inner.x + inner.width < side.x + side.width && inner.y + inner.height < side.y + side.height, 'a cluster stands in its parent with room around');
});

test('the same text is the same picture; a word that changes moves nothing', () => {
  const before = layoutGraph(graph);
  const after = layoutGraph(graphOfSource(source.replace('message: x', 'message: another'), testingCatalog()));
  assert.equal(before, after);
  assert.is(before.order[0], 'root.Triggers.daily');
});

test('from left to right no two nodes overlap, and every edge goes to the right', () => {
  const laid = layoutGraph(graph, 'right');
  const byId = new Map(laid.nodes.map((one) => [one.node.id, one]));
  for (const [index, one] of laid.nodes.entries()) for (const other of laid.nodes.slice(index + 1)) assert.not.ok(one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height);
  for (const edge of laid.edges) {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    assert.ok(from && to && from.x + from.width <= to.x, `${edge.from} before ${edge.to}`);
    // It leaves at the right side and arrives at the left one.
    assert.match(edge.path, new RegExp(`^M${from.x + from.width} `));
    assert.match(edge.path, new RegExp(`H${to.x}$`));
  }
});

test('a started flow is drawn inside of its task: what followed the task follows its end, at any depth', () => {
  const outer = graphOfSource(`id: a
namespace: t
tasks:
  - {id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: t, flowId: b}
  - ${log('after')}
`, testingCatalog());
  const inner = graphOfSource(`id: b
namespace: t
tasks:
  - {id: deeper, type: io.kestra.plugin.core.flow.Subflow, namespace: t, flowId: c}
  - ${log('two')}
errors: [${log('mend')}]
`, testingCatalog());
  const innermost = graphOfSource(`id: c
namespace: t
tasks: [${log('deep')}]
`, testingCatalog());
  const merged = expandedGraph(outer, new Map([['root.call', inner], ['root.call::root.deeper', innermost]]));
  const drawn = drawnGraph(merged);
  assert.equal(drawn.edges.map((edge) => `${edge.from} > ${edge.to} ${edge.relation}`).sort(), [
    'root.call > root.call::root.deeper SEQUENTIAL', 'root.call > root.call::root.mend ERROR', 'root.call::root.deeper > root.call::root.deeper::root.deep SEQUENTIAL',
    'root.call::root.deeper::root.deep > root.call::root.two SEQUENTIAL', 'root.call::root.two > root.after SEQUENTIAL',
  ].sort());
  const laid = layoutGraph(merged);
  const [whole, deep] = [laid.clusters.find((one) => one.id === 'cluster_root.call::'), laid.clusters.find((one) => one.id === 'cluster_root.call::root.deeper::')];
  assert.ok(whole && deep && deep.x > whole.x && deep.y > whole.y && deep.x + deep.width < whole.x + whole.width);
  assert.is(holderOf('root.call::root.deeper::root.deep'), 'root.call::root.deeper');
  assert.equal(expandedGraph(outer, new Map()), outer);
});

test('a flow that can not be read is an empty picture', () => {
  const laid = layoutGraph(graphOfSource('id: [', testingCatalog()));
  assert.equal(laid.nodes, []);
  assert.ok(laid.width > 0 && laid.height > 0);
});

test.run();
