import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constraintsText, type Diagnostic, parse, parseErrors, parseWarnings, tasksOf } from './testing-parse.ts';
import { deprecationPaths, parseElement, testingCatalog } from './index.ts';

const flow = (body: string): string => `id: f\nnamespace: a.b\n${body}`;
const withTask = (properties: string): string => flow(`tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n${properties}`);
const only = (diagnostics: readonly Diagnostic[]): Diagnostic => {
  assert.is(diagnostics.length, 1, JSON.stringify(diagnostics.map((item) => `${item.path}: ${item.message}`)));
  return diagnostics[0] as Diagnostic;
};
const cut = (source: string, { from, to }: { from: number; to: number }): string => source.slice(from, to);

test('a flow is read with its tasks, types by their canonical names', () => {
  const parsed = parse(flow('labels:\n  team: data\ntasks:\n  - id: one\n    type: io.kestra.core.tasks.log.Log\n    message: hi\n'));
  assert.equal(parsed.flow?.tasks[0]?.type, 'io.kestra.plugin.core.log.Log');
  assert.equal(parsed.flow?.tasks[0]?.properties, { message: 'hi' });
  assert.equal(parsed.flow?.labels, [{ key: 'team', value: 'data' }]);
  assert.equal(parsed.flow?.data['labels'], [{ key: 'team', value: 'data' }]);
  assert.equal((parsed.flow?.data['tasks'] as { type: string }[] | undefined)?.[0]?.type, 'io.kestra.core.tasks.log.Log', 'the data is as written');
  assert.equal(deprecationPaths(parsed.diagnostics), ['tasks[0].type']);
});

test('a property that the type does not have is named with its place and what was meant', () => {
  const source = withTask('    formt: x\n');
  const problem = only(parseErrors(source));
  assert.equal([problem.path, problem.message, problem.remedy, problem.line, problem.column], ['tasks[0].formt', 'Unrecognized field "formt" of Return', 'Did you mean "format"?', 6, 5]);
  assert.is(cut(source, problem), 'formt');
});

test('an unknown key of the flow is refused', () => {
  const problem = only(parseErrors(flow('taskz: []\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n')));
  assert.is(problem.message, 'Unrecognized field "taskz" of the flow');
  assert.is(problem.remedy, 'Did you mean "tasks"?');
});

test('an unknown type is named, with the one that was meant', () => {
  const problem = only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Logg\n')));
  assert.is(problem.message, 'Invalid type: io.kestra.plugin.core.log.Logg');
  assert.is(problem.remedy, 'Did you mean "io.kestra.plugin.core.log.Log"?');
  assert.is(only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.core.Sleep\n'))).remedy, 'Did you mean "io.kestra.plugin.core.flow.Sleep"?');
});

test('a trigger is no task', () => {
  assert.match(only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: k\n'))).message, /is a trigger, a task was expected/);
});

test('a duplicate key is named by its path', () => {
  const problem = only(parseErrors(withTask('    format: a\n    format: b\n')));
  assert.equal([problem.path, problem.message, problem.line], ['tasks[0].format', "Duplicate field 'format'", 7]);
});

test('ids of tasks are unique over children, errors and finally', () => {
  const source = flow(`tasks:
  - id: a
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: b
        type: io.kestra.plugin.core.debug.Return
errors:
  - id: b
    type: io.kestra.plugin.core.debug.Return
finally:
  - id: a
    type: io.kestra.plugin.core.debug.Return
`);
  assert.equal(parseErrors(source).map((problem) => [problem.path, problem.message]), [['errors[0].id', 'Duplicate task id with name [b]'], ['finally[0].id', 'Duplicate task id with name [a]']]);
});

test('ids of triggers, inputs and outputs are unique', () => {
  const task = 'tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n';
  assert.is(only(parseErrors(flow(`${task}inputs:\n  - {id: a, type: STRING}\n  - {id: a, type: INT}\n`))).message, 'Duplicate input id with name [a]');
  assert.is(only(parseErrors(flow(`${task}outputs:\n  - {id: a, type: STRING, value: x}\n  - {id: a, type: INT, value: 1}\n`))).message, 'Duplicate output id with name [a]');
  const schedule = '  - id: s\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "0 * * * *"\n';
  assert.is(only(parseErrors(flow(`${task}triggers:\n${schedule}${schedule}`))).message, 'Duplicate trigger id with name [s]');
});

test('id and namespace have their patterns and lengths', () => {
  const tasks = 'tasks:\n  - id: t\n    type: io.kestra.plugin.core.debug.Return\n';
  assert.equal(parseErrors(`id: -x\nnamespace: Aa\n${tasks}`).map((problem) => problem.path), ['id', 'namespace']);
  assert.equal(parseErrors(tasks).map((problem) => `${problem.path}: ${problem.message}`).toSorted(), ['id: must not be null', 'namespace: must not be null']);
  assert.match(only(parseErrors(`id: ${'a'.repeat(101)}\nnamespace: a\n${tasks}`)).message, /at most 100 characters/);
});

test('a flow without tasks, and a flowable without them, must not be empty', () => {
  assert.is(constraintsText(parse('id: a\nnamespace: b\n').diagnostics), 'tasks: must not be empty');
  assert.is(constraintsText(parse(flow('tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks: []\n')).diagnostics), 'tasks[0].tasks: must not be empty');
});

test('required properties of a type must be there', () => {
  const problem = only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.plugin.core.flow.Sleep\n')));
  assert.equal([problem.path, problem.message], ['tasks[0].duration', 'must not be null']);
});

test('a value of a wrong type is refused, one that holds an expression is not', () => {
  const concurrent = (value: string): string => flow(`tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Parallel\n    concurrent: ${value}\n    tasks:\n      - id: t\n        type: io.kestra.plugin.core.debug.Return\n`);
  assert.match(only(parseErrors(concurrent('many'))).message, /must be a whole number, found `many`/);
  assert.match(only(parseErrors(concurrent('[1]'))).message, /must be a whole number, found a list/);
  assert.match(only(parseErrors(concurrent('-1'))).message, /greater than or equal to 0/);
  assert.match(only(parseErrors(concurrent('99999999999999999999'))).message, /out of range/);
  assert.equal(parseErrors(concurrent('"{{ 1 + 1 }}"')), []);
  assert.equal(parse(concurrent('"3"')).flow?.tasks[0]?.properties, { concurrent: 3 });
});

test('texts keep what was written, also when YAML sees a number', () => {
  assert.equal(parse(withTask('    format: 1.10\n')).flow?.tasks[0]?.properties, { format: '1.10' });
  assert.equal(parse(withTask('    format: 12345678901234567890\n')).flow?.tasks[0]?.properties, { format: '12345678901234567890' });
});

test('one of a few words is checked, with what was meant', () => {
  const problem = only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.plugin.core.log.Log\n    message: a\n    level: WARM\n')));
  assert.match(problem.message, /must be one of \[TRACE, DEBUG, INFO, WARN, ERROR\], found `WARM`/);
  assert.is(problem.remedy, 'Did you mean "WARN"?');
});

test('durations are ISO-8601, in small letters too', () => {
  assert.match(only(parseErrors(withTask('    timeout: 5 minutes\n'))).message, /Invalid duration `5 minutes`/);
  assert.equal(parseErrors(withTask('    timeout: PT5m\n')), []);
  assert.equal(parseErrors(withTask('    timeout: "{{ inputs.t ?? \'PT1S\' }}"\n')), []);
});

test('a Dag refuses circles and unknown dependencies', () => {
  const dag = (first: string, second: string): string => flow(`tasks:
  - id: dag
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - task:
          id: task1
          type: io.kestra.plugin.core.debug.Return
        dependsOn: [${first}]
      - task:
          id: task2
          type: io.kestra.plugin.core.debug.Return
        dependsOn: [${second}]
`);
  assert.is(only(parseErrors(dag('task2', 'task1'))).message, 'Cyclic dependency detected: task1, task2');
  const missing = only(parseErrors(dag('', 'tsk1')));
  assert.equal([missing.path, missing.message, missing.remedy], ['tasks[0].tasks[1].dependsOn[0]', 'Not existing task id in dependency: tsk1', 'Did you mean "task1"?']);
  const children = parse(dag('', 'task1')).flow?.tasks[0]?.children;
  assert.equal(children?.type === 'dag' ? children.tasks.map((item) => [item.task.id, item.dependsOn]) : [], [['task1', []], ['task2', ['task1']]]);
});

test('a flow that calls itself is refused, by literal names only', () => {
  const call = (namespace: string): string => flow(`tasks:\n  - id: t\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: ${namespace}\n    flowId: f\n`);
  assert.is(only(parseErrors(call('a.b'))).message, 'Recursive call to flow [a.b.f]');
  assert.equal(parseErrors(call('"{{ flow.namespace }}"')), []);
});

test('a Switch needs a task, a WorkingDirectory runnable ones', () => {
  assert.match(only(parseErrors(flow('tasks:\n  - id: t\n    type: io.kestra.plugin.core.flow.Switch\n    value: x\n'))).message, /must not be empty: a Switch/);
  const nested = flow('tasks:\n  - id: w\n    type: io.kestra.plugin.core.flow.WorkingDirectory\n    tasks:\n      - id: s\n        type: io.kestra.plugin.core.flow.Sequential\n        tasks:\n          - id: t\n            type: io.kestra.plugin.core.debug.Return\n');
  assert.match(only(parseErrors(nested)).message, /Only runnable tasks/);
});

test('keys of Switch cases are texts', () => {
  const parsed = parse(flow('tasks:\n  - id: s\n    type: io.kestra.plugin.core.flow.Switch\n    value: x\n    cases:\n      1:\n        - id: a\n          type: io.kestra.plugin.core.debug.Return\n'));
  const children = parsed.flow?.tasks[0]?.children;
  assert.equal(children?.type === 'cases' ? Object.keys(children.cases) : [], ['1']);
});

test('cron has five fields, six with seconds, or a nickname', () => {
  const schedule = (cron: string, more = ''): string => withTask(`triggers:\n  - id: s\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "${cron}"\n${more}`);
  for (const cron of ['0 9 * * 1-5', '*/15 * * * *', '@daily', '0 0 * * 7']) assert.equal(parseErrors(schedule(cron)), [], cron);
  assert.equal(parseErrors(schedule('0 0 9 * * *', '    withSeconds: true\n')), []);
  for (const cron of ['0 25 * * *', '* * *', 'every day', '0 0 9 * * *']) assert.match(only(parseErrors(schedule(cron))).message, /invalid cron expression/, cron);
  assert.match(only(parseErrors(schedule('@daily', '    timezone: Mars/Olympus\n'))).message, /Unknown time zone/);
});

test('retry needs what its type needs, and sensible bounds', () => {
  const retry = (text: string): string => withTask(`    retry: {${text}}\n`);
  assert.equal(parse(retry('type: constant, interval: PT1M, maxAttempts: 3')).flow?.tasks[0]?.retry, { type: 'constant', intervalMs: 60_000, maxAttempt: 3, warningOnRetry: false, behavior: 'RETRY_FAILED_TASK' });
  assert.equal(parse(retry('type: exponential, interval: PT1S, maxInterval: PT1M')).flow?.tasks[0]?.retry?.delayFactor, 2);
  assert.is(constraintsText(parse(retry('type: constant')).diagnostics), 'tasks[0].retry.interval: must not be null');
  assert.match(only(parseErrors(retry('type: constant, interval: PT2M, maxDuration: PT1M'))).message, /'interval' must be less than 'maxDuration'/);
  assert.match(only(parseErrors(retry('type: random, minInterval: PT2M, maxInterval: PT1M'))).message, /'minInterval' must be less than 'maxInterval'/);
  assert.match(only(parseErrors(retry('type: constant, interval: PT1M, maxAttempt: 0'))).message, /greater than or equal to 1/);
});

test('inputs are checked: patterns, choices, FILE, ARRAY, defaults, dependencies', () => {
  const input = (text: string): string => withTask(`inputs:\n  - {id: i, ${text}}\n`);
  assert.match(only(parseErrors(input('type: STRING, validator: "["'))).message, /^invalid pattern: /);
  assert.is(only(parseErrors(input('type: ENUM'))).message, 'must not be empty');
  assert.is(only(parseErrors(input('type: SELECT'))).message, 'must not be empty');
  assert.equal(parseErrors(input('type: SELECT, expression: "{{ kv(\'x\') }}"')), []);
  assert.match(only(parseErrors(input('type: FILE, defaults: x'))).message, /no `defaults`/);
  assert.equal(parseErrors(input('type: FILE, defaults: "nsfile:///a.csv"')), []);
  assert.match(only(parseErrors(input('type: ARRAY, itemType: ARRAY'))).message, /`itemType`/);
  assert.is(only(parseErrors(input('type: ARRAY'))).message, 'must not be null');
  assert.match(only(parseErrors(input('type: INT, defaults: ten'))).message, /Expected `INT` but received `ten`/);
  assert.equal(parseErrors(input('type: INT, defaults: "{{ 10 }}"')), []);
  assert.match(only(parseErrors(input('type: DATE, after: 2024-02-30'))).message, /Expected `DATE`/);
  assert.match(only(parseErrors(input('type: STRIN'))).remedy ?? '', /Did you mean "STRING"/);
  assert.match(only(parseErrors(input('type: STRING, dependsOn: {inputs: [j]}'))).message, /depends on a non-existent input 'j'/);
  assert.match(parseErrors(withTask('inputs:\n  - {id: a, type: STRING, dependsOn: {inputs: [b]}}\n  - {id: b, type: STRING, dependsOn: {inputs: [a]}}\n'))[0]?.message ?? '', /Cycle dependency detected: a, b/);
});

test('an input may be called by name, and be BOOL; a FORM becomes its leaves', () => {
  const parsed = parse(withTask('inputs:\n  - {name: old, type: BOOL}\n  - {id: form, type: FORM, inputs: [{id: a, type: INT}, {id: b, type: STRING}]}\n'));
  assert.equal(parsed.flow?.inputs.map((input) => [input.id, input.type]), [['old', 'BOOL'], ['form.a', 'INT'], ['form.b', 'STRING']]);
});

test('system labels are refused, except readOnly', () => {
  assert.match(only(parseErrors(withTask('labels:\n  system.x: y\n'))).message, /System labels/);
  assert.equal(parseErrors(withTask('labels:\n  - key: system.readOnly\n    value: true\n')), []);
});

test('a broken expression and a name that does not exist are warnings at their place', () => {
  const source = withTask('    format: "a {{ outputs.tt.value }} b {{ inputs.x ?? 1 }} {{ vars.y }}"\n');
  const found = parseWarnings(source);
  assert.equal(found.map((problem) => [problem.message, cut(source, problem), problem.remedy]), [
    ['The task "tt" does not exist in this flow', 'tt', 'Did you mean "t"?'],
    ['The variable "y" does not exist in this flow', 'y', undefined],
  ]);
  const broken = withTask('    format: |\n      one\n      two {{ 1 + }}\n');
  const problem = only(parseWarnings(broken));
  assert.is(problem.line, 8);
  assert.match(problem.message, /^In the expression: /);
});

test('expressions of a subflow call\'s outputs and of triggers speak of other executions', () => {
  const source = flow(`tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: x
    flowId: y
    outputs:
      a: "{{ outputs.other.value }}"
triggers:
  - id: f
    type: io.kestra.plugin.core.trigger.Flow
    inputs:
      b: "{{ outputs.upstream.value }}"
`);
  assert.equal(parseWarnings(source), []);
});

test('a ForEachItem brings the outputs of its three parts', () => {
  const source = flow('tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEachItem\n    items: "{{ inputs.f }}"\n    namespace: x\n    flowId: y\n  - id: r\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ outputs.each_merge.subflowOutputs }}"\ninputs:\n  - {id: f, type: FILE}\n');
  assert.equal(parseWarnings(source), []);
});

test('conditions, task runners and nested conditions have types of their own', () => {
  const trigger = (condition: string): string => withTask(`triggers:\n  - id: w\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: k\n    conditions:\n${condition}`);
  const nested = parse(trigger('      - type: io.kestra.plugin.core.condition.Not\n        conditions:\n          - type: io.kestra.core.models.conditions.types.VariableCondition\n            expression: "{{ true }}"\n'));
  assert.equal(nested.flow?.triggers[0]?.conditions, [{ type: 'io.kestra.plugin.core.condition.Not', properties: { conditions: [{ type: 'io.kestra.plugin.core.condition.Expression', expression: '{{ true }}' }] } }]);
  assert.is(only(parseErrors(trigger('      - type: io.kestra.plugin.core.condition.Expression\n'))).path, 'triggers[0].conditions[0].expression');
  const shell = flow('tasks:\n  - id: s\n    type: io.kestra.plugin.scripts.shell.Commands\n    commands: [ls]\n    taskRunner:\n      type: io.kestra.plugin.core.runner.Proces\n');
  assert.is(only(parseErrors(shell)).message, 'Invalid type: io.kestra.plugin.core.runner.Proces');
});

test('common keys of the flow are read: concurrency, sla, checks, variables, afterExecution', () => {
  const parsed = parse(flow(`variables: {a: 1}
concurrency: {limit: 2}
sla:
  - {id: s, type: MAX_DURATION, behavior: FAIL, duration: PT1H, labels: {k: v}}
checks:
  - {condition: "{{ true }}", message: no}
afterExecution:
  - id: z
    type: io.kestra.plugin.core.debug.Return
tasks:
  - id: t
    type: io.kestra.plugin.core.debug.Return
`));
  assert.equal(parsed.diagnostics, []);
  assert.equal(parsed.flow?.concurrency, { limit: 2, behavior: 'QUEUE' });
  assert.equal(parsed.flow?.sla, [{ id: 's', type: 'MAX_DURATION', behavior: 'FAIL', labels: [{ key: 'k', value: 'v' }], durationMs: 3_600_000 }]);
  assert.is(parsed.flow?.afterExecution[0]?.id, 'z');
  assert.match(only(parseErrors(withTask('concurrency: {limit: 0}\n'))).message, /greater than 0/);
});

test('a broken text still gives id, namespace and tasks', () => {
  const parsed = parse('id: f\nnamespace: a.b\ntasks:\n  - id: one\n    type: io.kestra.plugin.core.debug.Return\n  - id: two\n    type: io.kestra.plugin.core.debug.Return\n   format: oops\n');
  assert.is(parsed.flow, undefined);
  assert.equal([parsed.id, parsed.namespace], ['f', 'a.b']);
  assert.equal(tasksOf(parsed), ['one', 'two']);
  assert.ok(parsed.diagnostics.some((problem) => problem.severity === 'error' && problem.line >= 7));
});

test('usual slips of YAML are said in plain words, once, where they are', () => {
  const message = (text: string): string => withTask(`    format: ${text}\n`);
  const slips: readonly (readonly [string, RegExp, string])[] = [
    [message('Hello: world'), /makes it a second key/, 'H'],
    [message('{{ outputs.t }}'), /begins with "{{" needs quotes/, '{{ outputs.t }}'],
    [message('"open\n  - id: b\n    type: io.kestra.plugin.core.debug.Return'), /quote that opens here is never closed/, '"open'],
    [flow('tasks:\n  - id: t\n   type: io.kestra.plugin.core.debug.Return\n'), /indentation fits neither/, ' type: io.kestra.plugin.core.debug.Return'],
    [flow('tasks:\n  - id: t\n    typ'), /key without a colon/, 'typ'],
  ];
  for (const [source, expected, where] of slips) {
    const problem = only(parseErrors(source));
    assert.match(problem.message, expected);
    assert.is(cut(source, problem).trim(), where.trim());
  }
});

test('anchors, aliases and merge keys are read', () => {
  const parsed = parse(flow('tasks:\n  - &base\n    id: a\n    type: io.kestra.plugin.core.debug.Return\n    format: x\n  - <<: *base\n    id: b\n'));
  assert.equal(parsed.flow?.tasks.map((task) => [task.id, task.properties]), [['a', { format: 'x' }], ['b', { format: 'x' }]]);
});

test('a constraints text is one line', () => {
  const text = constraintsText(parse('foo: "bar\nbaz').diagnostics) ?? '';
  assert.ok(text.length > 0);
  assert.not.match(text, /\n/);
});

test('a trigger of the server that leaves a required input open is a warning', () => {
  const source = withTask('inputs:\n  - {id: a, type: STRING}\n  - {id: b, type: STRING, defaults: x}\ntriggers:\n  - id: s\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "@daily"\n  - id: w\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: k\n    inputs: {a: 1}\n');
  const problem = only(parseWarnings(source));
  assert.equal([problem.path, problem.message], ['triggers[0].inputs', 'The trigger gives no value for the required input "a", so its executions can not start']);
});

test('a task or a trigger is checked on its own', () => {
  const options = { catalog: testingCatalog(), level: '1.x' } as const;
  const check = (source: string, section: 'TASKS' | 'TRIGGERS'): string | undefined => constraintsText(parseElement(source, section, options));
  assert.is(check('id: t\ntype: io.kestra.plugin.core.debug.Return\n', 'TASKS'), undefined);
  assert.is(check('{"id": "t", "type": "io.kestra.plugin.core.debug.Return", "x": 1}', 'TASKS'), 'x: Unrecognized field "x" of Return');
  assert.is(check('id: t\ntype: io.kestra.plugin.core.trigger.Schedule\n', 'TRIGGERS'), 'cron: must not be null');
  assert.is(check('', 'TASKS'), 'The text is empty');
});

test('CRLF, a byte order mark and a leading separator change nothing', () => {
  const source = withTask('    format: x\n');
  const plain = parse(source).flow;
  assert.equal(parse(source.replaceAll('\n', '\r\n')).flow?.tasks, plain?.tasks);
  assert.equal(parse(`\ufeff${source}`).flow?.tasks, plain?.tasks);
  assert.equal(parse(`---\n${source}`).flow?.tasks, plain?.tasks);
});

test.run();
