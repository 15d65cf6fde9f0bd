import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noticeVariables, withWebhook } from '../../sdk/notification/testing-webhook.ts';
import { plugin } from './task.ts';

test('it says what it knows of its own execution, and of the one that triggered it', () => withWebhook(plugin, async (run, posted) => {
  await run({ customMessage: 'a <b> & c', customFields: { Team: 'data' } }, { variables: noticeVariables });
  await run({ executionId: '{{ trigger.executionId }}' }, { variables: noticeVariables });
  const [own, other] = posted;
  assert.equal([own?.['@type'], own?.['title'], own?.['themeColor'], own?.['text']], ['MessageCard', 'Execution execution of tests.flow is FAILED', 'd64550', 'a <b> & c']);
  assert.equal(own?.['sections'], [{ facts: [['Namespace', 'tests'], ['Flow', 'flow'], ['Execution', 'execution'], ['State', 'FAILED'], ['Duration', 'PT1M5S'], ['Failed task', 'load'], ['Team', 'data']].map(([name, value]) => ({ name, value })) }]);
  assert.match(JSON.stringify(own?.['potentialAction']), /http:\/\/e\.test\/ui\/main\/executions\/tests\/flow\/execution/);
  assert.match(JSON.stringify(other), /Execution abc of up\.stream\.first is SUCCESS/);
}));

test('of an execution that it knows nothing about it says the id', () => withWebhook(plugin, async (run, posted) => {
  await run({ executionId: 'elsewhere' });
  assert.match(JSON.stringify(posted), /Execution elsewhere/);
  assert.not.match(JSON.stringify(posted), /State|Namespace/);
}));

test.run();
