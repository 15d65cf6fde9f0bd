import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkInputs, type InputModel, inputsOfData, type InputsRequest, resolveInputs, typedOutput } from './index.ts';
import { parse } from './testing-parse.ts';

/** Inputs as a flow declares them, one flow map a line. */
function inputs(...lines: readonly string[]): readonly InputModel[] {
  const parsed = parse(`id: f\nnamespace: a\ninputs:\n${lines.map((line) => `  - {${line}}\n`).join('')}tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n`);
  if (parsed.flow === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.flow.inputs;
}

const value = (line: string, given: unknown, more: Partial<InputsRequest> = {}): unknown => {
  const result = resolveInputs({ inputs: inputs(`id: x, ${line}`), values: given === undefined ? {} : { x: given }, ...more });
  if ('problems' in result) throw new Error(result.problems[0]?.message);
  return result.values['x'];
};
const problem = (line: string, given: unknown, more: Partial<InputsRequest> = {}): string => {
  const result = resolveInputs({ inputs: inputs(`id: x, ${line}`), values: given === undefined ? {} : { x: given }, ...more });
  return 'problems' in result ? (result.problems[0]?.message ?? '') : `resolved to ${JSON.stringify(result.values)}`;
};

test('texts of a form become values of their type', () => {
  assert.is(value('type: STRING', 'a'), 'a');
  assert.is(value('type: INT', '42'), 42);
  assert.is(value('type: FLOAT', '42.42'), 42.42);
  assert.is(value('type: BOOLEAN', 'TRUE'), true);
  assert.is(value('type: BOOLEAN', 'yes'), false);
  assert.is(value('type: DATETIME', '2019-10-06T18:27:49Z'), '2019-10-06T18:27:49Z');
  assert.is(value('type: DATETIME', '2019-10-06T18:27:49.5+02:00'), '2019-10-06T16:27:49.500Z');
  assert.is(value('type: DATE', '2019-10-06'), '2019-10-06');
  assert.is(value('type: TIME', '18:27'), '18:27:00');
  assert.is(value('type: DURATION', 'PT5M6S'), 'PT5M6S');
  assert.equal(value('type: JSON', '{"a": "b"}'), { a: 'b' });
  assert.equal(value('type: YAML', 'some: property\nalist:\n- of\n- values'), { some: 'property', alist: ['of', 'values'] });
  assert.is(value('type: URI', 'https://www.google.com'), 'https://www.google.com');
  assert.is(value('type: EMAIL', 'a@b.co'), 'a@b.co');
  assert.equal(value('type: ARRAY, itemType: INT', '[1, 2, 3]'), [1, 2, 3]);
  assert.equal(value('type: MULTISELECT, values: [a, b]', '["a"]'), ['a']);
  assert.is(value('type: FILE', 'kestra:///a/b'), 'kestra:///a/b');
});

test('values that have their type already are taken', () => {
  assert.is(value('type: INT', 42), 42);
  assert.equal(value('type: JSON', { a: 1 }), { a: 1 });
  assert.is(value('type: STRING', 5), '5');
  assert.equal(value('type: ARRAY, itemType: STRING', [1, 'b']), ['1', 'b']);
});

test('a missing required input is refused in the words of the API', () => {
  assert.is(problem('type: STRING', undefined), 'Invalid input for `x`, missing required input, but received `null`');
});

test('a missing optional input is present with null; a BOOL is false', () => {
  assert.is(value('type: STRING, required: false', undefined), null);
  assert.is(value('type: BOOL, required: false', undefined), false);
});

test('an empty text is a value for STRING, and nothing for other types', () => {
  assert.is(value('type: STRING', ''), '');
  assert.is(value('type: INT, required: false', ''), null);
});

test('values of a wrong type are refused with what was expected', () => {
  assert.is(problem('type: INT', 'a'), 'Invalid input for `x`, Expected `INT` but received `a` with errors: `For input string: "a"`, but received `a`');
  assert.match(problem('type: INT', '99999999999999999999'), /out of range/);
  assert.match(problem('type: FLOAT', '1,5'), /Expected `FLOAT` but received `1,5`/);
  assert.match(problem('type: DATETIME', '2019-10-06T18:27:49'), /Expected `DATETIME`/);
  assert.match(problem('type: DATE', '2019-02-30'), /Expected `DATE`/);
  assert.match(problem('type: TIME', '25:00'), /Expected `TIME`/);
  assert.match(problem('type: DURATION', '5m'), /Expected `DURATION`/);
  assert.match(problem('type: JSON', '{'), /Expected `JSON`/);
  assert.match(problem('type: YAML', 'a: [b'), /Expected `YAML`/);
  assert.is(problem('type: URI', 'google'), 'Invalid input for `x`, Expected `URI` but received `google`, but received `google`');
  assert.match(problem('type: EMAIL', 'a@b'), /Expected `EMAIL`/);
  assert.is(problem('type: ARRAY, itemType: INT', '["s1", "s2"]'), 'Invalid input for `x`, Unable to parse array element as `INT` on `s1`, but received `["s1", "s2"]`');
  assert.match(problem('type: FILE', 'text'), /Expected `FILE`/);
});

test('validators match the whole text', () => {
  assert.is(value("type: STRING, validator: 'A\\d+'", 'A123'), 'A123');
  assert.is(problem("type: STRING, validator: 'A\\d+'", 'xA123'), 'Invalid input for `x`, it must match the pattern `A\\d+`, but received `xA123`');
});

test('bounds are inclusive', () => {
  assert.is(value('type: INT, min: 10, max: 20', '10'), 10);
  assert.is(problem('type: INT, min: 10, max: 20', '9'), 'Invalid input for `x`, it must be more than `10`, but received `9`');
  assert.is(problem('type: INT, min: 10, max: 20', '21'), 'Invalid input for `x`, it must be less than `20`, but received `21`');
  assert.is(problem('type: FLOAT, max: 0.5', '0.51'), 'Invalid input for `x`, it must be less than `0.5`, but received `0.51`');
  assert.is(problem('type: DURATION, min: PT10S', 'PT1S'), 'Invalid input for `x`, It must be more than `PT10S`, but received `PT1S`');
  assert.is(problem('type: DATE, after: 2023-01-01', '2022-01-01'), 'Invalid input for `x`, it must be after `2023-01-01`, but received `2022-01-01`');
  assert.is(value('type: DATE, after: 2023-01-01', '2023-01-01'), '2023-01-01');
  assert.is(problem('type: DATETIME, before: "2023-12-31T23:59:59Z"', '2024-01-01T00:00:00Z'), 'Invalid input for `x`, it must be before `2023-12-31T23:59:59Z`, but received `2024-01-01T00:00:00Z`');
  assert.is(problem('type: DATETIME, before: "2023-12-31T23:59:59Z"', '2023-12-31T23:59:59.001Z'), 'Invalid input for `x`, it must be before `2023-12-31T23:59:59Z`, but received `2023-12-31T23:59:59.001Z`');
  assert.is(problem('type: TIME, before: "11:59:59"', '14:00:00'), 'Invalid input for `x`, it must be before `11:59:59`, but received `14:00:00`');
});

test('choices are checked when required, unless others may be typed', () => {
  assert.is(problem('type: ENUM, values: [A, B]', 'C'), 'Invalid input for `x`, it must match the values `[A, B]`, but received `C`');
  assert.is(value('type: ENUM, values: [A, B], required: false', 'C'), 'C');
  assert.is(value('type: SELECT, values: [A, B], allowCustomValue: true', 'C'), 'C');
  assert.match(problem('type: MULTISELECT, values: [A, B]', '["A", "C"]'), /it must match the values `\[A, B\]`/);
});

test('a SELECT expression is rendered and must be a list', () => {
  assert.is(value('type: SELECT, expression: "{{ list }}"', 'b', { renderTyped: () => ['a', 'b'] }), 'b');
  assert.match(problem('type: SELECT, expression: "{{ list }}"', 'c', { renderTyped: () => ['a', 'b'] }), /it must match the values `\[a, b\]`/);
  assert.match(problem('type: SELECT, expression: "{{ list }}"', 'c', { renderTyped: () => 'text' }), /expected a list/);
  assert.is(value('type: SELECT, autoSelectFirst: true, expression: "{{ list }}"', undefined, { renderTyped: () => ['a', 'b'] }), 'a');
});

test('defaults are typed; their expressions are rendered unless the level forbids it', () => {
  assert.is(value('type: INT, defaults: 3', undefined), 3);
  assert.is(value("type: STRING, defaults: ''", undefined), '');
  assert.equal(value('type: YAML, defaults: {a: [1]}', undefined), { a: [1] });
  assert.is(value('type: INT, defaults: "{{ 1 + 1 }}"', undefined, { renderTyped: () => 2 }), 2);
  assert.is(value('type: STRING, defaults: "{{ x }}"', undefined, { renderTyped: () => 2, rendersDefaults: false }), '{{ x }}');
  assert.match(problem('type: STRING, defaults: "{{ x }}"', undefined, { renderTyped: () => { throw new Error('no x'); } }), /no x/);
  assert.is(value('type: DATE, defaults: 2024-01-02', undefined), '2024-01-02');
});

test('a disabled input is left out, and what depends on it too', () => {
  const declared = inputs('id: a, type: BOOLEAN', 'id: b, type: STRING, dependsOn: {inputs: [a], condition: "{{ inputs.a }}"}', 'id: c, type: STRING, dependsOn: {inputs: [b]}');
  const renderTyped = (_: string, so: Readonly<Record<string, unknown>>): unknown => so['a'];
  assert.equal(resolveInputs({ inputs: declared, values: { a: 'false' }, renderTyped }), { values: { a: false } });
  assert.equal(resolveInputs({ inputs: declared, values: { a: 'true', b: 'x', c: 'y' }, renderTyped }), { values: { a: true, b: 'x', c: 'y' } });
  assert.equal(checkInputs({ inputs: declared, values: { a: 'false' }, renderTyped }).map((item) => item.enabled), [true, false, false]);
  assert.equal(resolveInputs({ inputs: declared, values: { a: 'true' }, renderTyped: () => 'true' }), { values: { a: true } }, 'a condition has to be exactly true');
});

test('an input may depend on a later one', () => {
  const declared = inputs('id: b, type: STRING, dependsOn: {inputs: [a], condition: "{{ inputs.a }}"}', 'id: a, type: BOOLEAN');
  assert.equal(resolveInputs({ inputs: declared, values: { a: 'true', b: 'x' }, renderTyped: (_, so) => so['a'] }), { values: { b: 'x', a: true } });
});

test('dotted ids become nested values, and nested values are found by them', () => {
  const declared = inputs('id: nested.string, type: STRING', 'id: nested.more.int, type: INT', 'id: nested.bool, type: BOOLEAN, required: false');
  const expected = { values: { nested: { string: 'a', more: { int: 1 }, bool: null } } };
  assert.equal(resolveInputs({ inputs: declared, values: { 'nested.string': 'a', 'nested.more.int': '1' } }), expected);
  assert.equal(resolveInputs({ inputs: declared, values: { nested: { string: 'a', more: { int: 1 } } } }), expected);
});

test('a FILE comes as an uploaded file', () => {
  assert.is(value('type: FILE', undefined, { files: { x: 'kestra:///up' } }), 'kestra:///up');
});

test('a SECRET is encrypted, never repeated in a message, and refused without a key', () => {
  const encrypt = (plain: string): unknown => ({ type: 'io.kestra.datatype:aes_encrypted', value: [...plain].reverse().join('') });
  assert.equal(value('type: SECRET', 'abc', { encrypt }), { type: 'io.kestra.datatype:aes_encrypted', value: 'cba' });
  const refused = problem("type: SECRET, validator: 'A+'", 'topsecret', { encrypt });
  assert.match(refused, /it must match the pattern/);
  assert.not.match(refused, /topsecret/);
  assert.match(problem('type: SECRET', 'topsecret'), /encryption key/);
  assert.is(value('type: SECRET, required: false', undefined), null);
  assert.equal(checkInputs({ inputs: inputs('id: x, type: SECRET'), values: { x: 'topsecret' }, encrypt })[0]?.value, '******');
});

test('the dialog sees every problem, the API the first', () => {
  const declared = inputs('id: a, type: INT', 'id: b, type: INT', 'id: c, type: INT, defaults: 3');
  const checked = checkInputs({ inputs: declared, values: { a: 'x' } });
  assert.equal(checked.map((item) => [item.input, item.errors.length, item.isDefault, item.value]), [['a', 1, false, undefined], ['b', 1, true, undefined], ['c', 0, true, 3]]);
});

test('names such as __proto__ are plain members', () => {
  const declared: readonly InputModel[] = [{ id: '__proto__.polluted', type: 'STRING', required: true }];
  const result = resolveInputs({ inputs: declared, values: { '__proto__.polluted': 'x' } });
  assert.ok('values' in result);
  assert.is(({} as Record<string, unknown>)['polluted'], undefined);
});

test('inputs of a Pause are read from the data of its task', () => {
  const declared = inputsOfData([{ id: 'ok', type: 'BOOL' }, { name: 'why', type: 'SELECT', values: ['a', 1], required: false, dependsOn: { inputs: ['ok'] } }, { id: 'bad' }]);
  assert.equal(declared, [{ id: 'ok', type: 'BOOL', required: true }, { id: 'why', type: 'SELECT', required: false, dependsOn: { inputs: ['ok'] }, values: ['a', '1'] }]);
  assert.equal(inputsOfData(undefined), []);
});

test('flow outputs are typed, texts from lists and maps are JSON', () => {
  assert.equal(typedOutput('STRING', { a: 1 }), { value: '{"a":1}' });
  assert.equal(typedOutput('INT', '5'), { value: 5 });
  assert.equal(typedOutput('JSON', '[1]'), { value: [1] });
  assert.ok('error' in typedOutput('INT', 'x'));
  assert.equal(typedOutput('STRING', null), { value: null });
});

test('a JSON input has to fit its schema', () => {
  const line = 'type: JSON, jsonSchema: {type: object, required: [name], properties: {name: {type: string, minLength: 2}, age: {type: integer, minimum: 0}, tags: {type: array, items: {enum: [a, b]}, uniqueItems: true}}, additionalProperties: false}';
  assert.equal(value(line, '{"name": "Ada", "age": 36, "tags": ["a"]}'), { name: 'Ada', age: 36, tags: ['a'] });
  for (const [given, reason] of [
    ['{}', '$ must have the member `name`'], ['{"name": "A"}', '$.name must have at least 2 characters, found 1'], ['{"name": "Ada", "age": -1}', '$.age must be at least 0, found -1'], ['{"name": "Ada", "age": 1.5}', '$.age must be of type integer, found number'],
    ['{"name": "Ada", "tags": ["a", "c"]}', '$.tags[1] must be one of ["a","b"]'], ['{"name": "Ada", "tags": ["a", "a"]}', '$.tags must not have the same item twice'], ['{"name": "Ada", "x": 1}', '$ must not have the member `x`'], ['[1]', '$ must be of type object, found array'],
  ] as const) assert.ok(problem(line, given).startsWith(`Invalid input for \`x\`, it must fit its \`jsonSchema\`: ${reason}, but received`), problem(line, given));
  assert.is(value('type: JSON, jsonSchema: {anyOf: [{type: string}, {$ref: "#/$defs/n"}], $defs: {n: {type: number, multipleOf: 0.1}}}', 0.3), 0.3);
  assert.match(problem('type: JSON, jsonSchema: {$ref: "#"}', '1'), /refers to itself/);
  assert.match(problem("type: JSON, jsonSchema: {type: string, pattern: '^(a+)+$'}", JSON.stringify(`${'a'.repeat(5000)}!`)), /must match the pattern/);
});

test('a FILE is taken only with the endings that are allowed', () => {
  assert.is(value('type: FILE, allowedFileExtensions: [".csv", .TXT]', undefined, { files: { x: 'kestra:///a/data.CSV' } }), 'kestra:///a/data.CSV');
  assert.is(value('type: FILE, accept: "text/csv"', undefined, { files: { x: 'kestra:///a/data.bin' } }), 'kestra:///a/data.bin');
  assert.is(problem('type: FILE, accept: [".csv"]', undefined, { files: { x: 'kestra:///a/b.json' } }), 'Invalid input for `x`, it must be a file whose name ends with `.csv`, but received `kestra:///a/b.json`');
});

test('choices may have labels; expressions see the values', () => {
  assert.equal(inputs('id: x, type: SELECT, values: [{label: The first, value: a}, b]')[0], { id: 'x', type: 'SELECT', required: true, values: ['a', 'b'], valueLabels: { a: 'The first' } });
  assert.is(value('type: SELECT, expression: "{{ list }}"', 'a', { renderTyped: () => [{ label: 'The first', value: 'a' }] }), 'a');
});

test('a FORM is spread out to its leaves, which know it', () => {
  const declared = inputs('id: who, type: FORM, displayName: Who, inputs: [{id: name, type: STRING}, {id: age, type: INT, dependsOn: {inputs: [who.name]}}]');
  assert.equal(declared.map((input) => [input.id, input.form]), [['who.name', { id: 'who', displayName: 'Who' }], ['who.age', { id: 'who', displayName: 'Who' }]]);
  assert.equal(resolveInputs({ inputs: declared, values: { who: { name: 'Ada', age: '36' } } }), { values: { who: { name: 'Ada', age: 36 } } });
});

test.run();
