import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { durationWords, exactWords, momentWords, relativeWords } from './words.ts';

test('a duration keeps two units, and tenths only under ten seconds', () => {
  assert.equal([0, 2449, 9999, 41_000, 125_000, 3_960_000, 273_600_000].map(durationWords), ['0.0s', '2.4s', '9.9s', '41s', '2m 05s', '1h 06m', '3d 4h']);
});
test('relative words say past and future', () => {
  assert.is(relativeWords(1000, 2000), 'just now');
  assert.is(relativeWords(0, 180_000), '3 min ago');
  assert.is(relativeWords(7_200_000, 0), 'in 2 h');
  assert.is(relativeWords(0, 5 * 86_400_000), '5 d ago');
});
test('a moment is told in the reader\'s zone, and an unknown zone is UTC', () => {
  const atMs = Date.UTC(2026, 10, 24, 13, 3, 24, 120);
  assert.is(momentWords(atMs, atMs, 'Europe/Berlin'), '14:03:24');
  assert.is(momentWords(atMs, atMs, 'Not/AZone'), '13:03:24');
  assert.is(exactWords(atMs, 'UTC'), '2026-11-24 13:03:24.120');
});
test.run();
