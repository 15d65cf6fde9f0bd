import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['perl'],
  six: ['perl main.pl'],
  inputFiles: { 'main.pl': 'printf qq(::{"outputs":{"six":%d}}::\\n), 2 * 3;' },
});

test.run();
