import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addTask, applyEdits, type Edited, moveTask, pathAtOffset, rangeOfTask, removeTask, renameTask, replaceIdAndNamespace, setTopLevel, splitDocuments } from './index.ts';
import { parse } from './testing-parse.ts';

const after = (source: string, edited: Edited): string => {
  if ('refusal' in edited) throw new Error(edited.refusal);
  return applyEdits(source, edited.edits);
};

const source = `# first comment
id: f   # the id
namespace: a.b

tasks:
  # about one
  - id: one
    type: io.kestra.plugin.core.debug.Return
    format: |
      a {{ outputs.two.value }}
      b

  - id: seq
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: two   # comment of two
        type: io.kestra.plugin.core.debug.Return
        format: "{{ outputs['one'].value }} {{ outputs.one }}"
`;

test('a top-level key is set in place, comments stay', () => {
  assert.is(after(source, setTopLevel(source, 'disabled', true)), source.replace('namespace: a.b\n', 'namespace: a.b\ndisabled: true\n'));
  const disabled = source.replace('tasks:\n  #', 'disabled: false # why\ntasks:\n  #');
  assert.is(after(disabled, setTopLevel(disabled, 'disabled', true)), disabled.replace('disabled: false', 'disabled: true'));
  assert.is(after('id: f\r\nnamespace: a\r\n', setTopLevel('id: f\r\nnamespace: a\r\n', 'disabled', true)), 'id: f\r\nnamespace: a\r\ndisabled: true\r\n');
  assert.is(after('id: f\nnamespace: a', setTopLevel('id: f\nnamespace: a', 'disabled', true)), 'id: f\nnamespace: a\ndisabled: true');
  assert.is(after('disabled:\nid: f\n', setTopLevel('disabled:\nid: f\n', 'disabled', true)), 'disabled: true\nid: f\n');
  assert.is(after('{id: f, namespace: a}', setTopLevel('{id: f, namespace: a}', 'disabled', true)), '{disabled: true, id: f, namespace: a}');
  assert.ok('refusal' in setTopLevel('- a', 'disabled', true));
});

test('a copy gets another id and namespace', () => {
  assert.is(after(source, replaceIdAndNamespace(source, { id: 'g', namespace: 'c.d' })), source.replace('id: f ', 'id: g ').replace('a.b', 'c.d'));
  const quoted = 'id: "f"\nnamespace: \'a\'\n';
  assert.is(after(quoted, replaceIdAndNamespace(quoted, { id: '007', namespace: 'b' })), 'id: "007"\nnamespace: b\n');
});

test('the range of a task is its lines', () => {
  const range = rangeOfTask(source, 'two');
  assert.ok(range);
  assert.is(source.slice(range.from, range.to), source.slice(source.indexOf('id: two'), source.length - 1));
  assert.is(rangeOfTask(source, 'nobody'), undefined);
});

test('a task is added after, before and into', () => {
  const task = 'id: new\ntype: io.kestra.plugin.core.log.Log\nmessage: |\n  x\n  y';
  const lines = (indent: string): string => `${indent}- id: new\n${indent}  type: io.kestra.plugin.core.log.Log\n${indent}  message: |\n${indent}    x\n${indent}    y\n`;
  assert.is(after(source, addTask(source, task, { type: 'after', taskId: 'one' })), source.replace('      b\n', `      b\n${lines('  ')}`));
  assert.is(after(source, addTask(source, task, { type: 'before', taskId: 'two' })), source.replace('      - id: two', `${lines('      ')}      - id: two`));
  assert.is(after(source, addTask(source, task, { type: 'into', parent: 'seq', key: 'tasks' })), source + lines('      '));
  assert.is(after(source, addTask(source, task, { type: 'into', key: 'tasks' })), source + lines('  '));
  assert.is(after(source, addTask(source, task, { type: 'into', key: 'errors' })), `${source}errors:\n${lines('  ')}`);
  assert.is(after(source, addTask(source, task, { type: 'into', parent: 'seq', key: 'errors' })), `${source}    errors:\n${lines('      ')}`);
  assert.is(after('id: f\ntasks: []\n', addTask('id: f\ntasks: []\n', 'id: a', { type: 'into', key: 'tasks' })), 'id: f\ntasks:\n  - id: a\n');
  assert.is(after('id: f\ntasks:\n', addTask('id: f\ntasks:\n', 'id: a', { type: 'into', key: 'tasks' })), 'id: f\ntasks:\n  - id: a\n');
  assert.ok('refusal' in addTask(source, task, { type: 'after', taskId: 'nobody' }));
  assert.ok('refusal' in addTask('tasks: [{id: a}]', task, { type: 'after', taskId: 'a' }));
});

test('a list without indentation keeps its style', () => {
  const flat = 'id: f\nnamespace: a\ntasks:\n- id: a\n  type: x\n- id: b\n  type: x\n';
  assert.is(after(flat, addTask(flat, 'id: c\ntype: x', { type: 'after', taskId: 'a' })), 'id: f\nnamespace: a\ntasks:\n- id: a\n  type: x\n- id: c\n  type: x\n- id: b\n  type: x\n');
  assert.is(after(flat, removeTask(flat, 'b')), 'id: f\nnamespace: a\ntasks:\n- id: a\n  type: x\n');
});

test('a task of a Dag is wrapped', () => {
  const dag = 'tasks:\n  - id: d\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n      - task:\n          id: a\n          type: x\n';
  assert.is(after(dag, addTask(dag, 'id: b\ntype: x', { type: 'after', taskId: 'a' })), `${dag}      - task:\n          id: b\n          type: x\n`);
  assert.is(after(dag, addTask(dag, 'id: b\ntype: x', { type: 'into', parent: 'd', key: 'tasks' })), `${dag}      - task:\n          id: b\n          type: x\n`);
});

test('a task is removed with its lines only; the last of an optional list takes the key along', () => {
  assert.is(after(source, removeTask(source, 'one')), source.replace(/ {2}- id: one[\s\S]*? b\n/, ''));
  assert.is(after(source, removeTask(source, 'two')), source.slice(0, source.indexOf('    tasks:\n')) + '    tasks: []\n');
  const withErrors = 'tasks:\n  - id: a\n    type: x\nerrors:\n  - id: e\n    type: x\n';
  assert.is(after(withErrors, removeTask(withErrors, 'e')), 'tasks:\n  - id: a\n    type: x\n');
});

test('a task is moved with everything below it', () => {
  const moved = after(source, moveTask(source, 'one', { type: 'after', taskId: 'two' }));
  assert.match(moved, / {6}- id: one\n {8}type: io.kestra.plugin.core.debug.Return\n {8}format: \|\n {10}a \{\{ outputs.two.value \}\}\n {10}b\n$/);
  const up = after(source, moveTask(source, 'seq', { type: 'before', taskId: 'one' }));
  assert.equal(parse(up).outline?.tasks.map((task) => task.id), ['seq', 'one']);
  assert.ok('refusal' in moveTask(source, 'seq', { type: 'into', parent: 'two', key: 'errors' }));
  assert.equal(moveTask(source, 'one', { type: 'before', taskId: 'seq' }), { edits: [] });
});

test('a renamed task is renamed where it is used', () => {
  const renamed = after(source, renameTask(source, 'one', 'first'));
  assert.is(renamed, source.replace('id: one', 'id: first').replace("outputs['one']", "outputs['first']").replace('outputs.one', 'outputs.first'));
  assert.match(after(source, renameTask(source, 'two', 'a-b')), /outputs\['a-b'\]\.value/);
  assert.ok('refusal' in renameTask(source, 'one', 'two'));
  const dag = 'id: f\nnamespace: a\ntasks:\n  - id: d\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n      - task:\n          id: a\n          type: x\n      - task:\n          id: b\n          type: x\n        dependsOn: [a]\n';
  assert.match(after(dag, renameTask(dag, 'a', 'z')), /dependsOn: \[z\]/);
});

test('the place in the text is known for keys, values and gaps', () => {
  const at = (needle: string, offset = 1) => pathAtOffset(source, source.indexOf(needle) + offset);
  assert.equal([at('format: |')?.path, at('format: |')?.on, at('format: |')?.typed?.type], ['tasks[0].format', 'key', 'io.kestra.plugin.core.debug.Return']);
  assert.equal([at('io.kestra.plugin.core.flow')?.path, at('io.kestra.plugin.core.flow')?.on, at('io.kestra.plugin.core.flow')?.element], ['tasks[1].type', 'value', { id: 'seq', section: 'task' }]);
  assert.is(at('outputs.two')?.path, 'tasks[0].format');
  assert.is(at('id: two')?.element?.id, 'two');
});

test('on a blank line the indentation says where a new key goes', () => {
  const text = 'id: f\ntasks:\n  - id: a\n    type: x\n    \n';
  const gap = pathAtOffset(text, text.length - 1);
  assert.equal([gap?.on, gap?.path, gap?.typed?.id], ['gap', 'tasks[0]', 'a']);
  const top = 'id: f\ntasks:\n  - id: a\n    type: x\n\nlabels: {}\n';
  assert.equal(pathAtOffset(top, top.indexOf('\n\n') + 1)?.segments, []);
  const open = 'id: f\nlabels:\n  \n';
  assert.equal(pathAtOffset(open, open.length - 1)?.path, 'labels');
});

test('several flows in one text are split at their separators, one stays whole', () => {
  const [first, second] = [`id: a\nnote: |\n  --- inside\n`, 'id: b\n'];
  const parts = splitDocuments(`${first}---\n${second}`);
  assert.equal(parts.map((part) => [part.source, part.from, part.line]), [[first, 0, 1], [second, first.length + 4, 5]]);
  assert.equal(splitDocuments(`---\n${first}`).map((part) => part.source), [`---\n${first}`]);
  assert.equal(splitDocuments('# nothing\n---\n\n'), []);
});

test.run();
