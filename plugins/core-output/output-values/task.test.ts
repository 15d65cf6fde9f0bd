import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('values are rendered inside lists and maps, and other scalars stay', async () => {
  const trial = await tryTask(plugin, { properties: { values: { a: '{{ x }}', b: [1, '{{ x }}'], c: { d: true } } }, variables: { x: 7 } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { values: { a: '7', b: [1, '7'], c: { d: true } } } });
});

test.run();
