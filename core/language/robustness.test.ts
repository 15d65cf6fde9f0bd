import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addTask, applyEdits, constraintsText, type Edited, graphOf, moveTask, parseFlow, pathAtOffset, removeTask, renameTask, setTopLevel, testingCatalog } from './index.ts';
import { parse, parseErrors } from './testing-parse.ts';

const catalog = testingCatalog();
const first = (source: string): string => {
  const startMs = performance.now();
  const parsed = parse(source);
  assert.is(parsed.flow, undefined);
  assert.ok(performance.now() - startMs < 4000, 'ends soon');
  return parsed.diagnostics.find((item) => item.severity === 'error')?.message ?? '';
};

test('a text of 10 MB is refused at once', () => {
  assert.match(first(`id: f\nnamespace: a\ntasks:\n${'  - x: y\n'.repeat(1_200_000)}`), /characters; at most/);
  assert.equal([parse(`id: f\nnamespace: a.b\n${'#'.repeat(10_000_000)}`)].map(({ id, namespace }) => [id, namespace]), [['f', 'a.b']]);
});

test('a billion laughs end with a diagnostic', () => {
  let bomb = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
  for (let level = 1; level < 40; level += 1) bomb += `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]\n`;
  assert.match(first(bomb), /Aliases expand to more than|Unrecognized field/);
  assert.ok(parseErrors(bomb).some((item) => /Aliases expand/.test(item.message)));
  assert.match(first('a: &a [*a]'), /Unresolved alias|Unrecognized/);
});

test('deep nesting ends with a diagnostic', () => {
  for (const deep of ['['.repeat(5_000), '['.repeat(100_000), '- '.repeat(50_000), `a: ${'{a: '.repeat(20_000)}`, '? '.repeat(20_000)]) {
    assert.ok(parseErrors(deep).some((item) => /nested more than 200|tokens/.test(item.message)), deep.slice(0, 10));
  }
});

test('texts of brackets, tags, quotes and separators end soon', () => {
  for (const odd of ['[]{}'.repeat(300_000), '!a '.repeat(300_000), `a: "${'\\x41'.repeat(300_000)}`, '---\n'.repeat(50_000), '%\n'.repeat(50_000), ':'.repeat(300_000), `[${'[],'.repeat(500_000)}]`]) first(odd);
});

test('tabs, control characters and halves of characters are named', () => {
  const tab = parseErrors('id: f\nnamespace: a\ntasks:\n\t- id: x\n').find((item) => /Tabs/.test(item.message));
  assert.equal([tab?.line, tab?.remedy], [4, 'Indent with spaces.']);
  assert.ok(parseErrors('id: f\u0000\nnamespace: a').some((item) => /control character U\+0000/.test(item.message)));
  assert.ok(parseErrors('id: f\nnamespace: a\ndescription: \ud800 x').some((item) => /unpaired surrogate, U\+D800/.test(item.message)));
});

test('a text that is no map says what a flow is', () => {
  assert.is(first(''), 'The flow is empty');
  assert.is(first('# only a comment'), 'The flow is empty');
  assert.match(first('hello'), /A flow is a map of "id", "namespace" and "tasks", found `hello`/);
  assert.match(first('- a'), /found a list/);
  assert.ok(parseErrors('id: a\nnamespace: b\n---\nid: c\nnamespace: d').some((item) => /second document/.test(item.message) && item.line === 4));
});

test('many problems are counted, not listed without end', () => {
  const source = `id: f\nnamespace: a\ntasks:\n${Array.from({ length: 1000 }, () => '  - id: x\n    type: no.such.Type\n').join('')}`;
  const { diagnostics } = parse(source);
  assert.is(diagnostics.length, 201);
  assert.match(diagnostics.at(-1)?.message ?? '', /more problems are not listed/);
});

test('a flow of 10,000 lines is read in about 300 ms, five times that on a loaded machine', () => {
  let source = 'id: big\nnamespace: a.b\ninputs:\n  - {id: x, type: STRING}\ntasks:\n';
  for (let index = 0; source.split('\n').length < 10_000; index += 20) {
    for (let task = index; task < index + 20; task += 1) {
      source += `  - id: seq_${task}\n    type: io.kestra.plugin.core.flow.Sequential\n    tasks:\n      - id: log_${task}\n        type: io.kestra.plugin.core.log.Log\n        message: "Hello {{ inputs.x }} {{ outputs.log_${task}.value ?? '' }}"\n        # a comment\n      - id: ret_${task}\n        type: io.kestra.plugin.core.debug.Return\n        format: |\n          text {{ inputs.x }}\n`;
    }
  }
  const times: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const startMs = performance.now();
    const parsed = parseFlow(source, { catalog, level: '1.x' });
    graphOf(parsed);
    times.push(performance.now() - startMs);
    assert.equal(parsed.diagnostics, []);
  }
  // The best of several rounds: other work on the machine makes single rounds slower, never faster.
  assert.ok(Math.min(...times) < 1500, `took ${times.map(Math.round).join(', ')} ms`);
});

/** Texts that look like flows, with everything that can go wrong in one. */
const pieces = fc.constantFrom('id: f', 'namespace: a.b', 'tasks:', '  - id: x', '    type: io.kestra.plugin.core.log.Log', '    message: "{{ outputs.x', '  - id: y', '    type: io.kestra.plugin.core.flow.Dag', '    tasks:', '      - task:', '          id: z', '    retry: {type: constant}', 'inputs: [', ']', '- ', '\t', '"', "'", '{', '}', ': ', '&a', '*a', '<<: *a', '|', '>', '---', '# c', 'triggers:', 'pluginDefaults: [{type: io.kestra, values: {a: 1}}]', 'errors: 5', '? x', '!!str', '\ud800', '\u0000', '\r\n', '{{', '%}', '__proto__: x');
const flowish = fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 30 }).chain((lines) => fc.constantFrom('\n', '\r\n', ' ').map((separator) => lines.join(separator)));

test('reading never throws, and diagnostics lie within the text', () => {
  fc.assert(fc.property(fc.oneof(flowish, fc.string({ unit: 'binary', maxLength: 200 })), (source) => {
    const parsed = parse(source);
    graphOf(parsed);
    for (const { from, to, line, column } of parsed.diagnostics) assert.ok(from >= 0 && from <= to && to <= source.length && line >= 1 && column >= 1);
    assert.is(parsed.flow === undefined, constraintsText(parsed.diagnostics) !== undefined);
    pathAtOffset(source, Math.floor(source.length / 2));
    for (const edited of [setTopLevel(source, 'disabled', true), renameTask(source, 'x', 'q'), removeTask(source, 'x'), addTask(source, 'id: n\ntype: t', { type: 'into', key: 'tasks' }), moveTask(source, 'x', { type: 'after', taskId: 'y' })]) {
      if ('edits' in edited) applyEdits(source, edited.edits);
    }
  }), { numRuns: 400 });
});

interface Line {
  readonly text: string;
}

/** Correct flows with comments, blank lines and nesting. */
const taskTree = fc.letrec<{ tasks: readonly (readonly Line[])[]; task: readonly Line[] }>((tie) => ({
  tasks: fc.array(tie('task'), { minLength: 1, maxLength: 3, depthIdentifier: 'tree' }),
  task: fc.oneof({ depthIdentifier: 'tree', maxDepth: 3 },
    fc.constantFrom('format: x # note', 'format: |\n  one\n\n  two', 'format: "{{ 1 }}"').map((property) => ['id: ID', 'type: io.kestra.plugin.core.debug.Return', ...property.split('\n')].map((text) => ({ text }))),
    tie('tasks').map((tasks) => [...['id: ID', 'type: io.kestra.plugin.core.flow.Sequential', '# children', 'tasks:'].map((text) => ({ text })), ...tasks.flatMap((lines) => lines.map(({ text }, index) => ({ text: text === '' ? '' : `  ${index === 0 ? '- ' : '  '}${text}` })))])),
}));
const flows = taskTree.tasks.map((tasks) => {
  let count = 0;
  const lines = tasks.flatMap((task) => ['', '  # before', ...task.map(({ text }, index) => (text === '' ? '' : `  ${index === 0 ? '- ' : '  '}${text}`))]);
  return { source: `id: f\nnamespace: a.b\ntasks:${lines.join('\n')}\n`.replace(/id: ID/g, () => `id: t${count++}`), count: () => count };
});

test('edits keep every line that they do not speak of, and leave a flow that reads', () => {
  let reached = 0;
  fc.assert(fc.property(flows, fc.nat(), fc.nat(), ({ source, count }, a, b) => {
    assert.equal(parseErrors(source).map((item) => item.message), [], source);
    const [one, other] = [`t${a % count()}`, `t${b % count()}`];
    const lines = source.split('\n');
    const keepsLines = (edited: Edited, all: boolean): string => {
      if ('refusal' in edited) throw new Error(edited.refusal);
      const result = applyEdits(source, edited.edits);
      const left = result.split('\n').map((line) => line.trim());
      // Every line is still there (all), or the rest is a subsequence of what was there.
      const [few, many] = all ? [lines.map((line) => line.trim()), left] : [left.filter((line) => !/^(?:tasks:|- id: n|type: t).*$/.test(line)), lines.map((line) => line.trim())];
      let at = 0;
      for (const line of few) {
        while (at < many.length && many[at] !== line) at += 1;
        assert.ok(at < many.length, `the line "${line}" is lost in:\n${result}`);
        at += 1;
      }
      return result;
    };
    assert.equal(parseErrors(keepsLines(setTopLevel(source, 'disabled', true), true)), []);
    assert.equal(parseErrors(keepsLines(addTask(source, 'id: n\ntype: io.kestra.plugin.core.debug.Return', { type: 'after', taskId: one }), true)), []);
    keepsLines(removeTask(source, one), false);
    const moved = moveTask(source, one, { type: 'after', taskId: other });
    if ('edits' in moved && moved.edits.length > 0) {
      reached += 1;
      const result = applyEdits(source, moved.edits);
      assert.equal(result.split('\n').map((line) => line.trim()).filter((line) => !line.startsWith('tasks:') && line !== '').toSorted(), lines.map((line) => line.trim()).filter((line) => !line.startsWith('tasks:') && line !== '').toSorted());
      assert.equal(parseErrors(result).filter((item) => item.message !== 'must not be empty'), [], result);
    }
    assert.equal(parseErrors(applyEdits(source, (renameTask(source, one, 'renamed') as { edits: [] }).edits)), []);
  }), { numRuns: 150 });
  assert.ok(reached > 10, 'tasks were moved');
});

test.run();
