/** For a test: starts executions as fast as it is asked to, prints each acknowledged id, and is killed from outside. */
import { testEngine } from './testing-engine.ts';

const [folder = ''] = process.argv.slice(2);
const engine = await testEngine({ folder });
engine.publish('two', 'tasks:\n  - id: first\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ execution.id }}"\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n    delay: PT1S\n  - id: second\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n');
process.stdout.write('ready\n');
for (;;) {
  const started = await Promise.all(Array.from({ length: 20 }, () => engine.start('two', { wait: false })));
  process.stdout.write(`${started.map((execution) => execution.id).join('\n')}\n`);
}
