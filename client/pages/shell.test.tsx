import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { definePage } from './page.ts';
import { openAddress, visible } from './test-world.ts';
import { lookOfCookies, lookText, parseLook } from '../components/shell/look.ts';

const page = definePage<{ readonly text: string }>({ name: 'sample', route: '/sample', section: 'flows', title: (data) => data.text, load: () => Promise.resolve({ text: '</script><script>alert(1)</script><b onclick=x>' }), view: (data) => <p>{data.text}</p> });
const open = () => openAddress({ pages: [page], address: '/ui/main/sample', answers: {} });

test('no text of the data can end the element that carries it', async () => {
  const { html } = await open();
  assert.not.match(html, /<script>alert/);
  const json = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  assert.is(JSON.parse(json).data.text, '</script><script>alert(1)</script><b onclick=x>');
});
test('the document holds nothing that a strict policy refuses: no inline script, style or handler', async () => {
  const html = visible((await open()).html);
  assert.equal([...html.matchAll(/<script[^>]*>/g)].map((match) => match[0]), ['<script type="module" src="/assets/app.js">']);
  assert.not.match(html, / style=|<style| on[a-z]+="/);
});
test('the navigation marks where one is', async () => {
  const { html } = await open();
  assert.match(html, /data-section="flows"/);
  assert.match(html, /href="\/ui\/main\/flows" aria-current="page"/);
});
test('a look survives its cookie, and an unknown word in it is the default', () => {
  const look = parseLook('theme=dark&rail=narrow&density=compact&letters=off&zone=Europe%2FBerlin');
  assert.equal(parseLook(lookText(look)), look);
  assert.is(parseLook('theme=<script>').theme, 'system');
  assert.is(lookOfCookies(`a=b; ensemble-look=${encodeURIComponent('theme=dark')}`).theme, 'dark');
  assert.is(lookOfCookies('ensemble-look=%E0%A4%A').theme, 'system');
});
test.run();
