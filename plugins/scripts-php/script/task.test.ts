import { test } from 'uvu';
import { testLanguage } from '../../sdk/script/testing-language.ts';
import { plugin } from './task.ts';

testLanguage(test, plugin, {
  programs: ['php'],
  six: '<?php echo \'::{"outputs":{"six":\' . (2 * 3) . "}}::\\n";',
});

test.run();
