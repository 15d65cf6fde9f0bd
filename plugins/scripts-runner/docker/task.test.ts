import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Docker accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { pullPolicy: 'ALWAYS', volumes: ['/a:/b'], cpu: { cpus: 2 } }), []);
});

test('Docker refuses a pull policy that it does not know', () => {
  assert.ok(problemsOf(plugin, { pullPolicy: 'PERHAPS' }).length > 0);
});

test.run();
