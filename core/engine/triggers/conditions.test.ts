import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conditionHolds, isCalendar, type ConditionFacts } from './conditions.ts';

const core = 'io.kestra.plugin.core.condition.';
const paris = (text: string): ConditionFacts => ({ render: (one) => one, date: { atMs: Date.parse(text), zone: 'Europe/Paris' }, flow: { namespace: 'own', id: 'own' } });
const upstream = (more: Partial<NonNullable<ConditionFacts['upstream']>> = {}): ConditionFacts => ({
  render: (text) => (text === '{{ trigger.outputs.ok }}' ? 'true' : text), flow: { namespace: 'own', id: 'own' },
  upstream: { executionId: 'x', namespace: 'team.data', flowId: 'orders', state: 'FAILED', labels: [{ key: 'a', value: '1' }, { key: 'b', value: '2' }], attempts: () => [['SUCCESS'], ['FAILED', 'SUCCESS']], ...more },
});
const holds = (name: string, properties: Readonly<Record<string, unknown>>, facts: ConditionFacts): boolean => conditionHolds({ type: core + name, properties }, facts);

test('days are those of the schedule\'s zone', () => {
  // 23:30 on Sunday in UTC is Monday in Paris.
  const facts = paris('2026-01-04T23:30:00Z');
  assert.ok(holds('DayWeek', { dayOfWeek: 'MONDAY' }, facts));
  assert.not(holds('Weekend', {}, facts));
  assert.ok(holds('Weekend', {}, paris('2026-01-04T12:00:00Z')));
  assert.ok(holds('DayWeekInMonth', { dayOfWeek: 'MONDAY', dayInMonth: 'FIRST' }, facts));
  assert.not(holds('DayWeekInMonth', { dayOfWeek: 'MONDAY', dayInMonth: 'SECOND' }, facts));
  assert.ok(holds('DayWeekInMonth', { dayOfWeek: 'FRIDAY', dayInMonth: 'LAST' }, paris('2026-01-30T12:00:00Z')));
  assert.ok(holds('DayWeekInMonth', { dayOfWeek: 'FRIDAY', dayInMonth: 'FOURTH' }, paris('2026-02-27T12:00:00Z')));
});

test('neither bound of a stretch of time counts; an offset of a bound is respected', () => {
  assert.ok(holds('DateTimeBetween', { after: '2026-01-01T00:00:00Z', before: '2026-01-02T00:00:00Z' }, paris('2026-01-01T12:00:00Z')));
  assert.not(holds('DateTimeBetween', { after: '2026-01-01T12:00:00Z' }, paris('2026-01-01T12:00:00Z')));
  assert.ok(holds('DateTimeBetween', { after: '2026-01-01T12:30:00' }, paris('2026-01-01T12:00:00Z')), 'without an offset it is in the zone of the date');
  assert.ok(holds('TimeBetween', { after: '12:30:00', before: '13:30:00' }, paris('2026-01-01T12:00:00Z')));
  assert.not(holds('TimeBetween', { after: '12:30:00+00:00' }, paris('2026-01-01T12:00:00Z')));
  assert.ok(holds('TimeBetween', { date: '2026-01-01T12:00:00Z', before: '12:30:00Z' }, { ...paris('2026-01-01T00:00:00Z') }));
});

test('flows, namespaces, labels, states and attempts of the other execution', () => {
  assert.ok(holds('ExecutionFlow', { namespace: 'team.data', flowId: 'orders' }, upstream()));
  assert.not(holds('ExecutionFlow', { namespace: 'team.data', flowId: 'other' }, upstream()));
  assert.ok(holds('ExecutionFlow', { namespace: 'team.data' }, upstream()));
  assert.ok(holds('ExecutionNamespace', { namespace: 'team', comparison: 'PREFIX' }, upstream()));
  assert.ok(holds('ExecutionNamespace', { namespace: 'team', prefix: true }, upstream()));
  assert.ok(holds('ExecutionNamespace', { namespace: '.data', comparison: 'SUFFIX' }, upstream()));
  assert.not(holds('ExecutionNamespace', { namespace: 'team' }, upstream()));
  assert.ok(holds('ExecutionLabels', { labels: { a: '1' } }, upstream()));
  assert.ok(holds('ExecutionLabels', { labels: [{ key: 'a', value: '1' }, { key: 'b', value: '2' }] }, upstream()));
  assert.not(holds('ExecutionLabels', { labels: { a: '2' } }, upstream()));
  assert.ok(holds('ExecutionStatus', { in: ['FAILED', 'KILLED'] }, upstream()));
  assert.not(holds('ExecutionStatus', { notIn: ['FAILED'] }, upstream()));
  assert.ok(holds('HasRetryAttempt', { in: ['FAILED'] }, upstream()));
  assert.not(holds('HasRetryAttempt', { in: ['KILLED'] }, upstream()));
  assert.not(holds('HasRetryAttempt', {}, upstream({ attempts: () => [['SUCCESS']] })));
  assert.ok(holds('ExecutionOutputs', { expression: '{{ trigger.outputs.ok }}' }, upstream()));
  assert.ok(holds('FlowCondition', { namespace: 'team.data', flowId: 'orders' }, upstream()));
  assert.ok(holds('FlowCondition', { namespace: 'own', flowId: 'own' }, paris('2026-01-01T00:00:00Z')));
  assert.ok(holds('FlowNamespaceCondition', { namespace: 'team', comparison: 'PREFIX' }, upstream()));
});

test('Not: none of them; Or: one of them', () => {
  const monday = { type: `${core}DayWeek`, dayOfWeek: 'MONDAY' };
  const sunday = { type: `${core}DayWeek`, dayOfWeek: 'SUNDAY' };
  const facts = paris('2026-01-05T12:00:00Z');
  assert.not(holds('Not', { conditions: [monday, sunday] }, facts));
  assert.ok(holds('Not', { conditions: [sunday] }, facts));
  assert.ok(holds('Or', { conditions: [monday, sunday] }, facts));
  assert.not(holds('Or', { conditions: [sunday] }, facts));
});

test('only an expression that renders to exactly true holds', () => {
  const facts = (text: string): ConditionFacts => ({ ...paris('2026-01-01T00:00:00Z'), render: () => text });
  assert.ok(holds('Expression', { expression: '{{ x }}' }, facts(' true\n')));
  assert.not(holds('Expression', { expression: '{{ x }}' }, facts('1')));
});

test('what can not be evaluated says which condition and why', () => {
  assert.throws(() => holds('DayWeek', { dayOfWeek: 'CAKEDAY' }, paris('2026-01-01T00:00:00Z')), /the condition DayWeek can not be evaluated: "CAKEDAY" is no day; expected one of MONDAY/);
  assert.throws(() => holds('ExecutionStatus', { in: ['FAILED'] }, paris('2026-01-01T00:00:00Z')), /only a Flow trigger has/);
  assert.throws(() => holds('TimeBetween', { after: 'noon' }, paris('2026-01-01T00:00:00Z')), /"after" is "noon"; expected a time of day/);
  assert.throws(() => holds('DateTimeBetween', {}, paris('2026-01-01T00:00:00Z')), /it needs "after" or "before"/);
});

test('conditions that depend on the calendar alone are told from those that do not', () => {
  const calendar = (name: string, properties: Readonly<Record<string, unknown>>): boolean => isCalendar({ type: core + name, properties });
  assert.ok(calendar('DayWeek', { dayOfWeek: 'MONDAY', date: '{{ trigger.date }}' }));
  assert.not(calendar('DayWeek', { dayOfWeek: 'MONDAY', date: '{{ now() }}' }));
  assert.ok(calendar('Not', { conditions: [{ type: `${core}Weekend` }] }));
  assert.not(calendar('Or', { conditions: [{ type: `${core}Weekend` }, { type: `${core}Expression`, expression: '{{ true }}' }] }));
});

test.run();
