import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { apiGraphOf, graphOf, graphOfSource, testingCatalog } from './index.ts';
import { parse } from './testing-parse.ts';

const ret = (id: string, indent: number): string => `${' '.repeat(indent)}- id: ${id}\n${' '.repeat(indent)}  type: io.kestra.plugin.core.debug.Return\n`;
const flow = (body: string): string => `id: f\nnamespace: a\ntasks:\n${body}`;
const graph = (body: string) => graphOfSource(flow(body), testingCatalog());
const edges = (body: string): readonly string[] => graph(body).edges.map((edge) => `${edge.from}>${edge.to}${edge.relation === 'SEQUENTIAL' ? '' : ` ${edge.relation}`}${edge.label === undefined ? '' : ` ${edge.label}`}`);

test('two tasks make four nodes, three edges and no cluster', () => {
  const { nodes, clusters } = graph(ret('a', 2) + ret('b', 2));
  assert.equal(nodes.map((node) => node.id), ['root.start', 'root.a', 'root.b', 'root.end']);
  assert.equal(edges(ret('a', 2) + ret('b', 2)), ['root.start>root.a', 'root.a>root.b', 'root.b>root.end']);
  assert.equal(clusters, []);
});

test('a Parallel is a cluster with its own start, end and task', () => {
  const body = `  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n${ret('a', 6)}${ret('b', 6)}`;
  assert.equal(graph(body).clusters, [{ id: 'cluster_root.p', nodes: ['root.p', 'root.p.start', 'root.p.end', 'root.p.a', 'root.p.b'], relation: 'PARALLEL' }]);
  assert.equal(edges(body), ['root.p.start>root.p', 'root.p>root.p.a PARALLEL', 'root.p>root.p.b PARALLEL', 'root.p.a>root.p.end', 'root.p.b>root.p.end', 'root.start>root.p.start', 'root.p.end>root.end']);
});

test('an If has its branches as labels, a missing else too', () => {
  const body = `  - id: i\n    type: io.kestra.plugin.core.flow.If\n    condition: "{{ true }}"\n    then:\n${ret('a', 6)}`;
  assert.ok(edges(body).includes('root.i>root.i.a CHOICE then'));
  assert.ok(edges(body).includes('root.i>root.i.end CHOICE else'));
});

test('a Switch has its cases as labels', () => {
  const body = `  - id: s\n    type: io.kestra.plugin.core.flow.Switch\n    value: x\n    cases:\n      A:\n${ret('a', 8)}    defaults:\n${ret('d', 6)}`;
  assert.ok(edges(body).includes('root.s>root.s.a CHOICE A'));
  assert.ok(edges(body).includes('root.s>root.s.d CHOICE defaults'));
});

test('a Dag follows its dependencies, also on a circle', () => {
  const dag = (on: string): string => `  - id: d\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n      - task:\n          id: a\n          type: io.kestra.plugin.core.debug.Return\n        dependsOn: [${on}]\n      - task:\n          id: b\n          type: io.kestra.plugin.core.debug.Return\n        dependsOn: [a]\n`;
  assert.equal(edges(dag('')).slice(1, 4), ['root.d>root.d.a PARALLEL', 'root.d.a>root.d.b PARALLEL', 'root.d.b>root.d.end']);
  assert.ok(edges(dag('b')).includes('root.d.b>root.d.a PARALLEL'));
});

test('errors hang at the start, finally and afterExecution at the end', () => {
  const body = `${ret('a', 2)}errors:\n${ret('e', 2)}finally:\n${ret('f', 2)}afterExecution:\n${ret('z', 2)}`;
  const found = edges(body);
  assert.ok(found.includes('root.start>root.e ERROR'));
  assert.ok(found.includes('root.a>root.f FINALLY'));
  assert.ok(found.includes('root.f>root.z AFTER_EXECUTION'));
  const error = graph(body).nodes.find((node) => node.id === 'root.e');
  assert.is(error?.type === 'task' ? error.branch : undefined, 'error');
});

test('triggers are a cluster that leads to the start', () => {
  const body = `${ret('a', 2)}triggers:\n  - id: w\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: k\n`;
  assert.ok(edges(body).includes('root.Triggers.end>root.start'));
  assert.is(graph(body).clusters[0]?.id, 'cluster_root.Triggers');
});

test('a broken flow is drawn as far as it can be read', () => {
  const { nodes } = graph(`${ret('a', 2)}  - id: b\n    type: no.such.Type\n    tasks:\n${ret('c', 6)}${ret('a', 2)}`);
  assert.equal(nodes.filter((node) => node.type === 'task').map((node) => node.id), ['root.a', 'root.b', 'root.b.c', 'root.a-2']);
  assert.equal(graphOf(parse('- just\n- a list')), { nodes: [], edges: [], clusters: [] });
});

test('every edge joins two nodes, and every node of a cluster exists', () => {
  const { nodes, edges: all, clusters } = graph(`  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: [1]\n    errors:\n${ret('e', 6)}    finally:\n${ret('f', 6)}    tasks:\n      - id: p\n        type: io.kestra.plugin.core.flow.Parallel\n        tasks:\n${ret('a', 10)}${ret('b', 10)}        finally:\n${ret('g', 10)}`);
  const ids = new Set(nodes.map((node) => node.id));
  assert.is(ids.size, nodes.length);
  for (const edge of all) assert.ok(ids.has(edge.from) && ids.has(edge.to), `${edge.from}>${edge.to}`);
  for (const cluster of clusters) assert.ok(cluster.nodes.every((id) => ids.has(id)));
  assert.is(clusters.find((cluster) => cluster.id === 'cluster_root.each.p')?.parent, 'cluster_root.each');
});

test('the API\'s graph has uids, types, the tasks as written and clusters with their ends', () => {
  const parsed = parse(flow(`  - id: p\n    type: io.kestra.core.tasks.flows.Parallel\n    tasks:\n${ret('a', 6)}`));
  assert.ok(parsed.flow);
  const api = apiGraphOf(parsed.flow);
  const node = api.nodes.find((item) => item['uid'] === 'root.p');
  assert.is(node?.['type'], 'io.kestra.core.models.hierarchies.GraphTask');
  assert.is((node?.['task'] as { type: string } | undefined)?.type, 'io.kestra.core.tasks.flows.Parallel');
  assert.equal(api.clusters.map((cluster) => [cluster.cluster['uid'], cluster.start, cluster.end, cluster.parents]), [['cluster_root.p', 'root.p.start', 'root.p.end', []]]);
  assert.ok(api.edges.some((edge) => edge.source === 'root.p' && edge.target === 'root.p.a' && edge.relation.relationType === 'PARALLEL'));
});

test.run();
