import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../errors.ts';
import { compileFilters, type FilterFields } from './match.ts';
import { filtersOfQuery, oldFilters, parseFilters, type FilterNode, type OldFilters } from './syntax.ts';

interface Row { readonly namespace: string; readonly flowId: string; readonly state: string; readonly atMs: number; readonly level: 'INFO' | 'WARN' | 'ERROR'; readonly labels: readonly { readonly key: string; readonly value: string }[]; readonly revision?: number }
const fields: FilterFields<Row> = {
  q: { type: 'search', of: (row) => `${row.namespace} ${row.flowId}` }, namespace: { type: 'text', of: (row) => row.namespace }, flowId: { type: 'text', of: (row) => row.flowId },
  state: { type: 'words', words: ['RUNNING', 'FAILED', 'SUCCESS'], of: (row) => row.state }, startDate: { type: 'date', of: (row) => row.atMs }, endDate: { type: 'date', of: (row) => row.atMs },
  timeRange: { type: 'timeRange', of: (row) => row.atMs }, level: { type: 'level', of: (row) => row.level }, labels: { type: 'labels', of: (row) => row.labels },
  scope: { type: 'scope', of: (row) => row.namespace }, flowRevision: { type: 'number', of: (row) => row.revision }, existingOnly: { type: 'flag', of: (row) => row.revision !== undefined },
};
const nowMs = Date.parse('2026-11-24T12:00:00Z');
const row = (over: Partial<Row> = {}): Row => ({ namespace: 'team.a', flowId: 'load', state: 'FAILED', atMs: nowMs - 3_600_000, level: 'WARN', labels: [{ key: 'env', value: 'prod' }], ...over });
const context = { what: 'rows', nowMs };

const nodesOf = (query: string): readonly FilterNode[] => parseFilters(filtersOfQuery(new URLSearchParams(query)));
const holds = (query: string, of: Row = row()): boolean => compileFilters(nodesOf(query), fields, context).matches(of);
const old = (input: OldFilters, of: Row = row()): boolean => compileFilters(oldFilters(input), fields, context).matches(of);
const refusal = (ask: () => unknown): { readonly status: number; readonly message: string; readonly path: string | undefined } => {
  try {
    ask();
  } catch (error) {
    if (error instanceof ProtocolError) return { status: error.problem.status, message: error.problem.message, path: error.problem.errors?.[0]?.path };
    throw error;
  }
  throw new Error('expected a refusal');
};

test('brackets are read raw and encoded, in any case of the operator', () => {
  assert.is(holds('filters[state][EQUALS]=FAILED'), true);
  assert.is(holds('filters%5Bstate%5D%5BEQUALS%5D=failed'), true);
  assert.is(holds('filters[state][equals]=SUCCESS'), false);
  assert.is(holds('filters[FLOW_ID][EQUALS]=load'), true);
  assert.is(holds('other=1'), true);
  assert.is(filtersOfQuery(new URLSearchParams('state=FAILED')), undefined);
});
test('every operator of texts', () => {
  for (const [query, expected] of [
    ['namespace][EQUALS]=team', false], ['namespace][EQUALS]=team.a', true], ['namespace][NOT_EQUALS]=team', true], ['namespace][PREFIX]=team', true], ['namespace][PREFIX]=tea', false],
    ['namespace][IN]=x,team.a', true], ['namespace][IN]=[x,team.a]', true], ['namespace][NOT_IN]=x,team.a', false], ['namespace][STARTS_WITH]=TEAM', true], ['namespace][ENDS_WITH]=.a', true],
    ['namespace][CONTAINS]=eam.', true], ['namespace][REGEX]=^team\\.[a-c]$', true], ['namespace][REGEX]=^eam', false],
  ] as const) assert.is(holds(`filters[${query}`), expected, query);
});
test('labels are compared by key; several keys combine, and a key may hold brackets and dots', () => {
  assert.is(holds('filters[labels][EQUALS][env]=prod'), true);
  assert.is(holds('filters[labels][EQUALS][env]=prod&filters[labels][EQUALS][team]=x'), false);
  assert.is(holds('filters[labels][NOT_EQUALS][env]=dev'), true);
  assert.is(holds('filters[labels][IN][env]=dev,prod'), true);
  assert.is(holds('filters[labels][CONTAINS][env]=ro'), true);
  assert.is(holds('filters[labels][EQUALS]=env:prod'), true);
  assert.is(holds('filters[labels][EQUALS][a.b[0]]=1', row({ labels: [{ key: 'a.b[0]', value: '1' }] })), true);
});
test('dates, ranges, numbers, levels, scopes and flags', () => {
  assert.is(holds('filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2026-11-24T11:00:00Z&filters[endDate][LESS_THAN]=2026-11-24T11:00:01Z'), true);
  // An address has eaten the plus.
  assert.is(holds('filters[startDate][LESS_THAN_OR_EQUAL_TO]=2026-11-24T13:00:00+02:00'), true);
  assert.is(holds('filters[startDate][LESS_THAN]=2026-11-24T13:00:00+02:00'), false);
  assert.is(holds('filters[timeRange][EQUALS]=PT2H'), true);
  assert.is(holds('filters[timeRange][EQUALS]=PT30M'), false);
  assert.is(holds('filters[flowRevision][EQUALS]=3', row({ revision: 3 })), true);
  assert.is(holds('filters[flowRevision][GREATER_THAN]=3', row({ revision: 3 })), false);
  assert.is(holds('filters[level][EQUALS]=INFO'), true);
  assert.is(holds('filters[MIN_LEVEL][EQUALS]=error'), false);
  assert.is(holds('filters[scope][EQUALS]=USER'), true);
  assert.is(holds('filters[scope][EQUALS]=SYSTEM', row({ namespace: 'system' })), true);
  assert.is(holds('filters[existingOnly][EQUALS]=true'), false);
  assert.is(holds('filters[q][EQUALS]=LOAD team'), true);
  assert.is(holds('filters[q][NOT_EQUALS]=load'), false);
});
test('groups: items of one number hold together, groups nest', () => {
  assert.is(holds('filters[or][0][state][EQUALS]=SUCCESS&filters[or][1][flowId][EQUALS]=load'), true);
  assert.is(holds('filters[or][0][state][EQUALS]=FAILED&filters[or][0][flowId][EQUALS]=other&filters[or][1][state][EQUALS]=RUNNING'), false);
  assert.is(holds('filters[and][0][or][0][state][EQUALS]=FAILED&filters[and][0][or][1][state][EQUALS]=RUNNING&filters[and][1][flowId][EQUALS]=load'), true);
  assert.is(holds('filters[or][0][labels][EQUALS][env]=prod&filters[or][1][state][EQUALS]=RUNNING'), true);
  assert.is(holds('filters[namespace][EQUALS]=x&filters[or][0][state][EQUALS]=FAILED'), false);
});
test('the SDK\'s comma-joined objects, enum names, and lists', () => {
  const sdk = (text: string, of?: Row): boolean => holds(`filters=${encodeURIComponent(text)}`, of);
  assert.is(sdk('{"field":"NAMESPACE","operation":"EQUALS","value":"team.a"},{"field":"state","operation":"IN","value":["FAILED","RUNNING"]}'), true);
  assert.is(sdk('[{"field":"state","operation":"EQUALS","value":["SUCCESS","RUNNING"]}]'), false);
  assert.is(sdk('{"field":"labels","operation":"EQUALS","value":{"env":"prod"}}'), true);
  assert.is(sdk('{"field":"QUERY","operation":"EQUALS","value":"load"}'), true);
  assert.is(sdk('{"field":"flowRevision","operation":"$eq","value":3}', row({ revision: 3 })), true);
  assert.is(sdk(''), true);
});
test('what is wrong is named: the field, the operator, the value', () => {
  const bad = (query: string): { readonly message: string; readonly path: string | undefined } => {
    const { status, ...rest } = refusal(() => holds(query));
    assert.is(status, 422, query);
    return rest;
  };
  assert.equal(bad('filters[colour][EQUALS]=red'), { path: 'filters[colour][EQUALS]', message: 'Illegal argument: filters[colour][EQUALS]: "colour" is no filter field of rows; expected one of q, namespace, flowId, state, startDate, endDate, timeRange, level, labels, scope, flowRevision, existingOnly' });
  assert.match(bad('filters[state][LIKE]=x').message, /filters\[state\]\[LIKE\]: "LIKE" is no filter operator; expected one of EQUALS, /);
  assert.match(bad('filters[timeRange][IN]=PT1H').message, /field "timeRange" of rows takes EQUALS only, not IN/);
  assert.match(bad('filters[state][EQUALS]=DONE').message, /"DONE" is none of RUNNING, FAILED, SUCCESS/);
  assert.match(bad('filters[startDate][EQUALS]=soon').message, /"soon" is not a date/);
  assert.match(bad('filters[timeRange][EQUALS]=-PT1H').message, /not an ISO-8601 duration/);
  assert.match(bad('filters[namespace][REGEX]=(').message, /regular expression "\(" can not be used/);
  assert.match(bad('filters[labels][CONTAINS]=x').message, /needs the label's key/);
  assert.match(bad('filters[labels][EQUALS]=x').message, /not of the form key:value/);
  assert.match(bad('filters[state=x').message, /brackets do not match/);
  assert.match(bad('filters[state]=x').message, /expected filters\[FIELD\]\[OPERATOR\]/);
  assert.match(bad('filters[or][x][state][EQUALS]=FAILED').message, /has a number/);
  assert.match(bad('filters={"field":').message, /is not JSON/);
  assert.match(bad('filters={"field":"state"}').message, /is no filter; expected \{"field"/);
  assert.is(bad('filters[or][1][state][EQUALS]=DONE').path, 'filters[or][0][state][EQUALS]');
  assert.match(bad(Array.from({ length: 201 }, () => 'filters[state][EQUALS]=FAILED').join('&')).message, /at most 200 filters/);
  assert.match(bad(`filters${'[or][0]'.repeat(12)}[state][EQUALS]=FAILED`).message, /nested 8 deep/);
});
test('the old parameters are the same tree: their namespace means all below', () => {
  assert.is(old({ namespace: 'team' }), true);
  assert.is(old({ namespace: 'tea' }), false);
  assert.is(old({ state: ['FAILED', 'RUNNING'], flowId: 'load', labels: ['env:prod'], q: 'load', scope: ['USER'], minLevel: 'INFO' }), true);
  assert.is(old({ state: [], labels: [], q: '*', namespace: '', startDate: '' }), true);
  assert.is(old({ labels: ['env:prod', 'team:x'] }), false);
  assert.match(refusal(() => old({ timeRange: 'PT1H', startDate: '2026-01-01' })).message, /exclude each other/);
  assert.match(refusal(() => old({ state: ['DONE'] })).message, /state: "DONE" is none of/);
});
test('no text makes the parser fail otherwise than by a refusal (property)', () => {
  const part = fc.constantFrom('filters', '[', ']', 'or', 'and', '0', 'state', 'labels', 'EQUALS', 'IN', '=', '&', '{', '}', '"', ',', 'x', ':', '%5B', '\0');
  let read = 0;
  fc.assert(fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
    try {
      nodesOf(`filters${parts.join('')}`);
      read += 1;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }), { numRuns: 2000, seed: 5 });
  assert.ok(read > 20);
});
test.run();
