// Every runnable type of the catalog, in the real worker.
import { createServer, type Server } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kvWrite } from '../store/index.ts';
import { openBench, type Bench } from './testing.ts';

let bench: Bench;
const core = 'io.kestra.plugin.core';
const shell = 'io.kestra.plugin.scripts.shell';
const runner = { taskRunner: { type: `${core}.runner.Process` } };

test.before(async () => {
  bench = await openBench({
    secrets: { SECRET_TOKEN: Buffer.from('tell-nobody-this').toString('base64'), SECRET_SHORT: Buffer.from('abc').toString('base64') },
    encryptionKey: Buffer.alloc(32, 7).toString('base64'),
    environmentVariables: { SECRET_TOKEN: 'dGVsbA==', ENSEMBLE_ENCRYPTION_KEY: 'key-of-the-server' },
  });
});
test.after(() => bench.close());

test('Log runs inline and renders its message', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: ['in {{ flow.id }}', 'again'] });
  assert.ok(result.inline);
  assert.equal(result.logs.map((line) => [line.level, line.message]), [['INFO', 'in flow'], ['INFO', 'again']]);
  assert.equal(result.ended.outcome, { type: 'succeeded' });
});

test('a task is found by its old name', async () => {
  const result = await bench.run('io.kestra.core.tasks.log.Log', { message: 'old' });
  assert.is(result.logs[0]?.message, 'old');
});

test('Return gives out its value and metrics; a list is written as JSON', async () => {
  const result = await bench.run(`${core}.debug.Return`, { format: '{{ [1, "a"] }}' });
  assert.equal(result.ended.outcome, { type: 'succeeded', outputs: { value: '[1,"a"]' } });
  assert.equal(result.metrics.map((metric) => metric.name), ['length', 'duration']);
});

test('Echo writes a line', async () => {
  assert.is((await bench.run(`${core}.debug.Echo`, { format: 'hello', level: 'WARN' })).logs[0]?.level, 'WARN');
});

test('OutputValues renders inside lists and maps', async () => {
  const result = await bench.run(`${core}.output.OutputValues`, { values: { a: '{{ 1 + 1 }}', b: ['{{ flow.id }}', 3], c: { d: null } } });
  assert.equal(result.ended.outcome, { type: 'succeeded', outputs: { values: { a: '2', b: ['flow', 3], c: { d: null } } } });
});

test('Fail fails, and its message is an error in the log', async () => {
  const result = await bench.run(`${core}.execution.Fail`, { errorMessage: 'nothing in {{ flow.id }}' });
  assert.equal(result.ended.outcome, { type: 'failed', message: 'nothing in flow' });
  assert.equal(result.logs.map((line) => [line.level, line.message]), [['ERROR', 'nothing in flow']]);
});

test('an expression that cannot be rendered fails the task with its place', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: '{{ outputs.missing.value }}' });
  assert.match(result.ended.outcome.type === 'failed' ? result.ended.outcome.message : '', /Unable to find `missing`/);
});

test('Sleep waits in a thread', async () => {
  const result = await bench.run(`${core}.flow.Sleep`, { duration: 'PT0.05S' });
  assert.not(result.inline);
  assert.equal(result.ended.outcome, { type: 'succeeded' });
});

test('Resume asks the executor, and its answer decides', async () => {
  for (const answer of [{ ok: true }, { ok: false, message: 'it is not paused' }]) {
    const started = bench.start(`${core}.execution.Resume`, { executionId: 'abc', inputs: { a: '{{ 1 }}' } });
    const asked = await started.seen((event) => event.type === 'requested');
    assert.ok(asked.type === 'requested');
    assert.equal(asked.request, { type: 'resumeExecution', executionId: 'abc', inputs: { a: '1' } });
    bench.worker.answer(started.jobId, asked.requestId, answer);
    const { ended } = await started.result;
    assert.equal(ended.outcome, answer.ok ? { type: 'succeeded' } : { type: 'failed', message: 'it is not paused' });
  }
});

test('http.Request calls a server', async () => {
  const server: Server = createServer((request, response) => void response.end(`${request.method} ${request.headers.authorization ?? ''}`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const result = await bench.run(`${core}.http.Request`, { uri: `http://127.0.0.1:${port}/`, method: 'PUT', headers: { authorization: 'Bearer {{ secret("TOKEN") }}' } });
  await new Promise((resolve) => server.close(resolve));
  assert.is(result.ended.outcome.outputs?.['body'], 'PUT Bearer tell-nobody-this');
  assert.is(result.ended.outcome.outputs?.['code'], 200);
});

test('shell Commands hands on values, metrics and files', async () => {
  const result = await bench.run(`${shell}.Commands`, {
    ...runner, inputFiles: { 'words.txt': 'one\ntwo\n' }, outputFiles: ['*.csv', 'deep/**'], env: { NAME: '{{ flow.id }}' },
    commands: ['lines=$(wc -l < words.txt)', 'echo "$NAME,$lines" > result.csv', 'mkdir deep && echo deep > deep/file.txt', 'echo "::{\\"outputs\\":{\\"lines\\":$lines},\\"metrics\\":[{\\"name\\":\\"lines\\",\\"type\\":\\"counter\\",\\"value\\":$lines}]}::"', 'echo done'],
  });
  const outputs = result.ended.outcome.outputs ?? {};
  assert.equal(outputs['vars'], { lines: 2 });
  assert.is(result.metrics[0]?.value, 2);
  assert.equal(result.logs.map((line) => line.message), ['done']);
  const files = Object.fromEntries(Object.entries(outputs['outputFiles'] ?? {}));
  assert.equal(Object.keys(files), ['deep/file.txt', 'result.csv']);
  assert.match(String(files['result.csv']), /^kestra:\/\/\/io\/tests\/flow\/executions\/execution0000000000000\/tasks\/task\/taskrun-job-\d+\/result\.csv$/);
  assert.is(Buffer.from(await bench.storage.read(String(files['result.csv']))).toString(), 'flow,2\n');
});

test('shell Script reads a stored file by its address', async () => {
  const uri = 'kestra:///io/tests/flow/executions/execution0000000000000/inputs/file/data.txt';
  await bench.storage.put(uri, 'from the storage');
  const result = await bench.run(`${shell}.Script`, { ...runner, script: `cat ${uri}`, outputFiles: ['**'] });
  assert.equal(result.logs.map((line) => line.message), ['from the storage']);
  assert.equal(result.ended.outcome.outputs?.['outputFiles'], {});
});

test('an output directory keeps every file in it', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, outputDirectory: true, commands: ['echo a > "$OUTPUT_DIR/a.txt"', 'echo b > {{ outputDir }}/b.txt'] });
  assert.equal(Object.keys(result.ended.outcome.outputs?.['outputFiles'] ?? {}), ['a.txt', 'b.txt']);
});

test('a failing command fails at once, with its exit code and what it said', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, commands: ['echo oh >&2', 'exit 3', 'echo never'] });
  assert.is(result.ended.outcome.type === 'failed' && result.ended.outcome.message, 'Command failed with exit code 3');
  assert.equal(result.logs.map((line) => [line.level, line.message]), [['ERROR', 'oh'], ['ERROR', 'Command failed with exit code 3']]);
  assert.is(result.ended.outcome.outputs?.['exitCode'], 3);
});

test('an interpreter that does not exist is a failure that names it', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, interpreter: ['no-such-shell', '-c'], commands: ['x'] });
  assert.is(result.ended.outcome.outputs?.['exitCode'], 127);
  assert.ok(result.logs.some((line) => line.message.includes('no-such-shell')));
});

test('a script longer than an argument may be runs all the same', async () => {
  const result = await bench.run(`${shell}.Script`, { ...runner, script: `${'# a comment that makes it long\n'.repeat(8000)}echo end` });
  assert.equal(result.logs.map((line) => line.message), ['end']);
});

test('commands see nothing of the server\'s environment but what they need to run', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, commands: ['env | cut -d= -f1 | sort'] });
  const allowed = new Set(['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'WORKING_DIR', 'PWD', 'SHLVL', '_', 'OLDPWD', 'ENSEMBLE_PROCESS']);
  assert.equal(result.logs.map((line) => line.message).filter((name) => !allowed.has(name)), []);
});

test('kv() reads what was committed, inline and in a thread', async () => {
  const row = { tenant: 'main', namespace: 'io.tests', key: 'color', type: 'STRING', value: 'red', createdAtMs: 0, updatedAtMs: 0 } as const;
  bench.environment.writeNow([kvWrite(row)]);
  assert.is((await bench.run(`${core}.debug.Return`, { format: '{{ kv("color") }}' })).ended.outcome.outputs?.['value'], 'red');
  const inThread = (): Promise<unknown> => bench.run(`${shell}.Commands`, { ...runner, commands: ['echo {{ kv("color") }}'] }).then((result) => result.logs[0]?.message);
  assert.is(await inThread(), 'red');
  bench.environment.writeNow([kvWrite({ ...row, value: 'blue' })]);
  assert.is(await inThread(), 'blue');
  const missing = await bench.run(`${core}.debug.Return`, { format: '{{ kv("nothing") }}' });
  assert.match(missing.ended.outcome.type === 'failed' ? missing.ended.outcome.message : '', /The key 'nothing' does not exist/);
});

test('read() gives the text of a file of the execution, a large one from a thread', async () => {
  const uri = 'kestra:///io/tests/flow/executions/execution0000000000000/inputs/file/large.txt';
  await bench.storage.put(uri, 'x'.repeat(100_000));
  const result = await bench.run(`${core}.debug.Return`, { format: `{{ read("${uri}") | length }}` });
  assert.is(result.ended.outcome.outputs?.['value'], '100000');
  assert.not(result.inline);
});

test('an expression that needs more than a moment runs in a thread', async () => {
  const result = await bench.run(`${core}.debug.Return`, { format: '{% for i in range(1, 1000) %}{% for j in range(1, 300) %}{% endfor %}{% endfor %}ok' });
  assert.is(result.ended.outcome.outputs?.['value'], 'ok');
  assert.not(result.inline);
});

test('Encrypted gives out a text that only the key opens', async () => {
  const value = (await bench.run('io.kestra.core.tasks.test.Encrypted', { format: '{{ plain }}' })).ended.outcome.outputs?.['value'];
  assert.match(JSON.stringify(value), /^\{"type":"io.kestra.datatype:aes_encrypted","value":"[A-Za-z0-9+/=]+"\}$/);
  assert.not.match(JSON.stringify(value), /plain/);
});

test('NullOutputTask, TaskThatFail and DynamicTask say what they are to say', async () => {
  assert.equal((await bench.run('io.kestra.core.tasks.test.NullOutputTask')).ended.outcome, { type: 'succeeded', outputs: { value: null } });
  assert.equal((await bench.run('io.kestra.core.runners.test.TaskThatFail', { message: 'm' })).ended.outcome, { type: 'failed', message: 'm', outputs: { message: 'm' } });
  const outcome = (await bench.run('io.kestra.core.tasks.test.DynamicTask')).ended.outcome;
  assert.is(outcome.type === 'succeeded' ? outcome.dynamic?.[0]?.state : undefined, 'SUCCESS');
});

test('a secret is replaced by stars in the log, also in an error and inside a longer line', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, commands: ['echo "a {{ secret("TOKEN") }} b {{ secret("SHORT") }}"', 'echo {{ secret("TOKEN") }} >&2; exit 1'] });
  assert.equal(result.logs.map((line) => line.message), ['a **masked******** b ***', '**masked********', 'Command failed with exit code 1']);
  const inline = await bench.run(`${core}.execution.Fail`, { errorMessage: 'no {{ secret("TOKEN") }}' });
  assert.equal(inline.logs.map((line) => line.message), ['no **masked********']);
  assert.is(inline.ended.outcome.type === 'failed' && inline.ended.outcome.message, 'no **masked********');
});

test('values that the executor calls secret are replaced, too', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: 'my input-value' }, { job: { secretValues: ['input-value'] } });
  assert.is(result.logs[0]?.message, 'my **masked***');
});

test('a secret that does not exist is a failure that names it', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: '{{ secret("NONE") }}' });
  assert.match(result.ended.outcome.type === 'failed' ? result.ended.outcome.message : '', /Cannot find secret for key 'NONE'/);
});

test('lines below the log level of the task are dropped', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: 'quiet' }, { task: { logLevel: 'ERROR' } });
  assert.equal(result.logs, []);
});

test('a long message comes in pieces', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: 'x'.repeat(25_000) });
  assert.equal(result.logs.map((line) => line.message.length), [10_240, 10_240, 4520]);
});

test('with logToFile the lines are in a file and not in the log', async () => {
  const result = await bench.run(`${core}.log.Log`, { message: 'Hello World!' }, { task: { logToFile: true } });
  assert.equal(result.logs, []);
  assert.match(result.ended.logFile ?? '', /^kestra:\/\/\/io\/tests\/flow\/executions\//);
  assert.match(Buffer.from(await bench.storage.read(result.ended.logFile ?? '')).toString(), /^\d{4}-\S+Z INFO {2}Hello World!\n$/);
});

test('outputs that are too large fail with what to do', async () => {
  const result = await bench.run(`${core}.debug.Return`, { format: '{{ "0123456789" | replace({"0": inputs.long}) }}' }, { job: { variables: { inputs: { long: 'y'.repeat(1_100_000) } } } });
  assert.match(result.ended.outcome.type === 'failed' ? result.ended.outcome.message : '', /more than 1048576 bytes: store large values as a file/);
});

for (const path of ['../outside.txt', '/etc/outside.txt', 'a/../../outside.txt', 'a\\..\\b', '', 'C:/x']) {
  test(`an input file called "${path}" is refused`, async () => {
    const result = await bench.run(`${shell}.Commands`, { ...runner, inputFiles: { [path]: 'x' }, commands: ['true'] });
    assert.match(result.ended.outcome.type === 'failed' ? result.ended.outcome.message : '', /^The file path ".*" is refused/);
  });
}

test('a link that a script leaves behind is neither followed nor stored', async () => {
  const result = await bench.run(`${shell}.Commands`, { ...runner, commands: ['ln -s /etc/passwd stolen.txt', 'ln -s /etc folder', 'echo fine > fine.txt'], outputFiles: ['**'] });
  assert.equal(Object.keys(result.ended.outcome.outputs?.['outputFiles'] ?? {}), ['fine.txt']);
});

for (const uri of [
  'kestra:///io/tests/flow/executions/another/inputs/file/x.txt',
  'kestra:///io/tests/flow/executions/execution0000000000000/../another/x.txt',
  'kestra:///io/tests/flow/executions/execution0000000000000/%2e%2e/another/x.txt',
  'kestra:///io/tests/flow/executions/another0000000000000/tasks/_files/x.txt',
]) {
  test(`the file ${uri} of strangers cannot be read`, async () => {
    await bench.storage.put('kestra:///io/tests/flow/executions/another/inputs/file/x.txt', 'secret');
    const rendered = await bench.run(`${core}.debug.Return`, { format: `{{ read("${uri}") }}` });
    assert.match(rendered.ended.outcome.type === 'failed' ? rendered.ended.outcome.message : '', /is not one of this execution|is no file of the internal storage|must not contain/);
    const fetched = await bench.run(`${shell}.Commands`, { ...runner, inputFiles: { 'x.txt': uri }, commands: ['cat x.txt'] });
    assert.match(fetched.ended.outcome.type === 'failed' ? fetched.ended.outcome.message : '', /is not one of this execution|is no file of the internal storage|must not contain/);
  });
}

test('files of the execution that triggered this one can be read', async () => {
  const uri = 'kestra:///io/tests/parent/executions/parent1/tasks/t/r/x.txt';
  await bench.storage.put(uri, 'from the parent');
  const trigger = { id: 'sub', type: 'x', variables: { executionId: 'parent1', namespace: 'io.tests', flowId: 'parent' } };
  const { execution } = (await import('./testing.ts')).jobOf('x', 'x', {});
  const result = await bench.run(`${core}.debug.Return`, { format: `{{ read("${uri}") }}` }, { job: { execution: { ...execution, trigger } } });
  assert.is(result.ended.outcome.outputs?.['value'], 'from the parent');
});

test.run();
