import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logLevels, type LogEntry } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';
import { appended, arrived, grown, lastPosition, prepended, windowAround, windowAtEnd, windowLinesMax, windowOfTail, type LogWindow } from './window.ts';

const line = (position: number): LogEntry => ({ namespace: 'a', flowId: 'b', timestamp: '2026-11-24T14:00:00.000Z', level: logLevels[position % 5] ?? 'INFO', message: `line ${position}`, deleted: false, position });
const lines = (from: number, to: number): readonly LogEntry[] => Array.from({ length: Math.max(0, to - from) }, (_, index) => line(from + index));
const counts = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
const tail = (first: number, total: number): LogsTopicState => ({ total, first, lines: lines(first, total), counts });
const positions = (window: LogWindow): readonly (number | undefined)[] => window.lines.map((entry) => entry.position);
const all = (): boolean => true;

test('lines that arrive are appended once, whatever of them the page already read', () => {
  const start = windowOfTail(tail(0, 10));
  const news = arrived(start, tail(4, 13), all);
  assert.is(news.type, 'lines');
  if (news.type !== 'lines') return;
  const { window } = grown(start, news.lines, 13);
  assert.equal(positions(window), Array.from({ length: 13 }, (_, index) => index));
  assert.equal(arrived(window, tail(4, 13), all), { type: 'lines', lines: [] });
});

test('a tail that has moved past the page is a gap, not a hole that looks like a log', () => {
  assert.equal(arrived(windowOfTail(tail(0, 10)), tail(11, 2011), all), { type: 'gap' });
});

test('with a filter the lines that do not match are passed over, and do not count as a gap later', () => {
  const isError = (entry: LogEntry): boolean => entry.level === 'ERROR';
  const start = windowAtEnd([line(4)], { total: 100, asked: 300 });
  const news = arrived(start, tail(90, 104), isError);
  assert.equal(news, { type: 'lines', lines: [] });
  const { window } = grown(start, [], 104);
  assert.equal(arrived(window, tail(104, 110), isError), { type: 'lines', lines: [line(104), line(109)] });
});

test('reading back lets go of the end, reading on lets go of the beginning, and nothing is missing between', () => {
  let window = windowAtEnd(lines(5000, 5300), { total: 5300, asked: 300 });
  assert.is(window.atStart, false);
  for (let page = 0; page < 6; page += 1) {
    const before = window.lines[0]?.position ?? 0;
    const change = prepended(window, lines(before - 300, before), 300);
    assert.is(change.added.length, 300);
    window = change.window;
  }
  assert.is(window.lines.length, windowLinesMax);
  assert.is(window.atEnd, false, 'what arrives now is not next to what is shown');
  assert.equal(positions(window), Array.from({ length: windowLinesMax }, (_, index) => 3200 + index));
  while (!window.atEnd) {
    const from = lastPosition(window) + 1;
    const change = appended(window, lines(from, Math.min(5300, from + 300)), { total: 5300, asked: 300 });
    assert.ok(change.window.lines.length <= windowLinesMax);
    window = change.window;
  }
  assert.is(lastPosition(window), 5299);
  assert.equal(positions(window), Array.from({ length: windowLinesMax }, (_, index) => 5300 - windowLinesMax + index));
});

test('a page shorter than asked for is the end of its direction', () => {
  const around = windowAround(lines(0, 20), lines(20, 170), { total: 900, asked: 150 });
  assert.is(around.atStart, true);
  assert.is(around.atEnd, false);
  assert.is(windowAtEnd(lines(0, 12), { total: 12, asked: 300 }).atStart, true);
  assert.is(prepended(around, [], 300).window.atStart, true);
});

test.run();
