import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listPreferences, withColumn } from './list-preferences.ts';

const columns = { all: ['id', 'state', 'revision'], first: ['id', 'state'] };

test('nothing chosen is the first look of a list', () => {
  assert.equal(listPreferences({}, 'executions', columns), { columns: ['id', 'state'], chart: true, live: true, size: 25 });
});
test('chosen columns keep the order of the table, and what is not known is left out', () => {
  assert.equal(listPreferences({ 'list.executions.columns': ['revision', 'gone', 'id'], 'list.executions.size': 50, 'list.executions.chart': false }, 'executions', columns), { columns: ['id', 'revision'], chart: false, live: true, size: 50 });
  assert.equal(listPreferences({ 'list.executions.columns': ['gone'], 'list.executions.size': 7 }, 'executions', columns).columns, ['id', 'state']);
});
test('the last column can not go', () => {
  assert.equal(withColumn(['id', 'state'], 'id'), ['state']);
  assert.equal(withColumn(['state'], 'state'), ['state']);
  assert.equal(withColumn(['state'], 'id'), ['state', 'id']);
});
test.run();
