import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderView } from '../view.ts';
import { Markdown } from './markdown.tsx';

const rendered = (text: string): string => renderView(Markdown({ text }));

test('HTML in Markdown stays text', () => {
  const html = rendered('a <img src=x onerror=alert(1)> b\n\n<script>alert(1)</script>');
  assert.not.match(html, /<img|<script/);
  assert.match(html, /&lt;img/);
});
test('a link that would run something is no link', () => {
  for (const address of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', '//elsewhere.example']) assert.not.match(rendered(`[x](${address})`), /<a /, address);
  assert.match(rendered('[x](https://example.com)'), /<a href="https:\/\/example.com">/);
});
test('pictures are not fetched from elsewhere', () => {
  assert.not.match(rendered('![x](https://example.com/a.png)'), /<img/);
});
test.run();
