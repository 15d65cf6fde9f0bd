import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { iconNames, iconSprite } from './icons.ts';

test('the list of icon names is exactly what the sprite draws', () => {
  const sprite = readFileSync(new URL('./icons.svg', import.meta.url), 'utf8');
  const drawn = [...sprite.matchAll(/<symbol[^>]*id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal([...iconNames], drawn);
});

test('the address of the sprite is the one that the build gives to its bytes', () => {
  const hash = createHash('sha256').update(readFileSync(new URL('./icons.svg', import.meta.url))).digest('hex').slice(0, 8);
  assert.is(iconSprite, `/assets/icons-${hash}.svg`, 'icons.svg changed: write its new name into icons.ts');
});

test.run();
