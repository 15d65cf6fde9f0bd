import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCatalog } from '../server/catalog/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ensemble-new-task-'));
const plugins = join(folder, 'plugins');
const run = (...args: readonly string[]) => spawnSync(process.execPath, ['--import', 'tsx', ...args], { cwd: root, encoding: 'utf8' });
const newTask = (...args: readonly string[]) => run('scripts/new-task.ts', '--plugins', plugins, ...args);

test.before(() => {
  mkdirSync(plugins);
  symlinkSync(join(root, 'plugins', 'sdk'), join(plugins, 'sdk'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a new task has five files, passes its test and the checks of the catalog', async () => {
  const made = newTask('my-words', 'count-words');
  assert.is(made.status, 0, made.stderr);
  assert.equal(readdirSync(join(plugins, 'my-words', 'count-words')).sort(), ['docs.md', 'example.yaml', 'icon.svg', 'task.test.ts', 'task.ts']);
  const tested = run(join(plugins, 'my-words', 'count-words', 'task.test.ts'));
  assert.is(tested.status, 0, tested.stdout);
  assert.match(tested.stdout, /Passed: +2/);
  const load = async (path: string): Promise<Record<string, never>> => import(pathToFileURL(join(plugins, path)).href);
  const read = (name: string): string => readFileSync(join(plugins, 'my-words', 'count-words', name), 'utf8');
  const { group } = await load('my-words/group.ts');
  const { plugin } = await load('my-words/count-words/task.ts');
  assert.ok(group !== undefined && plugin !== undefined);
  const catalog = loadCatalog({ testPlugins: false, registry: [{ folder: 'my-words', group, plugins: [{ folder: 'count-words', plugin, docs: read('docs.md'), example: read('example.yaml'), icon: read('icon.svg') }] }] });
  assert.equal(catalog.names(), ['io.ensemble.plugin.my.words.CountWords']);
});

test('a second run keeps what is there', () => {
  const path = join(plugins, 'my-words', 'count-words', 'docs.md');
  writeFileSync(path, 'mine');
  assert.is(newTask('my-words', 'count-words').status, 0);
  assert.is(readFileSync(path, 'utf8'), 'mine');
});

test('another task of the group is named like its neighbours', () => {
  const made = newTask('my-words', 'sort-words');
  assert.match(made.stdout, /io\.ensemble\.plugin\.my\.words\.SortWords/);
});

test('a name that is none is refused with what was expected', () => {
  for (const name of ['CountWords', '../up', 'sdk']) {
    const made = newTask(name, 'x');
    assert.is(made.status, 1);
    assert.match(made.stderr, /refused|choose another/);
  }
});

test.run();
