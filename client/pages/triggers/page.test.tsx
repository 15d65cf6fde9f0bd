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
test('who has switched it off and why stands beside the switch', async () => {
  const { html } = await open([trigger({ disabled: true, switched: { by: 'Priya', date: '2026-11-24T10:00:00.000Z', reason: 'close is 3 Dec <b>' } })]);
  assert.match(html, /Priya: “close is 3 Dec &lt;b&gt;”/);
});
test('a backfill has its progress in percent, and what can be done with it', async () => {
  const backfill = { start: '2026-01-01T00:00:00.000Z', end: '2026-01-11T00:00:00.000Z', currentDate: '2026-01-07T00:00:00.000Z', paused: false };
  const { html } = await open([trigger({ cron: '0 0 * * *', backfill })]);
  assert.match(html, /role="progressbar"[^>]*aria-valuenow="60"/);
  assert.match(html, /data-action="backfill-pause"/);
  const paused = await open([trigger({ cron: '0 0 * * *', backfill: { ...backfill, paused: true } })]);
  assert.match(paused.html, /data-state="PAUSED" width="60%"/);
  assert.match(paused.html, /data-action="backfill-unpause"/);
});
test('a trigger whose flow can not be read has a warning and can not be switched on', async () => {
  const { html } = await open([trigger({ sourceMissing: true })]);
  assert.match(html, /The source is missing/);
  assert.match(html, /No flow/);
  assert.match(html, /role="switch" aria-checked="false"[^>]*disabled/);
});
test('only a Schedule has a backfill in its menu, and columns stand there when a row has a value', async () => {
  const schedule = await open([trigger({ cron: '0 0 * * *' })]);
  assert.match(schedule.html, /data-action="backfill"/);
  assert.not.match(schedule.html, /Current execution/);
  const webhook = await open([trigger({ kind: 'WEBHOOK', executionId: 'abcdefghijklmnopqrstuv', locked: true })]);
  assert.not.match(webhook.html, /data-action="backfill"/);
  assert.match(webhook.html, /Current execution/);
});

test.run();
