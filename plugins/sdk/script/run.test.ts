// What all script tasks share, with real processes: files, addresses, the execution's context, failures that say what helps.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf, tryTask, type Trial, type TrialOptions } from '../testing.ts';
import { commandsTask, scriptTask } from './definitions.ts';
import { powershell, python, shell } from './languages.ts';
import { localProcess } from './testing-language.ts';

const runner = { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' } };
const commands = commandsTask(shell);
const run = (properties: Readonly<Record<string, unknown>>, more: Omit<TrialOptions, 'properties'> = {}): Promise<Trial> => tryTask(commands, { process: localProcess, ...more, properties: { ...runner, ...properties } });
const failure = ({ outcome }: Trial): string => (outcome.type === 'failed' ? outcome.message : `succeeded ${JSON.stringify(outcome.outputs)}`);
const infos = (trial: Trial): readonly string[] => trial.logs.filter((line) => line.level === 'INFO').map((line) => line.message);

test('every property that flows use is accepted', () => {
  assert.equal(problemsOf(commands, {
    commands: 'ls', beforeCommands: ['a'], interpreter: ['/bin/bash', '-c'], failFast: false, env: { A: 'b' }, inputFiles: '{"a":"b"}', outputFiles: ['*'], outputDirectory: true, outputDir: true,
    namespaceFiles: { enabled: true, include: ['a'], exclude: 'b', namespaces: ['c'], folderPerNamespace: true }, executionContext: true, containerImage: 'ubuntu', warningOnStdErr: false, targetOS: 'AUTO', runner: 'DOCKER', docker: { image: 'x' },
  }), []);
  assert.equal(problemsOf(commandsTask(python), { commands: ['a'], dependencies: ['requests'], packageManager: 'PIP', uvAutoInstallEnabled: true, pythonVersion: '3.12', dependencyCacheEnabled: false }), []);
});

test('input files may be a map, or a text that is one; a value may be the address of a stored file', async () => {
  const stored = { 'kestra:///x/data.csv': 'from the storage' };
  assert.equal(infos(await run({ commands: ['cat a.txt deep/b.csv'], inputFiles: { 'a.txt': 'one\n', 'deep/b.csv': '{{ uri }}' } }, { stored, variables: { uri: 'kestra:///x/data.csv' } })), ['one', 'from the storage']);
  assert.equal(infos(await run({ commands: ['cat a.txt'], inputFiles: '{"a.txt": "{{ uri }}"}' }, { stored, variables: { uri: 'kestra:///x/data.csv' } })), ['from the storage']);
});

test('files of namespaces are put into the directory, and input files win over them', async () => {
  const stored = { 'kestra:///tests/_files/main.py': 'own', 'kestra:///tests/_files/lib/a.py': 'a', 'kestra:///tests/_files/lib/b.txt': 'b', 'kestra:///other/team/_files/main.py': 'other', 'kestra:///tests/_files/keep.txt': 'kept' };
  const list = async (namespaceFiles: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<readonly string[]> =>
    infos(await run({ namespaceFiles, commands: ['find . -type f | sort | while read f; do echo "$f $(cat "$f")"; done'], ...more }, { stored, variables: { on: 'true' } }));
  assert.equal(await list({ enabled: '{{ on }}' }), ['./keep.txt kept', './lib/a.py a', './lib/b.txt b', './main.py own']);
  assert.equal(await list({ enabled: false }), []);
  assert.equal(await list({ include: ['*.py'] }), ['./lib/a.py a', './main.py own']);
  assert.equal(await list({ include: 'lib/', exclude: ['*.txt'] }), ['./lib/a.py a']);
  assert.equal(await list({ namespaces: ['tests', 'other.team'], include: ['main.py'] }), ['./main.py other']);
  assert.equal(await list({ namespaces: ['tests', 'other.team'], include: ['main.py'], folderPerNamespace: true }), ['./other.team/main.py other', './tests/main.py own']);
  assert.equal(await list({ include: ['main.py'] }, { inputFiles: { 'main.py': 'mine' } }), ['./main.py mine']);
});

test('addresses in commands and in env become paths of copies, one for each file', async () => {
  const trial = await run({ commands: ['cat kestra:///x/a.csv $FILE', 'test "$FILE" = "{{ workingDir }}/.ensemble-fetched/0/a.csv" && echo same'], env: { FILE: 'kestra:///x/a.csv' }, outputFiles: ['**'] }, { stored: { 'kestra:///x/a.csv': 'a\n' } });
  assert.equal(infos(trial), ['a', 'a', 'same']);
  assert.equal(trial.outcome.outputs?.['outputFiles'], {}, 'copies of ours are no outputs');
});

test('an address ends where its file does, whatever stands around it', async () => {
  const script = [
    'import json', "a = open('kestra:///x/a.csv').read()", "b = [open(one).read() for one in ['kestra:///x/a.csv','kestra:///x/a.csv']]", 'c = open("kestra:///x/it\'s%20(1).csv").read()',
    "print('::' + json.dumps({'outputs': {'all': [a, b, c]}}) + '::')",
  ].join('\n');
  const stored = { "kestra:///x/it's%20(1).csv": 'odd', 'kestra:///x/a.csv': 'a' };
  const trial = await tryTask(scriptTask(python), { process: localProcess, stored, properties: { ...runner, script } });
  assert.equal(trial.outcome.outputs?.['vars'], { all: ['a', ['a', 'a'], 'odd'] }, failure(trial));
  assert.equal(infos(await run({ commands: ["cat kestra:///x/it's%20(1).csv"] }, { stored })), ['odd']);
  assert.match(failure(await run({ commands: ["cat 'kestra:///x/none.csv'"] }, { stored })), /kestra:\/\/\/x\/none\.csv"/);
});

test('env may be a text that renders to a map', async () => {
  assert.equal(infos(await run({ commands: ['echo $A'], env: '{{ env }}' }, { variables: { env: '{"A":"b"}' } })), ['b']);
});

test('the output directory has two names, and the earlier runner brings it along', async () => {
  for (const properties of [{ outputDirectory: true }, { outputDir: true }, { runner: 'PROCESS' }]) {
    const trial = await run({ commands: ['mkdir -p "$OUTPUT_DIR/in" && echo a > {{ outputDir }}/in/a.txt'], ...properties });
    assert.equal(Object.keys(trial.outcome.outputs?.['outputFiles'] ?? {}), ['in/a.txt'], failure(trial));
  }
});

test('the execution is a file on wish, which no glob collects', async () => {
  const trial = await run({ commands: ['cat .kestra-execution-context.json'], executionContext: true, outputFiles: ['**', '.*'] }, { variables: { inputs: { a: 1 }, flow: { id: 'f' } } });
  assert.equal(JSON.parse(infos(trial)[0] ?? ''), { inputs: { a: 1 }, flow: { id: 'f' } });
  assert.equal(trial.outcome.outputs?.['outputFiles'], {});
  assert.match(failure(await run({ commands: ['cat .kestra-execution-context.json'] })), /exit code 1/);
});

test('in a directory that others share nothing of ours stays', async () => {
  const trial = await tryTask(scriptTask(python), {
    sharesDirectory: true, properties: { ...runner, script: 'open("kept.txt", "w").write("x")', executionContext: true, outputDirectory: true, env: { A: 'kestra:///x/a' } }, stored: { 'kestra:///x/a': 'a' },
    process: localProcess,
  });
  assert.is(trial.outcome.type, 'succeeded', failure(trial));
  assert.equal(trial.left, ['kept.txt']);
});

test('values that came before a failure are kept', async () => {
  const trial = await run({ commands: ['echo \'::{"outputs":{"a":1}}::\'', 'echo \'::{"outputs":{"b":2}}::\' >&2', 'exit 3'] });
  assert.is(failure(trial), 'Command failed with exit code 3');
  assert.equal(trial.outcome.outputs?.['vars'], { a: 1, b: 2 });
  assert.equal([trial.outcome.outputs?.['stdOutLineCount'], trial.outcome.outputs?.['stdErrLineCount']], [1, 1]);
});

test('a value that is to be encrypted is', async () => {
  const trial = await run({ commands: ['echo \'::{"encryptedOutputs":{"key":"hidden"}}::\''] });
  assert.equal(trial.outcome.outputs?.['vars'], { key: { type: 'io.kestra.datatype:aes_encrypted', value: 'hidden' } });
});

test('an interpreter, or a program, that is not there is named with what helps', async () => {
  assert.match(failure(await run({ interpreter: ['no-such-shell', '-c'], commands: ['x'] })), /^Command failed with exit code 127: the interpreter "no-such-shell" was not found on this machine\. Install it there, or run in a container/);
  assert.match(failure(await run({ commands: ['no-such-program --x'] })), /^Command failed with exit code 127: a program was not found on this machine \(".*no-such-program.*"\)\. Install it there/);
});

test('an interpreter that is no shell gets no shell words in front of the commands', async () => {
  const seen: (readonly string[])[] = [];
  const played: NonNullable<TrialOptions['process']> = async (request) => {
    seen.push(request.command);
    return { exitCode: 0 };
  };
  await run({ interpreter: ['python3', '-c'], commands: ['print(1)'] }, { process: played });
  await run({ interpreter: ['/usr/bin/env', 'bash', '-c'], commands: ['x'] }, { process: played });
  await tryTask(commandsTask(powershell), { properties: { ...runner, commands: ['Get-Date'] }, process: played });
  assert.equal(seen, [['python3', '-c', 'print(1)'], ['/usr/bin/env', 'bash', '-c', 'set -e\nx'], ['pwsh', '-NoProfile', '-NonInteractive', '-Command', "$ErrorActionPreference = 'Stop'\n$PSNativeCommandUseErrorActionPreference = $true\nGet-Date"]]);
});

test('the interpreter may be another shell, as a list or as words of an expression', async () => {
  const commands = ['words=(a b c)', 'echo "${#words[@]} ${words[1]}"'];
  assert.equal(infos(await run({ interpreter: ['/bin/bash', '-c'], commands })), ['3 b']);
  assert.equal(infos(await run({ interpreter: ['{{ shell }}', '-c'], commands }, { variables: { shell: '/bin/bash' } })), ['3 b']);
});

test('the first command that fails ends it, unless the last one is to decide', async () => {
  assert.match(failure(await run({ commands: ['false', 'echo on'] })), /exit code 1/);
  assert.equal(infos(await run({ commands: ['false', 'echo on'], failFast: false })), ['on']);
});

test('commands before run in the same shell', async () => {
  assert.equal(infos(await run({ beforeCommands: ['a=1', 'cd /'], commands: ['echo $a $(pwd)'] })), ['1 /']);
});

test('a script may be longer than an argument', async () => {
  assert.equal(infos(await run({ commands: [`# ${'x'.repeat(200_000)}`, 'echo end'] })), ['end']);
});

test.run();
