import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['deno'],
  six: 'const six: number = 2 * 3;\nconsole.log(`::{"outputs":{"six":${six}}}::`);',
});

test.run();
