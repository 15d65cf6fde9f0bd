import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the rendered text is run, and its end is the end', async () => {
  let seen = '';
  const trial = await tryTask(plugin, { properties: { spec: 'type: {{ t }}' }, variables: { t: 'x.Y' }, templated: (source) => {
    seen = source;
    return { type: 'succeeded', outputs: { value: 1 } };
  } });
  assert.is(seen, 'type: x.Y');
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { value: 1 } });
});

test.run();
