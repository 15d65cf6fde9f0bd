import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['groovy'],
  six: ['groovy main.groovy'],
  inputFiles: { 'main.groovy': 'println \'::{"outputs":{"six":\' + (2 * 3) + \'}}::\'' },
});

test.run();
