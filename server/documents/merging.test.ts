import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RevisionAuthor } from '../../core/protocol/entities/flow.ts';
import { seededRandom } from '../ambient/index.ts';
import { withDisabled } from './flow-facts.ts';
import { composeWithout, draftHunks, type ScriptSegment } from './hunks.ts';
import { IdRanges } from './id-ranges.ts';
import { authoredEdits, carryAuthors, rangesWithCarriageReturns, rangesWithoutCarriageReturns } from './ranges.ts';
import { applyEdits, textEdits } from './text-edits.ts';
import { mergeTexts } from './three-way-merge.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}`);
const random = seededRandom(seed);
const below = (count: number): number => Math.floor(random() * count);
const words = ['id: a\n', 'tasks:\n', '  - id: x\n', '    message: hello\n', '\n', '# note\n', '🙂 smile\n', 'last line'];
const randomText = (): string => Array.from({ length: below(12) }, () => words[below(words.length)]).join('');
const mutated = (text: string): string => {
  let result = text;
  for (let count = below(4); count > 0; count -= 1) {
    const at = below(result.length + 1);
    result = random() < 0.5 ? result.slice(0, at) + (words[below(words.length)] ?? '') + result.slice(at) : result.slice(0, at) + result.slice(at + below(12));
  }
  // Cuts in the middle of a pair are not what this is about.
  return result.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');
};
const author = (id: string): RevisionAuthor => ({ id, name: id, kind: 'person', color: 1 });

test('edits lead from one text to the other and never split a surrogate pair', () => {
  for (let round = 0; round < 2000; round += 1) {
    const before = mutated(randomText());
    const after = mutated(before);
    const edits = textEdits(before, after);
    assert.is(applyEdits(before, edits), after, `seed ${seed}`);
    for (const edit of edits) for (const at of [edit.from, edit.to]) {
      const code = before.charCodeAt(at);
      assert.not(at > 0 && code >= 0xdc00 && code <= 0xdfff, `seed ${seed}: an edit splits a pair`);
    }
  }
});

test('a merge with one side unchanged is the other side, and of twice the same change is that change', () => {
  for (let round = 0; round < 1000; round += 1) {
    const base = randomText();
    const other = mutated(base);
    assert.is(mergeTexts({ base, sent: other, draft: base }), other);
    assert.is(mergeTexts({ base, sent: base, draft: other }), other);
    assert.is(mergeTexts({ base, sent: other, draft: other }), other);
  }
});

test('what was typed in the draft is in the merge, whatever was sent', () => {
  for (let round = 0; round < 1000; round += 1) {
    const base = randomText();
    const at = below(base.length + 1);
    const typed = `<typed ${round}>`;
    const draft = (base.slice(0, at) + typed + base.slice(at)).replace(/[\ud800-\udbff](?=<)/g, '').replace(/(?<=>)[\udc00-\udfff]/g, '');
    const merged = mergeTexts({ base, sent: mutated(base), draft });
    // An astral character that was cut for this test may be aligned anew: look for the letters in order.
    let index = 0;
    for (const letter of merged) if (letter === typed[index]) index += 1;
    assert.ok(merged.includes(typed) || index === typed.length, `seed ${seed}: ${JSON.stringify({ base, draft, merged })}`);
  }
});

test('two people change different lines: both changes are there, once', () => {
  const base = 'a: 1\nb: 2\nc: 3\n';
  assert.is(mergeTexts({ base, sent: 'a: 9\nb: 2\nc: 3\n', draft: 'a: 1\nb: 2\nc: 8\nd: 4\n' }), 'a: 9\nb: 2\nc: 8\nd: 4\n');
  assert.is(mergeTexts({ base, sent: `${base}d: 4\n`, draft: `${base}e: 5\n` }), `${base}e: 5\nd: 4\n`);
  assert.is(mergeTexts({ base: '', sent: 'foo(x, y)', draft: 'foo(x)' }), 'foo(x, y)');
});

test('runs of ids are cut where values change, and a known run keeps its value', () => {
  const runs = new IdRanges<string>((left, right) => left === right);
  runs.add({ client: 1, clock: 10, length: 5, value: 'a' });
  runs.add({ client: 1, clock: 12, length: 6, value: 'b' });
  runs.add({ client: 1, clock: 5, length: 5, value: 'a' });
  assert.equal([...runs.pieces(1, 0, 20)], [
    { clock: 0, length: 5, value: undefined }, { clock: 5, length: 10, value: 'a' }, { clock: 15, length: 3, value: 'b' }, { clock: 18, length: 2, value: undefined },
  ]);
  assert.equal([...runs.pieces(2, 0, 1)], [{ clock: 0, length: 1, value: undefined }]);
  const known = new Map<number, string>();
  const many = new IdRanges<string>((left, right) => left === right);
  for (let round = 0; round < 3000; round += 1) {
    const [clock, length, value] = [below(300), 1 + below(5), ['x', 'y', 'z'][below(3)] ?? 'x'];
    many.add({ client: 7, clock, length, value });
    for (let at = clock; at < clock + length; at += 1) if (!known.has(at)) known.set(at, value);
  }
  for (const piece of many.pieces(7, 0, 310)) for (let at = piece.clock; at < piece.clock + piece.length; at += 1) assert.is(piece.value, known.get(at), `seed ${seed}`);
});

test('a text composed without any hunk is the base, with all hunks the draft; each hunk stands alone', () => {
  let hunksSeen = 0;
  for (let round = 0; round < 500; round += 1) {
    const base = randomText();
    // A script made by chance, as the document would give it: kept, inserted and deleted runs by three people.
    const script: ScriptSegment[] = [];
    let draft = '';
    for (let at = 0; at < base.length;) {
      const length = 1 + below(15);
      const piece = base.slice(at, at + length);
      const who = author(['ada', 'ben', 'cleo'][below(3)] ?? 'ada');
      if (random() < 0.2) script.push({ type: 'deleted', length: piece.length, by: who });
      else {
        script.push({ type: 'kept', length: piece.length });
        draft += piece;
      }
      if (random() < 0.3) {
        const text = words[below(6)] ?? '';
        script.push({ type: 'inserted', length: text.length, by: who });
        draft += text;
      }
      at += length;
    }
    const hunks = draftHunks({ base, draft, script, draftRanges: [], lastChangeMs: () => 0 });
    hunksSeen += hunks.length;
    assert.is(new Set(hunks.map((hunk) => hunk.id)).size, hunks.length, 'ids differ');
    assert.is(composeWithout({ base, draft, hunks, without: new Set() }).text, draft, `seed ${seed}`);
    assert.is(composeWithout({ base, draft, hunks, without: new Set(hunks.map((hunk) => hunk.id)) }).text, base, `seed ${seed}`);
    for (const hunk of hunks) assert.not.equal([hunk.removed, hunk.added], [[], []]);
  }
  assert.ok(hunksSeen > 100);
});

test('authors are carried to another text, and what comes from nowhere is the writer\'s', () => {
  const ranges = [{ from: 0, to: 4, author: author('ada') }, { from: 4, to: 8, author: author('ben') }];
  assert.equal(carryAuthors('adaXbenY', [{ text: 'ada ben ', ranges }], author('ci')).map((range) => [range.from, range.to, range.author.id]), [[0, 3, 'ada'], [3, 4, 'ci'], [4, 7, 'ben'], [7, 8, 'ci']]);
  const crlf = 'a\r\nb\r\n';
  const plain = rangesWithoutCarriageReturns(crlf, [{ from: 0, to: 3, author: author('ada') }, { from: 3, to: 6, author: author('ben') }]);
  assert.equal(plain.map((range) => [range.from, range.to]), [[0, 2], [2, 4]]);
  assert.equal(rangesWithCarriageReturns(crlf, plain).map((range) => [range.from, range.to]), [[0, 3], [3, 6]]);
});

test('disabled is written where it stands, or below the namespace', () => {
  assert.is(withDisabled('id: a\nnamespace: b\ntasks: []\n', true), 'id: a\nnamespace: b\ndisabled: true\ntasks: []\n');
  assert.is(withDisabled('id: a\ndisabled: false # for now\nnamespace: b\n', true), 'id: a\ndisabled: true # for now\nnamespace: b\n');
  assert.is(withDisabled('id: a\nnamespace: b', false), 'id: a\nnamespace: b\ndisabled: false');
  assert.is(withDisabled('tasks:\n  - disabled: true\nnamespace: b\n', false), 'tasks:\n  - disabled: true\nnamespace: b\ndisabled: false\n');
});

test('DO15 edits that carry authors make the other text, keep only characters of the same author, and never halve a surrogate pair', () => {
  const pick = <T>(from: readonly T[]): T => {
    const one = from[below(from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  const people = ['ada', 'ben', 'cleo'].map(author);
  const written = () => {
    let text = '';
    const ranges: { from: number; to: number; author: RevisionAuthor }[] = [];
    for (let part = 0; part < 12; part += 1) {
      const more = pick(['a', 'bc', '😀', '😁', '\n', 'line\n', '']);
      if (more !== '') ranges.push({ from: text.length, to: text.length + more.length, author: pick(people) });
      text += more;
    }
    return { text, ranges };
  };
  const authorAt = (of: ReturnType<typeof written>, offset: number) => of.ranges.find((range) => range.from <= offset && offset < range.to)?.author.id;
  let kept = 0;
  for (let round = 0; round < 500; round += 1) {
    const [before, after] = [written(), written()];
    const edits = authoredEdits(before, after);
    assert.is(applyEdits(before.text, edits), after.text, `seed ${seed}, round ${round}`);
    let at = 0;
    let shift = 0;
    for (const edit of [...edits, { from: before.text.length, to: before.text.length, insert: '' }]) {
      for (; at < edit.from; at += 1, kept += 1) assert.is(authorAt(before, at), authorAt(after, at + shift), `seed ${seed}, round ${round}, ${at}`);
      for (const offset of [edit.from, edit.to]) assert.not(/[\udc00-\udfff]/.test(before.text.charAt(offset)), `seed ${seed}, round ${round}: inside a pair`);
      at = edit.to;
      shift += edit.insert.length - (edit.to - edit.from);
    }
  }
  assert.ok(kept > 100, 'something was kept');
});

test.run();
