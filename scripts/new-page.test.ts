import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ensemble-new-page-'));
const client = join(folder, 'client');
const run = (cwd: string, ...args: readonly string[]) => spawnSync(process.execPath, ['--import', 'tsx', ...args], { cwd, encoding: 'utf8' });
const newPage = (...args: readonly string[]) => run(root, 'scripts/new-page.ts', '--client', client, ...args);
const read = (path: string): string => readFileSync(join(client, path), 'utf8');

test.before(() => {
  cpSync(join(root, 'client'), client, { recursive: true });
  for (const name of ['core', 'plugins', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(root, name), join(folder, name));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a new page has five files, is named in three places and passes its test', () => {
  const made = newPage('name-spaces');
  assert.is(made.status, 0, made.stderr);
  assert.equal(readdirSync(join(client, 'pages', 'name-spaces')).sort(), ['load.ts', 'page.css', 'page.test.ts', 'page.ts', 'view.tsx']);
  assert.match(read('pages/index.ts'), /import \{ nameSpacesPage \} from '\.\/name-spaces\/view\.tsx';/);
  assert.match(read('pages/scripts.ts'), /'name-spaces': \(\) => import\('\.\/name-spaces\/page\.ts'\),/);
  assert.match(read('theme/index.css'), /@import "\.\.\/pages\/name-spaces\/page\.css";/);
  const tested = run(folder, join(client, 'pages', 'name-spaces', 'page.test.ts'));
  assert.is(tested.status, 0, `${tested.stdout}${tested.stderr}`);
  assert.match(tested.stdout, /Passed: +4/);
});

test('a second run keeps the files and names nothing twice', () => {
  writeFileSync(join(client, 'pages', 'name-spaces', 'page.css'), 'mine');
  const before = ['pages/index.ts', 'pages/scripts.ts', 'theme/index.css'].map(read);
  assert.is(newPage('name-spaces').status, 0);
  assert.is(read('pages/name-spaces/page.css'), 'mine');
  assert.equal(['pages/index.ts', 'pages/scripts.ts', 'theme/index.css'].map(read), before);
});

test('a page that exists is left as it is, whatever its form', () => {
  const state = () => [...['flows', 'plugins', 'executions'].map((page) => readdirSync(join(client, 'pages', page)).sort()), ...['pages/index.ts', 'pages/scripts.ts', 'theme/index.css'].map(read)];
  const before = state();
  for (const page of ['flows', 'plugins', 'executions']) assert.is(newPage(page).status, 0);
  assert.equal(state(), before);
});

test('a name that is none is refused with what was expected', () => {
  for (const name of ['NameSpaces', '../up', '']) {
    const made = newPage(name);
    assert.is(made.status, 1);
    assert.match(made.stderr, /refused: expected/);
  }
});

test.run();
