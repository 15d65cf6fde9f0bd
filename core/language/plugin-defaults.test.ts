import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FlowModel, parseFlow, type PluginDefault, testingCatalog } from './index.ts';
import { parseErrors, parseWarnings } from './testing-parse.ts';

const read = (source: string, globalDefaults: readonly PluginDefault[] = []): FlowModel => {
  const parsed = parseFlow(source, { catalog: testingCatalog(), level: '1.x', globalDefaults });
  if (parsed.flow === undefined) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.flow;
};
const flow = (defaults: string, task = ''): string => `id: f\nnamespace: a\npluginDefaults:\n${defaults}tasks:\n  - id: t\n    type: io.kestra.plugin.scripts.shell.Commands\n    commands: [ls]\n${task}`;
const shell = 'io.kestra.plugin.scripts.shell.Commands';

test('defaults lie under the task\'s own values, maps are merged deeply', () => {
  const { tasks } = read(flow(`  - type: ${shell}\n    values:\n      env: {A: 1, B: 2}\n      failFast: false\n`, '    env: {B: 3}\n'));
  assert.equal(tasks[0]?.properties['env'], { A: 1, B: 3 });
  assert.is(tasks[0]?.properties['failFast'], false);
});

test('forced defaults lie over them', () => {
  assert.equal(read(flow(`  - type: ${shell}\n    forced: true\n    values: {failFast: true}\n`, '    failFast: false\n')).tasks[0]?.properties['failFast'], true);
});

test('a package, an alias and taskDefaults name types too; the precise one wins', () => {
  const source = flow(`  - type: io.kestra.plugin.scripts\n    values: {failFast: false, containerImage: pkg, runIf: "false", message: not for shells}\n  - type: ${shell}\n    values: {containerImage: own}\n`);
  assert.equal([read(source).tasks[0]?.properties['containerImage'], read(source).tasks[0]?.properties['failFast'], read(source).tasks[0]?.runIf], ['own', false, 'false']);
  const alias = 'id: f\nnamespace: a\ntaskDefaults:\n  - type: io.kestra.core.tasks.log.Log\n    values: {level: WARN}\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: x\n';
  assert.is(read(alias).tasks[0]?.properties['level'], 'WARN');
});

test('they reach nested tasks, errors, triggers, conditions and task runners', () => {
  const source = `id: f
namespace: a
pluginDefaults:
  - type: io.kestra.plugin.core.log.Log
    values: {message: default}
  - type: io.kestra.plugin.core.trigger.Schedule
    values: {timezone: Europe/Paris}
  - type: io.kestra.plugin.core.condition.ExecutionStatus
    values: {in: [FAILED]}
  - type: io.kestra.plugin.scripts.runner.docker.Docker
    values: {pullPolicy: NEVER}
tasks:
  - id: s
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: l
        type: io.kestra.plugin.core.log.Log
  - id: c
    type: ${shell}
    commands: [ls]
    taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}
errors:
  - id: e
    type: io.kestra.plugin.core.log.Log
triggers:
  - id: cron
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "@daily"
    conditions:
      - type: io.kestra.plugin.core.condition.ExecutionStatus
`;
  const { tasks, errors, triggers, data } = read(source);
  const children = tasks[0]?.children;
  assert.is(children?.type === 'list' ? children.tasks[0]?.properties['message'] : undefined, 'default');
  assert.is(errors[0]?.properties['message'], 'default');
  assert.is(triggers[0]?.properties['timezone'], 'Europe/Paris');
  assert.equal(triggers[0]?.conditions[0]?.properties, { in: ['FAILED'] });
  assert.equal(tasks[1]?.properties['taskRunner'], { type: 'io.kestra.plugin.scripts.runner.docker.Docker', pullPolicy: 'NEVER' });
  assert.equal((data['errors'] as unknown[])[0], { id: 'e', type: 'io.kestra.plugin.core.log.Log' }, 'the data stays as written');
});

test('the flow\'s defaults win over the server\'s, the server\'s forced ones over all', () => {
  const own = flow(`  - type: ${shell}\n    values: {containerImage: flow}\n`);
  assert.is(read(own, [{ type: shell, forced: false, values: { containerImage: 'server', failFast: false } }]).tasks[0]?.properties['containerImage'], 'flow');
  assert.is(read(own, [{ type: shell, forced: true, values: { containerImage: 'server' } }]).tasks[0]?.properties['containerImage'], 'server');
  assert.is(read(flow(`  - type: ${shell}\n    forced: true\n    values: {containerImage: flow}\n`), [{ type: shell, forced: true, values: { containerImage: 'server' } }]).tasks[0]?.properties['containerImage'], 'server');
});

test('a default for one runner does not leak into another', () => {
  const source = flow(`  - type: ${shell}\n    values:\n      taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker, pullPolicy: NEVER}\n`, '    taskRunner: {type: io.kestra.plugin.core.runner.Process}\n');
  assert.equal(read(source).tasks[0]?.properties['taskRunner'], { type: 'io.kestra.plugin.core.runner.Process' });
});

test('a wrong default is reported where it stands', () => {
  const source = flow(`  - type: ${shell}\n    values:\n      failFast: perhaps\n`);
  const [problem] = parseErrors(source);
  assert.equal([problem?.line, problem?.path], [6, 'tasks[0].failFast']);
  assert.match(parseWarnings(flow('  - type: io.kestra.plugin.scripts.shel.Commands\n    values: {}\n'))[0]?.message ?? '', /No installed type/);
  assert.is(parseErrors(flow('  - values: {}\n'))[0]?.message, 'must not be null');
});

test.run();
