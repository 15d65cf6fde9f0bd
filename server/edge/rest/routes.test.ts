import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import { allOperations } from '../../../core/protocol/operations/index.ts';
import { createRoutes, type Match } from './routes.ts';

const routes = createRoutes(allOperations, ['main']);
const id = '0123456789ABCDEFabcdef';
const named = (match: Match): unknown => (match.type === 'found' ? { name: match.route.operation.name, params: { ...match.params }, preset: { ...match.route.preset } } : match.type);
const at = (method: string, path: string): unknown => named(routes.match(method, path));

test('a tenant in front of a path changes nothing but the tenant', () => {
  assert.equal(at('GET', '/flows/search'), { name: 'flows.search', params: {}, preset: {} });
  assert.equal(at('GET', '/main/flows/search'), at('GET', '/flows/search'));
});
test('an unknown tenant is told apart from an unknown path', () => {
  assert.is(at('GET', '/other/flows/search'), 'tenant');
  assert.is(at('GET', '/nothing/here'), 'none');
  assert.is(at('GET', '/'), 'none');
});
test('a literal segment beats a variable, in every place', () => {
  assert.equal(at('GET', '/flows/search'), { name: 'flows.search', params: {}, preset: {} });
  assert.equal(at('GET', '/flows/company.team'), { name: 'flows.ofNamespace', params: { namespace: 'company.team' }, preset: {} });
  assert.equal(at('GET', `/executions/${id}`), { name: 'executions.get', params: { executionId: id }, preset: {} });
  assert.equal(at('POST', '/executions/latest'), { name: 'executions.latest', params: {}, preset: {} });
});
test('a verb after an execution is an action; after a namespace it is the name of a flow', () => {
  assert.equal(at('POST', `/executions/${id}/restart`), { name: 'executions.restart', params: { executionId: id }, preset: {} });
  assert.equal(at('POST', '/executions/company.team/pause'), { name: 'executions.create', params: { namespace: 'company.team', id: 'pause' }, preset: {} });
  assert.equal(at('POST', '/executions/trigger/company.team/restart'), { name: 'executions.create', params: { namespace: 'company.team', id: 'restart' }, preset: {} });
});
test('a bulk path names one of its actions, and nothing else', () => {
  assert.equal(at('POST', '/executions/restart/by-ids'), { name: 'executions.bulk', params: {}, preset: { action: 'restart' } });
  assert.equal(at('DELETE', '/executions/kill/by-ids'), { name: 'executions.bulk', params: {}, preset: { action: 'kill' } });
  assert.equal(at('DELETE', '/executions/by-ids'), { name: 'executions.bulk', params: {}, preset: { action: 'delete' } });
  assert.equal(at('POST', '/executions/dance/by-ids'), { name: 'executions.create', params: { namespace: 'dance', id: 'by-ids' }, preset: {} });
});
test('segments are decoded after they are split, so an id may hold a slash', () => {
  assert.equal(at('GET', '/namespaces/a%2Fb/kv/c%20d'), { name: 'kv.get', params: { namespace: 'a/b', key: 'c d' }, preset: {} });
});
test('a trailing slash is accepted', () => {
  assert.equal(at('PUT', '/triggers/'), { name: 'triggers.update', params: {}, preset: {} });
});
test('a path with other methods says which', () => {
  assert.equal(routes.match('PATCH', '/flows'), { type: 'method', allowed: ['POST'] });
});
test('HEAD is read as GET', () => {
  assert.equal(at('HEAD', '/flows/search'), at('GET', '/flows/search'));
});
test('a broken escape and a NUL are refused with their place', () => {
  for (const path of ['/flows/%E0%A4%A', '/flows/a%00b']) {
    assert.throws(() => routes.match('GET', path), (error: unknown) => error instanceof ProtocolError && error.problem.status === 400);
  }
});
test('a name of an object\'s own members is only a name', () => {
  assert.equal(at('GET', '/flows/constructor/__proto__'), { name: 'flows.get', params: { namespace: 'constructor', id: '__proto__' }, preset: {} });
});
/** Each operation has its own words for `{action}`. */
function firstAction(input: unknown): string {
  const words = (input as { readonly properties?: Readonly<Record<string, { readonly anyOf?: readonly { readonly const?: string }[] }>> }).properties?.['action']?.anyOf;
  return words?.[0]?.const ?? 'replay';
}
test('every path of every operation leads to it', () => {
  for (const operation of allOperations) {
    for (const binding of operation.rest) {
      for (const path of [binding.path, ...(binding.also ?? [])]) {
        const concrete = path.replace('{executionId}', id).replace('{action}', firstAction(operation.input)).replace(/\{\w+\}/g, 'zz');
        const match = routes.match(binding.method, concrete);
        assert.is(match.type === 'found' ? match.route.operation.name : match.type, operation.name, `${binding.method} ${concrete}`);
      }
    }
  }
});
test.run();
