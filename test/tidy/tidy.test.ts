/**
 * What no reviewer should have to remember: who may import whom, which calls are banned and what stands in their place,
 * one technology one room, the form of plugin folders, rule ids in test titles, the code map of ARCHITECTURE.
 */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function* walk(folder: string): Generator<string> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'data'].includes(entry.name) || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield relative(root, path);
  }
}

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly typeOnly: boolean }[];
}

const houses = ['core', 'server', 'client', 'plugins'];
const isTest = (path: string): boolean => /\.(test|child)\.tsx?$/.test(path) || /(^|\/)testing-|\/driver\./.test(path);
const sources: readonly Source[] = houses.flatMap((house) => [...walk(join(root, house))])
  .filter((path) => /\.(ts|tsx)$/.test(path) && !path.endsWith('.d.ts') && !path.includes('.generated.'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const imports = [...text.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g)]
      .map((match) => ({ from: match[3] ?? '', typeOnly: match[2] !== undefined }));
    return { path, text, imports };
  });

/** The room of a path: the folder names of the import table. */
function roomOf(path: string): string {
  const parts = path.split('/');
  switch (parts[0]) {
    case 'core': return `core/${parts[1]}`;
    case 'plugins': return parts[1] === 'sdk' ? 'plugins/sdk' : 'plugins';
    case 'server': return parts.length === 2 ? 'server' : `server/${parts[1]}`;
    case 'client': return parts.length === 2 ? 'client' : `client/${parts[1]}`;
    default: return parts[0] ?? '';
  }
}

const core = ['core/protocol', 'core/expression', 'core/language', 'core/engine'];
const clientBase = ['client/ambient', 'client/connection', 'client/document', 'client/theme', 'client/components'];
/** The table of docs/ARCHITECTURE.md. A room always may import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'core/protocol': [],
  'core/expression': ['core/protocol'],
  'core/language': ['core/protocol', 'core/expression'],
  'core/engine': ['core/protocol', 'core/expression', 'core/language'],
  'plugins/sdk': ['core/protocol'],
  plugins: ['core/protocol', 'plugins/sdk'],
  'server/ambient': ['core/protocol'],
  'server/store': ['core/protocol', 'server/ambient'],
  'server/catalog': [...core, 'plugins/sdk', 'plugins'],
  'server/access': [...core, 'server/store', 'server/ambient'],
  'server/watch': [...core, 'server/store', 'server/access', 'server/ambient'],
  'server/documents': [...core, 'server/catalog', 'server/store', 'server/access', 'server/ambient'],
  'server/worker': [...core, 'plugins/sdk', 'server/catalog', 'server/store', 'server/access', 'server/ambient'],
  'server/executor': [...core, 'plugins/sdk', 'server/catalog', 'server/store', 'server/worker', 'server/scheduler', 'server/ambient'],
  'server/scheduler': [...core, 'server/catalog', 'server/store', 'server/worker', 'server/executor', 'server/ambient'],
  'server/operations': [...core, 'plugins/sdk', 'server/access', 'server/ambient', 'server/catalog', 'server/documents', 'server/executor', 'server/scheduler', 'server/store', 'server/watch', 'server/worker'],
  'server/edge': [...core, 'server/ambient', 'server/operations', 'server/access', 'server/documents', 'server/watch', 'client/pages', 'client/components'],
};

const targetOf = (source: Source, from: string): string | undefined => {
  if (!from.startsWith('.')) return undefined;
  return relative(root, resolve(join(root, dirname(source.path)), from));
};

test('a room imports only what the table of ARCHITECTURE allows', () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (isTest(source.path)) continue;
    const room = roomOf(source.path);
    const allowed = mayImport[room] ?? (room.startsWith('client/') ? [...core, 'client', ...(room === 'client/pages' ? ['client/editor', 'client/topology', 'client/gantt', 'client/logs', 'client/presence'] : []), ...clientBase] : undefined);
    if (allowed === undefined) continue; // server/main.ts and client/app.ts put the rooms together
    for (const { from } of source.imports) {
      const target = targetOf(source, from);
      if (target === undefined) continue;
      const targetRoom = roomOf(target);
      if (targetRoom !== room && !allowed.includes(targetRoom)) wrong.push(`${source.path} imports ${target}: ${room} may not know ${targetRoom}`);
    }
  }
  assert.equal(wrong, []);
});

test('a server room is entered only by its index.ts, its contract, or the tables of the store', () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (isTest(source.path)) continue;
    for (const { from } of source.imports) {
      const target = targetOf(source, from);
      if (target === undefined || !target.startsWith('server/')) continue;
      if (roomOf(target) === roomOf(source.path)) continue;
      if (/^server\/[a-z]+\/(index|contract)\.ts$/.test(target) || /^server\/store\/(tables\/[a-z-]+|keys|feed)\.ts$/.test(target) || target === 'server/config.ts') continue;
      wrong.push(`${source.path} imports ${target}: enter by the room's index.ts`);
    }
  }
  assert.equal(wrong, []);
});

const banned: readonly { readonly pattern: RegExp; readonly instead: string; readonly allowed: RegExp }[] = [
  { pattern: /\bDate\.now\s*\(/, instead: 'the clock that comes in from ambient', allowed: /^(server|client)\/ambient\// },
  { pattern: /\bnew Date\(\s*\)/, instead: 'the clock that comes in from ambient', allowed: /^(server|client)\/ambient\// },
  { pattern: /\bMath\.random\s*\(/, instead: 'the randomness that comes in from ambient', allowed: /^(server|client)\/ambient\// },
  { pattern: /\bprocess\.env\b/, instead: 'server/config.ts, read through ambient', allowed: /^server\/ambient\// },
  { pattern: /\b(setTimeout|setInterval)\s*\(/, instead: 'the timers of ambient', allowed: /^(server|client)\/ambient\// },
  { pattern: /\bconsole\.\w+\s*\(/, instead: 'the logger of ambient', allowed: /^(server|client)\/ambient\/|^client\/(bot|cli)\// },
  { pattern: /^\s*export \* from/m, instead: 'named re-exports', allowed: /^$/ },
  { pattern: /^\s*export default\b/m, instead: 'a named export', allowed: /^$/ },
  { pattern: /dangerouslySetInnerHTML/, instead: 'JSX, which escapes', allowed: /^$/ },
  { pattern: /\beval\s*\(|\bnew Function\s*\(/, instead: 'nothing: the page policy forbids it', allowed: /^$/ },
];

/** Comments speak of banned calls without making them. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1');

test('banned calls stand only where their replacement is made', () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (isTest(source.path)) continue;
    const code = withoutComments(source.text);
    for (const { pattern, instead, allowed } of banned) if (pattern.test(code) && !allowed.test(source.path)) wrong.push(`${source.path}: ${pattern.source}; use ${instead}`);
  }
  assert.equal(wrong, []);
});

test('no test is singled out', () => {
  const wrong = [...walk(join(root, 'test')), ...sources.map((source) => source.path)].filter((path) => /\.test\.tsx?$/.test(path) && !path.startsWith('test/tidy/') && /\.only\(/.test(readFileSync(join(root, path), 'utf8')));
  assert.equal(wrong, []);
});

const technologies: readonly { readonly name: RegExp; readonly room: RegExp }[] = [
  { name: /^uWebSockets\.js$/, room: /^server\/edge\/transport\// },
  { name: /^lmdb$/, room: /^server\/store\/lmdb\// },
  { name: /^(yjs|y-protocols\/.*|y-websocket|lib0\/.*)$/, room: /^(server\/documents|client\/document|client\/editor|client\/bot)\// },
  { name: /^@automerge\//, room: /^(server\/documents|client)\/discussions\// },
  { name: /^yaml$/, room: /^core\/(language\/|expression\/yaml-text\.ts)/ },
  { name: /^(monaco-editor|monaco-yaml)(\/.*)?$/, room: /^client\/editor\// },
];

test('one technology stays in one room', () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (isTest(source.path)) continue;
    for (const { from } of source.imports) for (const { name, room } of technologies) if (name.test(from) && !room.test(source.path)) wrong.push(`${source.path} imports ${from}`);
  }
  assert.equal(wrong, []);
});

test('core imports nothing of Node', () => {
  const wrong = sources.filter((source) => source.path.startsWith('core/') && !isTest(source.path)).flatMap((source) => source.imports.filter(({ from }) => from.startsWith('node:')).map(({ from }) => `${source.path} imports ${from}`));
  assert.equal(wrong, []);
});

test('views and loads touch neither DOM nor Node', () => {
  const wrong = sources.filter((source) => /\/(view|load)\.tsx?$/.test(source.path))
    .filter((source) => source.imports.some(({ from }) => from.startsWith('node:')) || /\b(document|window|localStorage)\./.test(withoutComments(source.text)))
    .map((source) => source.path);
  assert.equal(wrong, []);
});

test('a file is imported by somebody, or is an entry', () => {
  const imported = new Set(sources.flatMap((source) => source.imports.map(({ from }) => targetOf(source, from)).filter((target) => target !== undefined)));
  for (const source of sources) for (const match of source.text.matchAll(/import\(\s*['"](\.[^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+)['"]/g)) {
    const target = targetOf(source, match[1] ?? match[2] ?? '');
    if (target !== undefined) imported.add(target);
  }
  const entries = existsSync(join(root, 'client/entries.json')) ? readFileSync(join(root, 'client/entries.json'), 'utf8') : '';
  const build = readFileSync(join(root, 'scripts/build.mjs'), 'utf8');
  const alone = sources.map((source) => source.path)
    .filter((path) => !isTest(path) && !imported.has(path) && !entries.includes(path) && !build.includes(path))
    .filter((path) => !/^plugins\/[^/]+\/([^/]+\/task|group)\.ts$/.test(path) && !/^client\/(bot|cli)\//.test(path) && !path.endsWith('index.ts'));
  assert.equal(alone, []);
});

test('a plugin folder holds exactly its five files', () => {
  const wrong: string[] = [];
  const wanted = ['docs.md', 'example.yaml', 'icon.svg', 'task.test.ts', 'task.ts'];
  for (const group of readdirSync(join(root, 'plugins'), { withFileTypes: true })) {
    if (!group.isDirectory() || group.name === 'sdk') continue;
    if (!existsSync(join(root, 'plugins', group.name, 'group.ts'))) wrong.push(`plugins/${group.name} has no group.ts`);
    for (const task of readdirSync(join(root, 'plugins', group.name), { withFileTypes: true })) {
      if (!task.isDirectory()) continue;
      const files = readdirSync(join(root, 'plugins', group.name, task.name));
      for (const file of wanted) if (!files.includes(file)) wrong.push(`plugins/${group.name}/${task.name} lacks ${file}`);
    }
  }
  assert.equal(wrong, []);
});

test('the code map of ARCHITECTURE lists exactly the rooms that exist', () => {
  const text = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
  const listed = [...text.matchAll(/^\| `((?:core|server|client|plugins|test|docs|scripts)\/[a-z-]+)\/` \|/gm)].map((match) => match[1] ?? '').sort();
  // Plugin groups are listed by the catalogue itself: adding one must not need a line here.
  const exist = ['core', 'server', 'client', 'test', 'docs', 'scripts']
    .flatMap((house) => readdirSync(join(root, house), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').map((entry) => `${house}/${entry.name}`)).sort();
  assert.equal(listed, exist);
});

test('each rule of docs/spec is in a test title, and each rule id in a title exists', () => {
  const specs = [...walk(join(root, 'docs/spec'))].map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const rules = new Set([...specs.matchAll(/^- \*\*([A-Z]{2}\d+)\*\*/gm)].map((match) => match[1] ?? ''));
  const titles = [...houses, 'test'].flatMap((house) => [...walk(join(root, house))]).filter((path) => /\.test\.tsx?$/.test(path)).map((path) => readFileSync(join(root, path), 'utf8'))
    .flatMap((text) => [...text.matchAll(/test\(\s*['"`]((?:(?:EN|DO|WA)\d+[ ,]*)+)/g)].flatMap((match) => [...(match[1] ?? '').matchAll(/[A-Z]{2}\d+/g)].map((id) => id[0])));
  const named = new Set(titles);
  assert.equal([...rules].filter((rule) => !named.has(rule)).sort(), [], 'rules without a test');
  assert.equal([...named].filter((id) => !rules.has(id)).sort(), [], 'ids without a rule');
});

test('the repository holds no machine path and no leftover marker', () => {
  const wrong: string[] = [];
  for (const path of [...houses, 'scripts', 'test', 'docs', 'blueprints'].flatMap((house) => [...walk(join(root, house))])) {
    if (path.startsWith('test/tidy/') || /\.(svg|woff2|png|ico)$/.test(path)) continue;
    const text = readFileSync(join(root, path), 'utf8');
    if (/\/(?:root|home\/[a-z]+|Users\/[a-z]+)\//i.test(text)) wrong.push(`${path}: a path of one machine`);
    if (/(?:\/\/|\*|#|<!--)\s*(TODO|FIXME|XXX|HACK)\b/.test(text)) wrong.push(`${path}: a leftover marker`);
  }
  assert.equal(wrong, []);
});

test('every dependency has its line in docs/DEPENDENCIES.md', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
  const text = readFileSync(join(root, 'docs/DEPENDENCIES.md'), 'utf8');
  const missing = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((name) => !text.includes(`| \`${name}\` |`));
  assert.equal(missing, []);
  const surplus = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '').filter((name) => !(name in { ...manifest.dependencies, ...manifest.devDependencies }));
  assert.equal(surplus, []);
});

test('each dependency and optional dependency named in a lock has its own entry with an integrity', () => {
  for (const lockPath of ['package-lock.json', 'scripts/runtime/package-lock.json']) {
    const lock = JSON.parse(readFileSync(join(root, lockPath), 'utf8')) as { packages: Record<string, { integrity?: string; dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }> };
    const names = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const missing = Object.entries(lock.packages).flatMap(([path, entry]) => Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).filter((name) => !names.has(name)).map((name) => `${path} -> ${name}`));
    assert.equal(missing, [], lockPath);
    assert.equal(Object.entries(lock.packages).filter(([path, entry]) => path !== '' && entry.integrity === undefined).map(([path]) => path), [], `${lockPath}: no integrity`);
  }
});

test.run();
