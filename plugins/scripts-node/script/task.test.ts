import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['node'],
  six: 'console.log(`::{"outputs":{"six":${2 * 3}}}::`)',
});

test.run();
