import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyPatch, diffStates, escapePointer, parsePointer, PatchError, pointer } from './patch.ts';

const isPatchError = (error: unknown): boolean => error instanceof PatchError;

test('RFC 6901: names are escaped in pointers, tilde first', () => {
  assert.is(escapePointer('a/b~c~1'), 'a~1b~0c~01');
  assert.is(pointer('taskRuns', 'a/b', 0), '/taskRuns/a~1b/0');
  for (const name of ['', 'a/b', '~', '~1', '~01', '__proto__', 'm~n/o']) assert.equal(parsePointer(pointer(name)), [name]);
  assert.throws(() => parsePointer('a'), isPatchError);
});

test('RFC 6902: add, replace and remove in objects and lists', () => {
  const state = { a: { b: 1 }, list: [1, 2, 3] };
  assert.equal(applyPatch(state, [
    { op: 'add', path: '/a/c', value: 2 }, { op: 'replace', path: '/a/b', value: 5 }, { op: 'add', path: '/list/-', value: 4 },
    { op: 'add', path: '/list/0', value: 0 }, { op: 'remove', path: '/list/1' }, { op: 'replace', path: '/list/1', value: 'two' },
  ]), { a: { b: 5, c: 2 }, list: [0, 'two', 3, 4] });
  assert.equal(applyPatch(state, [{ op: 'replace', path: '', value: null }]), null);
  assert.equal(state, { a: { b: 1 }, list: [1, 2, 3] });
});

test('what a patch does not touch is the same object afterwards', () => {
  const state = { touched: { x: 1 }, other: { y: [1] } };
  const next = applyPatch(state, [{ op: 'replace', path: '/touched/x', value: 2 }]);
  assert.is(next.other, state.other);
  assert.is.not(next.touched, state.touched);
});

test('a value of the patch is not changed by a later operation of it', () => {
  const value = { x: 1 };
  const patch = [{ op: 'add', path: '/a', value }, { op: 'replace', path: '/a/x', value: 2 }] as const;
  assert.equal(applyPatch({}, patch), { a: { x: 2 } });
  assert.equal(value, { x: 1 });
});

test('a path that does not exist is an error, not a guess', () => {
  for (const patch of [
    { op: 'replace', path: '/none', value: 1 }, { op: 'remove', path: '/none' }, { op: 'add', path: '/none/x', value: 1 }, { op: 'remove', path: '/list/3' },
    { op: 'add', path: '/list/4', value: 1 }, { op: 'replace', path: '/list/-', value: 1 }, { op: 'replace', path: '/list/01', value: 1 }, { op: 'add', path: '/a/b', value: 1 },
    { op: 'replace', path: '/constructor', value: 1 }, { op: 'add', path: '/constructor/x', value: 1 }, { op: 'add', path: '/__proto__/x', value: 1 },
  ] as const) assert.throws(() => applyPatch({ a: 1, list: [1, 2, 3] }, [patch]), isPatchError, JSON.stringify(patch));
});

test('__proto__ and its like are names of data and reach no prototype', () => {
  const before = JSON.parse('{"byId":{}}');
  const after = JSON.parse('{"byId":{"__proto__":{"polluted":true},"constructor":{"x":1},"a/b":{"~":2}}}');
  const patch = diffStates(before, after);
  const next = applyPatch(before, JSON.parse(JSON.stringify(patch)));
  assert.is(JSON.stringify(next), JSON.stringify(after));
  assert.is(Reflect.get({}, 'polluted'), undefined);
  const changed = JSON.parse('{"byId":{"__proto__":{"polluted":1},"constructor":{"x":1},"a/b":{"~":3}}}');
  assert.is(JSON.stringify(applyPatch(next, JSON.parse(JSON.stringify(diffStates(next, changed))))), JSON.stringify(changed));
  assert.is(JSON.stringify(applyPatch(next, diffStates(next, before))), JSON.stringify(before));
});

test('the diff of equal states is empty, and undefined members count as absent', () => {
  assert.equal(diffStates({ a: [1, { b: 2 }], c: undefined }, { a: [1, { b: 2 }] }), []);
  assert.equal(diffStates({ a: 1 }, { a: undefined }), [{ op: 'remove', path: '/a' }]);
  assert.equal(diffStates({ a: undefined }, { a: 1 }), [{ op: 'add', path: '/a', value: 1 }]);
});

test('a list that grew is appended to; one that changed inside is replaced', () => {
  assert.equal(diffStates({ l: [1] }, { l: [1, 2, 3] }), [{ op: 'add', path: '/l/-', value: 2 }, { op: 'add', path: '/l/-', value: 3 }]);
  assert.equal(diffStates({ l: [1, 2, 3] }, { l: [1] }), [{ op: 'remove', path: '/l/2' }, { op: 'remove', path: '/l/1' }]);
  assert.equal(diffStates({ l: [1, 2] }, { l: [2] }), [{ op: 'replace', path: '/l', value: [2] }]);
});

test('any two states: applying their diff to the first gives the second (seeded)', () => {
  let seed = 42;
  const random = (below: number): number => {
    seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (seed >>> 0) % below;
  };
  const names = ['a', 'b', 'a/b', '~', '__proto__', '0', 'constructor', ''];
  const value = (depth: number): unknown => {
    const kind = random(depth > 3 ? 4 : 7);
    if (kind < 2) return random(5);
    if (kind === 2) return ['x', '', null, true][random(4)];
    if (kind === 3) return `t${random(3)}`;
    if (kind === 4) return Array.from({ length: random(5) }, () => value(depth + 1));
    return JSON.parse(`{${[...new Set(Array.from({ length: random(5) }, () => names[random(names.length)] ?? ''))].map((name) => `${JSON.stringify(name)}:${JSON.stringify(value(depth + 1))}`).join(',')}}`);
  };
  let operations = 0;
  for (let round = 0; round < 3000; round += 1) {
    const before = value(0);
    const after = value(0);
    const patch = diffStates(before, after);
    operations += patch.length;
    const next = applyPatch(before, JSON.parse(JSON.stringify(patch)));
    assert.equal(sorted(next), sorted(after), `round ${round}: ${JSON.stringify(before)} to ${JSON.stringify(after)}`);
  }
  assert.ok(operations > 3000);
});

/** Names in one order, as text: objects with an own `__proto__` compare safely. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part)
    ? Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)) : part));
}

test.run();
