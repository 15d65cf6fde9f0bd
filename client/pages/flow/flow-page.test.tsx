/** The pure halves of the flow page: differences, whose lines they are, what a publish changes, the source behind a node. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFlow, testingCatalog, type FlowModel } from '../../../core/language/index.ts';
import { renderView } from '../../components/view.ts';
import { DiffView } from './diff-view.tsx';
import { effectsOf, textWith } from './effects.ts';
import { elementOf } from './element-source.ts';
import { besides, lineAuthors, lineDiff } from './line-diff.ts';

const source = `id: all
namespace: pages
inputs:
  - {id: who, type: STRING, defaults: world}
tasks:
  - id: first
    type: io.kestra.plugin.core.log.Log
    message: |
      one

      two
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [1, 2]
    tasks:
      - id: inner
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.value }}"
triggers:
  # the old one
  - type: io.kestra.plugin.core.trigger.Schedule
    id: hourly
    cron: "5 * * * *"

  - id: called
    type: io.kestra.plugin.core.trigger.Webhook
    key: secret
`;
const flowOf = (text: string): FlowModel => {
  const { flow, diagnostics } = parseFlow(text, { catalog: testingCatalog(), level: '1.x' });
  if (flow === undefined) throw new Error(JSON.stringify(diagnostics));
  return flow;
};
const effects = (after: string): readonly string[] => effectsOf(flowOf(source), flowOf(after)).map((effect) => `${effect.text}${effect.detail === undefined ? '' : ` (${effect.detail})`}`);

test('a difference folds what is equal and far away, and keeps the numbers of both sides', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');
  const lines = lineDiff(before, before.replace('line 10', 'other 10\nmore'));
  assert.equal(lines.map((line) => (line.type === 'fold' ? `fold ${line.count}` : `${line.type} ${line.text}`)), [
    'fold 6', 'same line 7', 'same line 8', 'same line 9', 'removed line 10', 'added other 10', 'added more', 'same line 11', 'same line 12', 'same line 13', 'fold 7',
  ]);
  const last = lines.find((line) => line.type === 'same' && line.text === 'line 13');
  assert.equal(last, { type: 'same', old: 13, fresh: 14, text: 'line 13' });
});

test('side by side: what was removed stands beside what came in its place, a gap where nothing did', () => {
  const pairs = besides(lineDiff('a\nb\nc', 'a\nx\ny\nc'));
  assert.equal(pairs.map((pair) => (pair.type === 'fold' ? 'fold' : `${pair.old?.text ?? '-'}|${pair.fresh?.text ?? '-'}`)), ['a|a', 'b|x', '-|y', 'c|c']);
});

test('a line is its writer\'s, or that of whoever changed it in this revision', () => {
  const ada = { id: 'ada' };
  const tom = { id: 'tom' };
  const text = 'id: a\n  rows: 600\n\nend';
  const ranges = [{ from: 0, to: 16, author: ada }, { from: 16, to: 18, author: tom }, { from: 18, to: text.length, author: ada }];
  assert.equal(lineAuthors(text, ranges), [ada, ada, ada, ada]);
  assert.equal(lineAuthors(text, ranges, [tom]), [ada, tom, ada, ada]);
  assert.equal(lineAuthors(text, [], [tom]), [undefined, undefined, undefined, undefined]);
});

test('texts of a flow are text in a difference, never markup', () => {
  const evil = '<img src=x onerror=alert(1)>';
  for (const mode of ['inline', 'side'] as const) {
    const html = renderView(DiffView({ mode, lines: lineDiff('a', evil), label: evil, heads: [evil, evil], oldAuthors: [], freshAuthors: [{ id: '1', name: evil, kind: 'person', color: 1 }] }));
    assert.not.match(html, /<img/);
    assert.match(html, /&lt;img/);
  }
});

test('a publish says in words what it changes: tasks, triggers with their times, inputs, the rest', () => {
  assert.equal(effects(source), []);
  assert.equal(effects(`# a comment\n${source}`), []);
  assert.equal(effects(source.replace('"5 * * * *"', '"5,35 * * * *"')), ['hourly: At 5 and 35 minutes past the hour (was At 5 minutes past the hour)']);
  assert.equal(effects(source.replace('id: inner', 'id: other')), ['1 task more (other)', '1 task less (inner)']);
  assert.equal(effects(source.replace('one\n', 'uno\n')), ['1 task does something else (first)']);
  assert.equal(effects(source.replace(', defaults: world', '')), ['who has to be given (who starts it without gets a refusal)']);
  assert.equal(effects(`${source}labels:\n  team: data\ndisabled: true\n`), ['The flow is switched off (nothing starts it any more)', 'Other labels']);
  assert.equal(effectsOf(undefined, flowOf(source)).map((effect) => effect.text), ['It can be run from now on', 'hourly starts it', 'called starts it']);
});

test('the text of the chosen changes is the base with only those', () => {
  const author = { id: 'a', name: 'A', kind: 'person', color: 1 } as const;
  const hunks = [
    { id: 'one', version: 'v1', author, baseLine: 2, draftLine: 2, removed: ['b'], added: ['B', 'bb'], at: '' },
    { id: 'two', version: 'v2', author, baseLine: 4, draftLine: 5, removed: [], added: ['new'], at: '' },
  ];
  assert.is(textWith('a\nb\nc\nd', hunks, new Set()), 'a\nB\nbb\nc\nnew\nd');
  assert.is(textWith('a\nb\nc\nd', hunks, new Set(['one'])), 'a\nb\nc\nnew\nd');
  assert.is(textWith('a\nb\nc\nd', hunks, new Set(['one', 'two'])), 'a\nb\nc\nd');
  assert.is(textWith('', [{ id: 'all', version: 'v', author, baseLine: 1, draftLine: 1, removed: [], added: ['a'], at: '' }], new Set()), 'a');
});

test('a node leads to the source of its task or trigger, moved to the left edge, with its line', () => {
  assert.equal(elementOf(source, 'root.each.inner'), { id: 'inner', line: 16, text: 'id: inner\ntype: io.kestra.plugin.core.log.Log\nmessage: "{{ taskrun.value }}"' });
  assert.is(elementOf(source, 'root.first')?.text, 'id: first\ntype: io.kestra.plugin.core.log.Log\nmessage: |\n  one\n\n  two');
  assert.equal(elementOf(source, 'root.Triggers.hourly'), { id: 'hourly', line: 21, text: 'type: io.kestra.plugin.core.trigger.Schedule\nid: hourly\ncron: "5 * * * *"' });
  assert.is(elementOf(source, 'root.Triggers.called')?.text, 'id: called\ntype: io.kestra.plugin.core.trigger.Webhook\nkey: secret');
  assert.is(elementOf(source, 'root.nowhere'), undefined);
  assert.is(elementOf(source, 'root.Triggers.nowhere'), undefined);
});

test.run();
