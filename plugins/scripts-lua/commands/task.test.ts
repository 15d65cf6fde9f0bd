import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['lua', 'lua5.4', 'lua5.3', 'luajit'],
  six: ['lua main.lua'],
  inputFiles: { 'main.lua': 'print(string.format(\'::{"outputs":{"six":%d}}::\', 2 * 3))' },
});

test.run();
