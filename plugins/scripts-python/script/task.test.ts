import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['python', 'python3'],
  six: 'print(\'::{"outputs":{"six":%d}}::\' % (2 * 3))',
});

test.run();
