/**
 * The shared conformance data, when it is there: every flow case, the optional ones too, the expressions and the invalid flows, run by the suite's own runners against a real server.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, sharedConformance, startServer, type TestServer } from '../harness/server.ts';

interface Outcome { readonly passed: number; readonly failed: number; readonly lines: string }

async function run(script: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [join(sharedConformance, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lines = '';
  child.stdout.on('data', (bytes: Buffer) => { lines += bytes.toString('utf8'); });
  child.stderr.on('data', (bytes: Buffer) => { lines += bytes.toString('utf8'); });
  await new Promise((resolve) => child.once('exit', resolve));
  const match = /(\d+) passed, (\d+) failed/.exec(lines);
  return { passed: Number(match?.[1] ?? 0), failed: Number(match?.[2] ?? 1), lines };
}

const failures = (outcome: Outcome): string => outcome.lines.split('\n').filter((line) => line.startsWith('FAIL')).join('\n');

/** The environment of the suite's `needs`. */
export async function conformanceServer(): Promise<TestServer & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-conformance-'));
  const config = join(folder, 'config.yaml');
  await writeFile(config, 'languageLevel: "0.20"\nglobals:\n  string: string\n  int: 1\n  bool: true\n  nested:\n    int: 2\n');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const server = await startServer({
    environment: {
      ENSEMBLE_CONFIG: config, ENSEMBLE_TEST_PLUGINS: '1', ENSEMBLE_ENCRYPTION_KEY: base64('0123456789abcdef0123456789abcdef'),
      SECRET_MY_SECRET: base64('{"secretKey":"secretValue"}'), SECRET_NEW_LINE: base64('passwordveryveryveyrlong'.repeat(5)),
      SECRET_WEBHOOK_KEY: base64('secretKey'), SECRET_PASSWORD: base64('password'), KESTRA_TEST1: 'true', KESTRA_TEST2: 'Pass by env',
    },
  });
  return { ...server, folder };
}

if (existsSync(sharedConformance)) {
  test('the conformance suite passes whole, with its optional cases', async () => {
    const server = await conformanceServer();
    try {
      const flows = await run('run.mjs', ['--base', server.url, '--cases', join(sharedConformance, 'cases.json'), '--flows', join(sharedConformance, 'flows'), '--include-optional']);
      assert.is(flows.failed, 0, failures(flows));
      assert.ok(flows.passed >= 119);
      const invalid = await run('run.mjs', ['--base', server.url, '--cases', join(sharedConformance, 'invalid-cases.json'), '--flows', join(sharedConformance, 'flows')]);
      assert.is(invalid.failed, 0, failures(invalid));
      assert.ok(invalid.passed >= 12);
      const expressions = await run('run-expressions.mjs', ['--base', server.url, '--cases', join(sharedConformance, 'expressions.json')]);
      assert.is(expressions.failed, 0, failures(expressions));
      assert.ok(expressions.passed >= 233);
      process.stdout.write(`conformance: flows ${flows.passed}/${flows.passed + flows.failed}, invalid ${invalid.passed}/${invalid.passed + invalid.failed}, expressions ${expressions.passed}/${expressions.passed + expressions.failed}\n`);
    } finally {
      await discard(server);
      await rm(server.folder, { recursive: true, force: true });
    }
  });
} else {
  test.skip('the conformance suite (its data is not on this machine)', () => undefined);
}

test.run();
