/** For a test: executions whose ends start others by flow triggers, and a schedule each second, killed from outside. */
import { testEngine } from '../executor/testing-engine.ts';

const [folder = ''] = process.argv.slice(2);
const engine = await testEngine({ folder });
const after = (id: string, more: string): void => engine.publish(id, `tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ trigger.executionId ?? trigger.date }}"\ntriggers:\n  - id: after\n${more}`);
engine.publish('up', 'tasks:\n  - id: one\n    type: io.kestra.plugin.core.debug.Return\n    format: one\n');
after('down', '    type: io.kestra.plugin.core.trigger.Flow\n    states: [SUCCESS]\n    conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: test\n        flowId: up\n');
after('pair', '    type: io.kestra.plugin.core.trigger.Flow\n    preconditions:\n      id: both\n      timeWindow:\n        window: P7D\n      flows:\n        - namespace: test\n          flowId: up\n          states: [RUNNING]\n        - namespace: test\n          flowId: up\n          states: [SUCCESS]\n');
after('clock', '    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "* * * * * *"\n    withSeconds: true\n    allowConcurrent: true\n');
process.stdout.write('ready\n');
for (;;) {
  const started = await Promise.all(Array.from({ length: 10 }, () => engine.start('up', { wait: false })));
  process.stdout.write(`${started.map((execution) => execution.id).join('\n')}\n`);
}
