import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['jbang'],
  six: 'class ensemble_script {\n    public static void main(String[] args) {\n        System.out.println("::{\\"outputs\\":{\\"six\\":" + (2 * 3) + "}}::");\n    }\n}',
});

test.run();
