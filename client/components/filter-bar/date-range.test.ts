import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedRanges } from './date-range.ts';

// A Sunday: the week that it ends began on the Monday before.
const nowMs = new Date(2026, 2, 1, 14, 30).getTime();
const of = (name: string): readonly [string, string] => {
  const range = namedRanges(nowMs).find((one) => one.name === name);
  if (range === undefined) throw new Error(`no range ${name}`);
  const words = (ms: number): string => {
    const at = new Date(ms);
    return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()} ${at.getHours()}:${at.getMinutes()}`;
  };
  return [words(range.startMs), words(range.endMs)];
};

test('named spans are whole days, weeks from Monday, months and years', () => {
  assert.equal(of('Today'), ['2026-3-1 0:0', '2026-3-1 23:59']);
  assert.equal(of('Day before yesterday'), ['2026-2-27 0:0', '2026-2-27 23:59']);
  assert.equal(of('This week'), ['2026-2-23 0:0', '2026-3-1 23:59']);
  assert.equal(of('Previous week'), ['2026-2-16 0:0', '2026-2-22 23:59']);
  assert.equal(of('Previous month'), ['2026-2-1 0:0', '2026-2-28 23:59']);
  assert.equal(of('Previous year'), ['2025-1-1 0:0', '2025-12-31 23:59']);
});
test('"so far" ends now', () => {
  assert.equal(of('This month so far'), ['2026-3-1 0:0', '2026-3-1 14:30']);
});
test.run();
