import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['julia'],
  six: ['julia main.jl'],
  inputFiles: { 'main.jl': 'println("::{\\"outputs\\":{\\"six\\":", 2 * 3, "}}::")' },
});

test.run();
