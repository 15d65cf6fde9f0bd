import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['Rscript'],
  six: ['Rscript main.R'],
  inputFiles: { 'main.R': 'cat(sprintf(\'::{"outputs":{"six":%d}}::\\n\', 2L * 3L))' },
});

test.run();
