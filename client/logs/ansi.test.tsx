import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderView } from '../components/view.ts';
import { plainText, segmentsOf } from './ansi.ts';
import { logTimeText } from './time-text.ts';
import { LogLineView } from './view.tsx';

test('colours become classes, other control sequences vanish, text stays text', () => {
  assert.equal(segmentsOf('\u001b[32m200\u001b[0m after \u001b[1mmuch\u001b[22m'), [
    { text: '200', classes: 'ansi-green' }, { text: ' after ', classes: '' }, { text: 'much', classes: 'ansi-bold' },
  ]);
  assert.is(plainText('\u001b]0;title\u0007a\u001b[2Kb\u001b[10;5Hc\u001b[31md'), 'abcd');
});

test('what a task prints is never markup', () => {
  const html = renderView(LogLineView({
    entry: { namespace: 'a', flowId: 'b', timestamp: '2026-11-24T14:02:01.402Z', level: 'INFO', message: '<img src=x onerror=alert(1)> \u001b[31m<script>', deleted: false, position: 3, taskId: '"><b>' },
    timeText: (ms) => logTimeText(ms, 'UTC'), search: '<IMG',
  }));
  assert.not.match(html, /<img|<script|<b>/);
  assert.match(html, /<mark>&lt;img<\/mark>/);
  assert.match(html, />14:02:01\.402</);
});

test('a zone that does not exist shows UTC', () => {
  assert.is(logTimeText(0, 'Nowhere/At all'), '00:00:00.000');
  assert.is(logTimeText(0, 'Europe/Berlin'), '01:00:00.000');
});

test('addresses in a message are links that lead out safely, and what is around them stays text', () => {
  const line = (message: string, search = ''): string => renderView(LogLineView({ entry: { namespace: 'n', flowId: 'f', timestamp: '2026-11-24T14:00:00.000Z', level: 'INFO', message, deleted: false, position: 1 }, timeText: String, search }));
  assert.match(line('see https://example.com/a?b=1, then go on'), /see <a class="link" href="https:\/\/example\.com\/a\?b=1" target="_blank" rel="noopener noreferrer">https:\/\/example\.com\/a\?b=1<\/a>, then go on/);
  assert.not.match(line('javascript://alert(1) and file:///etc/passwd'), /<a /);
  assert.not.match(line('https://x.y/"><img src=x onerror=alert(1)>'), /<img/);
  assert.match(line('https://example.com/lock', 'lock'), /<a [^>]*>https:\/\/example\.com\/<mark>lock<\/mark><\/a>/);
});

test.run();
