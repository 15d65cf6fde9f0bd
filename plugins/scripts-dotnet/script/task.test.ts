import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['dotnet'],
  six: 'System.Console.WriteLine("::{\\"outputs\\":{\\"six\\":" + (2 * 3) + "}}::");',
});

test.run();
