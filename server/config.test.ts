import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixedAmbient } from './ambient/index.ts';
import { ConfigError, readConfig, type Config } from './config.ts';

const read = (environment: Record<string, string>, args: readonly string[] = []): Config => readConfig(fixedAmbient({ environment }), args);
const reasonOf = (environment: Record<string, string>, args: readonly string[] = []): string => {
  try {
    read(environment, args);
    return 'accepted';
  } catch (error) {
    return error instanceof ConfigError ? error.message : `not a ConfigError: ${String(error)}`;
  }
};
function withFile(text: string, story: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-config-'));
  try {
    const path = join(folder, 'config.yaml');
    writeFileSync(path, text);
    story(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('without any variable it is a local server in ./data', () => {
  const { host, port, dataPath, languageLevel, publicUrl, testPlugins, command } = read({});
  assert.equal({ host, port, dataPath, languageLevel, publicUrl, testPlugins, command }, { host: '127.0.0.1', port: 8080, dataPath: './data', languageLevel: '1.x', publicUrl: undefined, testPlugins: false, command: { type: 'serve', share: undefined } });
});
test('--share listens on the network unless an address is given', () => {
  assert.is(read({}, ['--share']).host, '0.0.0.0');
  assert.is(read({ ENSEMBLE_HOST: '127.0.0.1' }, ['--share']).host, '127.0.0.1');
  assert.equal(read({}, ['--share=viewer']).command, { type: 'serve', share: { role: 'viewer' } });
  assert.equal(read({}, ['--administrator']).command, { type: 'administrator' });
});
test('secrets keep their prefix, variables of flows lose theirs', () => {
  const config = read({ SECRET_MY: 'YQ==', ENV_CITY: 'Oslo', KESTRA_TEST1: 'true', PATH: '/bin' });
  assert.equal(config.secrets, { SECRET_MY: 'YQ==' });
  assert.equal(config.envs, { city: 'Oslo', test1: 'true' });
});
test('a wrong value is one sentence that names the variable and what was found', () => {
  assert.match(reasonOf({ ENSEMBLE_PORT: '70000' }), /ENSEMBLE_PORT .* found "70000"/);
  assert.match(reasonOf({ ENSEMBLE_PORT: '-1' }), /ENSEMBLE_PORT/);
  assert.match(reasonOf({ ENSEMBLE_PUBLIC_URL: 'ensemble.example.com' }), /ENSEMBLE_PUBLIC_URL/);
  assert.match(reasonOf({ ENSEMBLE_PUBLIC_URL: 'javascript:alert(1)' }), /ENSEMBLE_PUBLIC_URL/);
  assert.match(reasonOf({ ENSEMBLE_TLS_CERT: '/a.pem' }), /ENSEMBLE_TLS_CERT and ENSEMBLE_TLS_KEY belong together/);
  assert.match(reasonOf({}, ['--share=admin']), /--share takes .* editor or viewer/);
  assert.match(reasonOf({}, ['--dance']), /Unknown option "--dance"/);
  assert.match(reasonOf({ ENSEMBLE_CONFIG: '/no/such/file.yaml' }), /ENSEMBLE_CONFIG "\/no\/such\/file\.yaml" can not be read/);
});
test('Docker is where the variable says, else the file, else where other programs of the machine look', () => withFile('docker:\n  host: tcp://10.0.0.1:2375\n  fallback: process\n  trusted: true\n', (path) => {
  assert.equal(read({}).docker, { fallback: 'none', trusted: false });
  assert.equal(read({ DOCKER_HOST: 'ssh://me@machine' }).docker, { host: 'ssh://me@machine', fallback: 'none', trusted: false });
  assert.equal(read({ ENSEMBLE_CONFIG: path, DOCKER_HOST: 'unix:///a' }).docker, { host: 'tcp://10.0.0.1:2375', fallback: 'process', trusted: true });
  assert.equal(read({ ENSEMBLE_CONFIG: path, ENSEMBLE_DOCKER_HOST: 'unix:///b', ENSEMBLE_DOCKER_FALLBACK: 'none' }).docker, { host: 'unix:///b', fallback: 'none', trusted: true });
  assert.match(reasonOf({ ENSEMBLE_DOCKER_FALLBACK: 'maybe' }), /ENSEMBLE_DOCKER_FALLBACK must be "none" or "process", found "maybe"/);
  assert.match(reasonOf({ ENSEMBLE_DOCKER_HOST: '/var/run/docker.sock' }), /ENSEMBLE_DOCKER_HOST .* such as unix:/);
}));
test('a certificate that is not there, or is none, is said before anything starts', () => withFile('not a certificate', (path) => {
  assert.match(reasonOf({ ENSEMBLE_TLS_CERT: path, ENSEMBLE_TLS_KEY: path }), /ENSEMBLE_TLS_CERT .* is no PEM file/);
  assert.match(reasonOf({ ENSEMBLE_TLS_CERT: '/no/such.pem', ENSEMBLE_TLS_KEY: path }), /ENSEMBLE_TLS_CERT "\/no\/such\.pem" can not be read/);
}));
test('the file beside the variables is checked; a variable wins over it', () => withFile('languageLevel: "0.20"\nencryptionKey: fromFile\nglobals:\n  a: {b: 1}\npluginDefaults:\n  - type: x.Y\n    values: {z: 1}\n', (path) => {
  const config = read({ ENSEMBLE_CONFIG: path, ENSEMBLE_ENCRYPTION_KEY: 'fromVariable' });
  assert.equal([config.languageLevel, config.encryptionKey, config.globals], ['0.20', 'fromVariable', { a: { b: 1 } }]);
  assert.equal(config.globalDefaults, [{ type: 'x.Y', forced: false, values: { z: 1 } }]);
}));
test('a file that is no YAML, or holds something unknown, says where', () => {
  withFile('languageLevel: [', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /is not valid YAML/));
  withFile('languageLevel: "0.30"\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /wrong at .*languageLevel/));
  withFile('colour: blue\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /known are globals, encryptionKey/));
  withFile('', (path) => assert.is(reasonOf({ ENSEMBLE_CONFIG: path }), 'accepted'));
});
test('retention and folders for file:/// are checked, each with its place', () => {
  withFile('localFiles: [/srv/data/]\nretention:\n  - executions: P90D\n  - namespace: team.a\n    logs: P7D\n    files: PT12H\n', (path) => {
    const config = read({ ENSEMBLE_CONFIG: path });
    assert.equal(config.localPaths, ['/srv/data/']);
    assert.equal(config.retention, [{ namespace: '', executionsMs: 90 * 86_400_000 }, { namespace: 'team.a', logsMs: 7 * 86_400_000, filesMs: 43_200_000 }]);
  });
  withFile('localFiles: [data]\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /localFiles: "data" must be the absolute path/));
  withFile('localFiles: [/srv/..]\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /not the whole disk/));
  withFile('retention:\n  - logs: soon\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /retention\[0\]: logs "soon" is not an ISO-8601 duration/));
  withFile('retention:\n  - namespace: Team\n    logs: P1D\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /retention\[0\]: namespace "Team"/));
  withFile('retention:\n  - namespace: team\n', (path) => assert.match(reasonOf({ ENSEMBLE_CONFIG: path }), /retention\[0\] keeps everything/));
});
test.run();
