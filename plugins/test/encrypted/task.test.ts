import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the text is not rendered and comes out encrypted', async () => {
  const trial = await tryTask(plugin, { properties: { format: '{{ x }}' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { value: { type: 'io.kestra.datatype:aes_encrypted', value: '{{ x }}' } } });
});

test.run();
