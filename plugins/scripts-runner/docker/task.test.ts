// The Docker runner against a daemon that speaks the API; what a real daemon does stands in real.test.ts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandsTask } from '../../sdk/script/definitions.ts';
import { shell } from '../../sdk/script/languages.ts';
import { localProcess } from '../../sdk/script/testing-language.ts';
import { problemsOf, tryTask, type Trial, type TrialOptions } from '../../sdk/testing.ts';
import { plugin } from './task.ts';
import { startDaemon, type Daemon, type DaemonOptions } from './testing-daemon.ts';

const commands = commandsTask(shell);

async function withDaemon(options: DaemonOptions, act: (daemon: Daemon, run: (properties: Readonly<Record<string, unknown>>, runner?: Readonly<Record<string, unknown>>, more?: TrialOptions) => Promise<Trial>) => Promise<void>): Promise<void> {
  const daemon = await startDaemon({ images: ['ubuntu'], ...options });
  try {
    await act(daemon, (properties, runner = {}, more = {}) => tryTask(commands, { taskRunners: [plugin], ...more, properties: { taskRunner: { type: plugin.type, host: daemon.host, ...runner }, ...properties } }));
  } finally {
    await daemon.close();
  }
}
const failure = ({ outcome }: Trial): string => (outcome.type === 'failed' ? outcome.message : `succeeded ${JSON.stringify(outcome.outputs)}`);

test('Docker accepts every property that flows use, and refuses a pull policy that it does not know', () => {
  assert.equal(problemsOf(plugin, {
    host: 'unix:///x', config: '{}', credentials: { registry: 'r', username: 'u', password: 'p', auth: 'a', registryToken: 't', identityToken: 'i' }, user: 'root', entryPoint: ['a'], extraHosts: ['a:b'], networkMode: 'host',
    portBindings: ['1:2'], volumes: ['/a:/b'], pullPolicy: 'ALWAYS', deviceRequests: [{ count: -1 }], cpu: { cpus: 2 }, memory: { memory: '1GB' }, shmSize: '1MB', privileged: false, delete: true, wait: true, fileHandlingStrategy: 'VOLUME', killGracePeriod: 'PT1S',
  }), []);
  assert.ok(problemsOf(plugin, { pullPolicy: 'PERHAPS' }).length > 0);
});

test('commands run in a container: files go in and out, values and lines come back, and nothing stays', () => withDaemon({}, async (daemon, run) => {
  const long = `deep/${'a-long-name-'.repeat(10)}/ö ä.txt`;
  const trial = await run({
    inputFiles: { 'in.txt': 'hello', [long]: 'far down', 'data.csv': 'kestra:///x/data.csv' }, env: { FILE: 'kestra:///x/data.csv' }, outputFiles: ['out/**', '**/*ä.txt'],
    commands: ['mkdir out && cat in.txt data.csv "$FILE" > out/all.txt', `cat '${long}' >> out/all.txt`, 'head -c 3000000 /dev/zero > out/big.bin', 'echo "::{\\"outputs\\":{\\"where\\":\\"{{ workingDir }}\\"}}::"', 'pwd; echo oh >&2', 'rm in.txt'],
  }, {}, { stored: { 'kestra:///x/data.csv': '1,2' } });
  assert.is(trial.outcome.type, 'succeeded', failure(trial));
  const outputs = trial.outcome.outputs ?? {};
  assert.equal(outputs['taskRunner'], { containerId: 'c1' });
  assert.match(JSON.stringify(outputs['vars']), /\/ensemble\/work"}$/);
  assert.equal(trial.logs.filter((line) => line.level === 'ERROR').map((line) => line.message), ['oh']);
  const files = Object.fromEntries(Object.entries(trial.stored).map(([uri, content]) => [uri.split('taskrun/')[1], content]));
  assert.is(files['out/all.txt'], 'hello1,21,2far down');
  assert.is(files['out/big.bin']?.length, 3_000_000);
  assert.is(files[long], 'far down');
  assert.not.ok(trial.left.includes('in.txt'), 'what the commands removed is gone here, too');
  assert.is(daemon.running(), 0);
  const [body] = daemon.bodies;
  assert.equal([body?.['Image'], body?.['WorkingDir'], body?.['Entrypoint'], body?.['Tty']], ['ubuntu', '/ensemble/work', ['/bin/sh'], false]);
  assert.is(body?.Labels?.['io.ensemble.task-run'], 'taskrun');
  assert.equal(daemon.calls.map((call) => call.replace(/\?.*/, '')), [
    'GET /_ping', 'GET /containers/json', 'GET /images/ubuntu/json', 'POST /containers/create', 'PUT /containers/ID/archive', 'POST /containers/ID/attach', 'POST /containers/ID/start', 'POST /containers/ID/wait',
    'GET /containers/ID/archive', 'DELETE /containers/ID',
  ]);
}));

test('archives in the form of GNU tar are read, too', () => withDaemon({}, async (_daemon, run) => {
  const name = `${'x'.repeat(90)}/${'y'.repeat(90)}.txt`;
  const trial = await run({ env: { TAR: 'gnu' }, commands: [`mkdir ${'x'.repeat(90)} && echo a > ${name}`], outputFiles: ['**/*.txt'] });
  assert.equal(Object.keys(trial.outcome.outputs?.['outputFiles'] ?? {}), [name], failure(trial));
}));

test('links that a container leaves behind are not followed', () => withDaemon({}, async (_daemon, run) => {
  const trial = await run({ commands: ['ln -s /etc/passwd stolen.txt', 'ln -s /etc folder', 'echo a > fine.txt'], outputFiles: ['**'] });
  assert.equal(Object.keys(trial.outcome.outputs?.['outputFiles'] ?? {}), ['fine.txt']);
}));

test('an exit code fails the task, and memory that ran out is said', async () => {
  await withDaemon({}, async (_daemon, run) => {
    const trial = await run({ commands: ['echo \'::{"outputs":{"a":1}}::\'', 'exit 4'] });
    assert.is(failure(trial), 'Command failed with exit code 4');
    assert.equal(trial.outcome.outputs?.['vars'], { a: 1 });
  });
  await withDaemon({ oomKilled: true }, async (_daemon, run) => assert.match(failure(await run({ commands: ['exit 137'] })), /exit code 137: the container used more memory than it may have/));
  await withDaemon({}, async (_daemon, run) => assert.match(failure(await run({ commands: ['no-such-program'] })), /a program was not found in the image ubuntu .*Take another "containerImage"/));
});

test('the image is pulled by the policy, with the login of its registry', () => withDaemon({}, async (daemon, run) => {
  const pulls = (): readonly string[] => daemon.calls.filter((call) => call.startsWith('POST /images/create'));
  await run({ commands: ['true'] });
  assert.equal(pulls(), []);
  await run({ commands: ['true'], containerImage: 'python:3.13-slim' });
  await run({ commands: ['true'] }, { pullPolicy: 'ALWAYS' });
  assert.equal(pulls(), ['POST /images/create?fromImage=python&tag=3.13-slim', 'POST /images/create?fromImage=ubuntu&tag=latest']);
  assert.equal(daemon.logins, []);
  assert.match(failure(await run({ commands: ['true'], containerImage: 'alpine' }, { pullPolicy: 'NEVER' })), /^The image "alpine" is not at unix:.*forbids to fetch it\.$/);
  await run({ commands: ['true'], containerImage: 'registry.test:5000/team/tool@sha256:abc' }, { credentials: { registry: 'registry.test:5000', username: 'u', password: 'p' } });
  await run({ commands: ['true'], containerImage: 'registry.test:5000/team/other:2' }, { config: { auths: { 'registry.test:5000': { auth: Buffer.from('me:secret:x').toString('base64') } } } });
  await run({ commands: ['true'], containerImage: 'team/third' }, { config: '{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6aHVi"}}}' });
  assert.equal(daemon.logins, [
    { username: 'u', password: 'p', serveraddress: 'registry.test:5000' },
    { username: 'me', password: 'secret:x', serveraddress: 'registry.test:5000' },
    { username: 'me', password: 'hub', serveraddress: 'https://index.docker.io/v1/' },
  ]);
  assert.equal(pulls().slice(2), ['POST /images/create?fromImage=registry.test:5000/team/tool&tag=sha256:abc', 'POST /images/create?fromImage=registry.test:5000/team/other&tag=2', 'POST /images/create?fromImage=team/third&tag=latest']);
}));

test('an error in the middle of a pull is a failure that says it', () => withDaemon({ pullError: 'manifest for nothing:latest not found' }, async (_daemon, run) => {
  assert.is(failure(await run({ commands: ['true'], containerImage: 'nothing' })), 'The image "nothing" could not be pulled: manifest for nothing:latest not found. Check its name, and the "credentials" if it is not public.');
}));

test('the limits and ways of a container are what the properties say', () => withDaemon({}, async (daemon, run) => {
  const trial = await run({ commands: ['true'] }, {
    user: '1000:1000', entryPoint: ['/usr/bin/env'], networkMode: 'none', extraHosts: ['db:10.0.0.1'], portBindings: ['8080:80', '127.0.0.1:53:53/udp'], volumes: ['/data:/data:ro'], privileged: true,
    cpu: { cpus: '{{ cpus }}' }, memory: { memory: '512MB', memorySwap: '1g' }, shmSize: '64m', deviceRequests: [{ driver: 'nvidia', count: -1, capabilities: ['gpu'] }],
  }, { docker: { fallback: 'none', trusted: true }, variables: { cpus: 1.5 } });
  assert.is(trial.outcome.type, 'succeeded', failure(trial));
  const [body] = daemon.bodies;
  assert.equal(body?.['Cmd'], ['/bin/sh', '-c', 'set -e\ntrue']);
  assert.equal([body?.['User'], body?.['Entrypoint'], body?.['ExposedPorts']], ['1000:1000', ['/usr/bin/env'], { '80/tcp': {}, '53/udp': {} }]);
  assert.equal(body?.HostConfig, {
    Binds: ['/data:/data:ro'], Privileged: true, NetworkMode: 'none', ExtraHosts: ['db:10.0.0.1'], NanoCpus: 1_500_000_000, Memory: 536_870_912, MemorySwap: 1_073_741_824, ShmSize: 67_108_864,
    DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }], PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }], '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }] },
  });
}));

test('folders of the machine and privileges are refused unless the server allows them', () => withDaemon({}, async (daemon, run) => {
  assert.match(failure(await run({ commands: ['true'] }, { volumes: ['/:/host'] })), /^The property "volumes" of the Docker runner is refused: .*docker: \{trusted: true\}/);
  assert.match(failure(await run({ commands: ['true'] }, { privileged: true })), /^The property "privileged" .*is refused/);
  assert.equal(daemon.calls, []);
}));

test('a kill stops the container with its grace, and removes it', () => withDaemon({}, async (daemon, run) => {
  const abort = new AbortController();
  const running = run({ commands: ['trap "" TERM', 'echo up; while :; do sleep 0.05; done'] }, { killGracePeriod: 'PT1S' }, { signal: abort.signal });
  await daemon.called(/wait/);
  abort.abort(new Error('The task was stopped.'));
  assert.is(failure(await running), 'The task was stopped.');
  assert.ok(daemon.calls.includes('POST /containers/ID/stop?t=1'), daemon.calls.join());
  assert.ok(daemon.calls.includes('DELETE /containers/ID?force=1&v=1'));
  assert.is(daemon.running(), 0);
}));

test('a container that a killed server left behind is removed before the task runs again', () => withDaemon({ leftOver: ['io.ensemble.task-run=taskrun'] }, async (daemon, run) => {
  assert.is((await run({ commands: ['true'] })).outcome.type, 'succeeded');
  assert.ok(daemon.calls.some((call) => call.startsWith('DELETE /containers/old-')), daemon.calls.join());
}));

test('a container may stay, and may be left to itself', () => withDaemon({}, async (daemon, run) => {
  await run({ commands: ['true'] }, { delete: false });
  assert.is(daemon.running(), 1);
  const trial = await run({ commands: ['sleep 30'] }, { wait: false });
  assert.equal([trial.outcome.type, trial.outcome.outputs?.['exitCode']], ['succeeded', 0]);
  assert.is(daemon.running(), 2);
}));

test('MOUNT mounts the directory instead of copying it', () => withDaemon({}, async (daemon, run) => {
  await run({ commands: ['true'], outputFiles: ['**'] }, { fileHandlingStrategy: 'MOUNT' });
  assert.match(JSON.stringify(daemon.bodies[0]?.HostConfig?.['Binds']), /^\["\/.*:\/ensemble\/work"\]$/);
  assert.not.ok(daemon.calls.some((call) => call.includes('archive')));
}));

for (const [host, said] of [
  ['unix:///no/such/docker.sock', /^There is no Docker at unix:\/\/\/no\/such\/docker\.sock: no such socket\. Start Docker there.*ENSEMBLE_DOCKER_HOST.*core\.runner\.Process/],
  ['tcp://127.0.0.1:1', /^There is no Docker at tcp:\/\/127\.0\.0\.1:1: nobody listens there\./],
  ['ssh://me@machine', /^The Docker host "ssh:\/\/me@machine" cannot be used: expected an address such as unix:/],
] as const) {
  test(`without Docker at ${host} the task fails with the address and the remedy, or runs here where the server allows it`, async () => {
    const properties = { taskRunner: { type: plugin.type, host }, commands: ['echo here'] };
    assert.match(failure(await tryTask(commands, { properties, taskRunners: [plugin] })), said);
    const trial = await tryTask(commands, { properties, taskRunners: [plugin], docker: { fallback: 'process', trusted: false }, process: localProcess });
    assert.is(trial.outcome.type, 'succeeded');
    assert.equal(trial.logs.map((line) => line.level), ['WARN', 'INFO']);
  });
}

test('the server says where Docker is when the flow does not', () => withDaemon({}, async (daemon) => {
  const trial = await tryTask(commands, { properties: { commands: ['true'] }, taskRunners: [plugin], docker: { host: daemon.host, fallback: 'none', trusted: false } });
  assert.is(trial.outcome.type, 'succeeded');
  assert.ok(daemon.calls.length > 5);
}));

test('what Docker refuses is a failure with its words', () => withDaemon({ refuses: 'invalid CPU count' }, async (daemon, run) => {
  assert.is(failure(await run({ commands: ['true'] })), `Docker at ${daemon.host} refused POST /containers/create: invalid CPU count (status 400)`);
  assert.match(failure(await run({ commands: ['true'] }, { portBindings: ['a:b'] })), /^The property "portBindings" has "a:b": expected HOST:CONTAINER/);
}));

test.run();
