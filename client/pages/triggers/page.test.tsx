import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { cronWords } from '../../components/time/cron-words.ts';
import { pages } from '../index.ts';
import { openAddress } from '../test-world.ts';

const trigger = (more: Partial<Trigger>): Trigger => ({ namespace: 'team', flowId: 'orders', triggerId: 'hourly', type: 'io.kestra.plugin.core.trigger.Schedule', kind: 'SCHEDULE', disabled: false, sourceDisabled: false, locked: false, ...more });
const open = (rows: readonly Trigger[]) => openAddress({ pages, address: '/ui/main/admin/triggers', answers: { 'triggers.search': () => ({ results: rows.map((state) => ({ state })), total: rows.length }), 'flows.namespaces': () => [] } });

test('a schedule is said in words, with its zone and its next date', async () => {
  const { html } = await open([trigger({ cron: '30 1 * * *', timezone: 'Europe/Berlin', nextExecutionDate: '2026-11-24T15:03:24.000Z' })]);
  assert.match(html, /At 01:30, Europe\/Berlin/);
  assert.match(html, /15:03:24/);
  assert.match(html, /in 2 h/);
});
test('a cron that can not be read is shown as it is', () => {
  assert.is(cronWords('not a cron'), 'not a cron');
  assert.is(cronWords('@hourly'), 'Every hour');
});
test('what the source switched off can not be switched on here, and the switch says why', async () => {
  const { html } = await open([trigger({ sourceDisabled: true })]);
  assert.match(html, /role="switch" aria-checked="false"[^>]*title="Its source says `disabled: true`[^>]*disabled/);
});
test('a locked trigger names the run it waits for and can be unlocked', async () => {
  const { html } = await open([trigger({ locked: true, executionId: 'abcdefghijklmnopqrstuv' })]);
  assert.match(html, /Locked/);
  assert.match(html, /\/ui\/main\/executions\/team\/orders\/abcdefghijklmnopqrstuv\/gantt/);
  assert.match(html, /data-action="unlock"/);
});
test.run();
