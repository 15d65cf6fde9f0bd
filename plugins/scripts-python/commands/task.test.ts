import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['python', 'python3'],
  six: ['python main.py'],
  inputFiles: { 'main.py': 'print(\'::{"outputs":{"six":%d}}::\' % (2 * 3))' },
});

test.run();
