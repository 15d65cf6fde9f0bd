// Packages of Python tasks, with a real pip and a wheel that lies in a folder: installed once, kept, and a clear failure without a way to them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBench, type Bench, type TaskResult } from './testing.ts';

const pip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const runner = { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' } };
const script = 'io.kestra.plugin.scripts.python.Script';
const failure = ({ ended }: TaskResult): string => (ended.outcome.type === 'failed' ? ended.outcome.message : `succeeded ${JSON.stringify(ended.outcome.outputs)}`);

let bench: Bench;
let wheels: string;
test.before(async () => {
  bench = await openBench();
  wheels = join(bench.path, 'wheels');
  mkdirSync(wheels);
  writeFileSync(join(wheels, 'six_times-1.0-py3-none-any.whl'), zipSync({
    'six_times.py': strToU8('def six(n):\n    return 6 * n\n'),
    'six_times-1.0.dist-info/METADATA': strToU8('Metadata-Version: 2.1\nName: six-times\nVersion: 1.0\n'),
    'six_times-1.0.dist-info/WHEEL': strToU8('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    'six_times-1.0.dist-info/RECORD': strToU8('six_times.py,,\nsix_times-1.0.dist-info/METADATA,,\nsix_times-1.0.dist-info/WHEEL,,\nsix_times-1.0.dist-info/RECORD,,\n'),
  }));
});
test.after(() => bench.close());

const run = (more: Readonly<Record<string, unknown>> = {}): Promise<TaskResult> => bench.run(script, {
  ...runner, packageManager: 'PIP', dependencies: ['six-times'], env: { PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels },
  script: 'from six_times import six\nprint(\'::{"outputs":{"n":%d}}::\' % six(7))', outputFiles: ['**'], ...more,
});
const when = pip ? test : test.skip;
const why = pip ? '' : ': skipped, there is no python3 with pip on this machine';

when(`packages are installed before the script, kept for the next run, and are no output files${why}`, async () => {
  const first = await run();
  assert.equal(first.ended.outcome.outputs?.['vars'], { n: 42 }, failure(first));
  assert.equal(first.ended.outcome.outputs?.['outputFiles'], {});
  rmSync(wheels, { recursive: true });
  const second = await run();
  assert.equal(second.ended.outcome.outputs?.['vars'], { n: 42 }, failure(second));
});

when(`without a way to the packages the task fails and says what helps${why}`, async () => {
  const result = await run({ dependencies: ['six-times', 'no-such-package'], dependencyCacheEnabled: false });
  assert.match(failure(result), /^The Python packages six-times, no-such-package could not be installed on this machine; the lines above say why\. .*PIP_INDEX_URL, UV_INDEX_URL/);
  assert.ok(result.logs.some((line) => /No matching distribution|ERROR/.test(line.message)), JSON.stringify(result.logs));
});

test('an option among the packages is refused', async () => {
  assert.match(failure(await run({ dependencies: ['--index-url=http://evil'] })), /^The property "dependencies" has "--index-url=http:\/\/evil": expected packages/);
});

when(`a version of Python that is not there is named${why}`, async () => {
  assert.match(failure(await run({ pythonVersion: '3.1.99', dependencies: [] })), /^Python 3\.1\.99 was not found on this machine\. Install it there, or run in a container/);
});

test.run();
