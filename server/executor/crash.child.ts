/** For a test: starts executions as fast as it is asked to, prints each acknowledged id, and is killed from outside. */
import { testEngine } from './testing-engine.ts';

const [folder = ''] = process.argv.slice(2);
const engine = await testEngine({ folder });
engine.publish('leaf', `retry:
  type: constant
  interval: PT0.2S
  maxAttempt: 2
tasks:
  - id: flaky
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ taskrun.attemptsCount == 0 }}"
`);
engine.publish('two', `tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: "{{ execution.id }}"
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    delay: PT1S
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: test
    flowId: leaf
  - id: second
    type: io.kestra.plugin.core.log.Log
    message: hi
`);
process.stdout.write('ready\n');
for (;;) {
  const started = await Promise.all(Array.from({ length: 20 }, () => engine.start('two', { wait: false })));
  process.stdout.write(`${started.map((execution) => execution.id).join('\n')}\n`);
}
