import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StatsTopicState } from '../../../core/protocol/topics.ts';
import { daysOf } from '../../components/chart/day-chart.tsx';
import { pages } from '../index.ts';
import { maya, openAddress } from '../test-world.ts';

const none = { byId: {}, order: [] };
const empty: StatsTopicState = { flows: 0, triggers: 0, namespaces: 0, executionsByState: {}, daily: {}, running: none, failed: none, scheduled: none };
const open = (stats: StatsTopicState, found: readonly unknown[] = [], viewer = maya) => openAddress({ pages, address: '/ui/main/dashboards', viewer, answers: { 'stats.get': () => stats, 'flows.ofNamespace': () => found } });

test('an empty workspace welcomes: be somebody, run something, bring somebody in', async () => {
  const { html, title } = await open(empty);
  assert.is(title, 'Welcome');
  assert.is(html.match(/data-action="lesson"/g)?.length, 3);
  assert.match(html, /data-submit="me"/);
});
test('the tutorial flows that exist can be looked into', async () => {
  const { html } = await open({ ...empty, flows: 3 }, [{ namespace: 'tutorial', id: 'greeting' }, { namespace: 'tutorial', id: 'data-job' }, { namespace: 'tutorial', id: 'approval' }]);
  assert.match(html, /\/ui\/main\/flows\/edit\/tutorial\/greeting\/editor/);
});
test('a team that brought its own flows gets the overview, also before anything ran', async () => {
  assert.is((await open({ ...empty, flows: 200 })).title, 'Overview');
  assert.is((await open({ ...empty, flows: 2 }, [{ namespace: 'tutorial', id: 'greeting' }])).title, 'Overview');
});
test('counts are the real ones, and bars stand for days by state', async () => {
  const { html } = await open({ ...empty, flows: 12, triggers: 4, namespaces: 1, executionsByState: { SUCCESS: 90, FAILED: 10, QUEUED: 2 }, daily: { '2026-11-24': { SUCCESS: 90, FAILED: 10 } } });
  assert.match(html, /90<small>%/);
  assert.match(html, /2 queued/);
  assert.match(html, /aria-label="2026-11-24: 100 executions"/);
  assert.match(html, /<title>2026-11-24: 10 Failed<\/title>/);
});
test('days have no gaps and end today', () => {
  assert.equal(daysOf({ '2026-11-20': { SUCCESS: 1 } }, '2026-11-24', 5), ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24']);
});
test.run();
