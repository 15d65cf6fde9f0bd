import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['go'],
  six: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Printf("::{\\"outputs\\":{\\"six\\":%d}}::\\n", 2*3)\n}',
});

test.run();
