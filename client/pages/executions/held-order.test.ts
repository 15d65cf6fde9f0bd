import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HeldOrder } from './held-order.ts';

test('new rows are counted and not shown until they are asked for', () => {
  const held = new HeldOrder(['c', 'b']);
  assert.equal(held.of(['e', 'd', 'c', 'b']), { shown: ['c', 'b'], unseen: 2 });
  held.adopt(['e', 'd', 'c', 'b']);
  assert.equal(held.of(['e', 'd', 'c', 'b']), { shown: ['e', 'd', 'c', 'b'], unseen: 0 });
});
test('a row that is gone goes at once', () => {
  assert.equal(new HeldOrder(['c', 'b']).of(['b']), { shown: ['b'], unseen: 0 });
});
test('the first row of an empty list is shown at once', () => {
  const held = new HeldOrder([]);
  assert.equal(held.of(['a']), { shown: ['a'], unseen: 0 });
  assert.equal(held.of(['b', 'a']), { shown: ['a'], unseen: 1 });
});
test.run();
