#!/usr/bin/env node
// The door of the repository: `npm start`, `npm test`, `npm run build|check|bench`. Runs before anything is installed,
// so it uses Node's own modules only. Safe to run twice; prints what it does.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [verb = 'start', ...rest] = process.argv.slice(2);
const fail = (sentence, code = 1) => { process.stderr.write(`${sentence}\n`); process.exit(code); };
const say = (line) => process.stderr.write(`${line}\n`);

if (Number(process.versions.node.split('.')[0]) < 20) fail(`Ensemble needs Node 20 or newer; this is ${process.version}.`, 78);

function npm(args, cwd) {
  const path = process.env.npm_execpath;
  const [command, prefix] = path && /\.c?js$/.test(path) ? [process.execPath, [path]] : ['npm', []];
  const done = spawnSync(command, [...prefix, ...args], { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' } });
  if (done.status !== 0) fail(`npm ${args.join(' ')} failed in ${cwd}: see the lines above.`);
}

/** Installs when the lock, the platform or the architecture differ from the last success. */
function install(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.platform).update(process.arch).digest('hex');
  const stamp = join(folder, 'node_modules', '.ensemble-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say(`Installing packages${folder === root ? '' : ' of the pinned runtime'} …`);
  npm(['ci', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'], folder);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

const probe = (node) => spawnSync(node, ['--input-type=module', '-e', "import('uWebSockets.js').then(() => process.exit(0), (e) => { console.error(e.message); process.exit(1); })"], { cwd: root, encoding: 'utf8' });

/** The Node that serves: this one, or a pinned Node 22 where uWebSockets.js has no binary for this one. */
function chooseNode() {
  const own = probe(process.execPath);
  if (own.status === 0) return process.execPath;
  const runtime = join(root, 'scripts', 'runtime');
  install(runtime);
  const packages = join(runtime, 'node_modules');
  for (const name of existsSync(packages) ? readdirSync(packages) : []) {
    const node = join(packages, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (!existsSync(node) || probe(node).status !== 0) continue;
    say(`Serving with ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}: uWebSockets.js has no binary for Node ${process.version}.`);
    return node;
  }
  const glibc = process.report?.getReport?.().header?.glibcVersionRuntime ?? 'none';
  return fail(`uWebSockets.js has no binary for Node ${process.version} on ${process.platform}-${process.arch} (glibc ${glibc}): ${(own.stderr || own.stdout || '').trim().split('\n')[0]}`, 78);
}

function newestMs(folder, newest = 0) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    newest = entry.isDirectory() ? newestMs(path, newest) : Math.max(newest, /\.generated\.ts$/.test(entry.name) ? 0 : statSync(path).mtimeMs);
  }
  return newest;
}

/** Builds when a source, the lock or the build script is newer than the last build. */
function build(force = false) {
  const stamp = join(root, 'dist', '.built');
  const newest = Math.max(...['core', 'server', 'client', 'plugins', 'blueprints', 'scripts'].map((folder) => newestMs(join(root, folder))), statSync(join(root, 'package-lock.json')).mtimeMs);
  if (!force && existsSync(stamp) && statSync(stamp).mtimeMs >= newest) return;
  const done = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) fail('The build failed: see the lines above.');
  writeFileSync(stamp, '');
}

const inPath = (name) => (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':').map((folder) => join(folder, name)).find((path) => existsSync(path));

/** A browser for the tests: CHROMIUM, one in PATH, Debian's package when root, else a sentence. */
function findBrowser() {
  const found = () => process.env.CHROMIUM || ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'].map(inPath).find(Boolean)
    || ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'].find((path) => existsSync(path));
  let browser = found();
  if (!browser && process.getuid?.() === 0 && inPath('apt-get')) {
    say('Installing Chromium for the browser tests …');
    spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 2] });
    spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    browser = found();
  }
  if (!browser) {
    spawnSync('npx', ['--yes', '@puppeteer/browsers', 'install', 'chrome@stable', '--path', join(root, '.cache')], { cwd: root, stdio: ['ignore', 2, 2] });
    browser = found();
  }
  return browser ?? fail('The tests need a Chromium: put one in PATH or name it in CHROMIUM.');
}

function serve(command, args, env = process.env) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
}

install(root);
switch (verb) {
  case 'start': {
    const node = chooseNode();
    build();
    serve(node, ['--enable-source-maps', join(root, 'dist', 'server.js'), ...rest]);
    break;
  }
  case 'build': build(true); break;
  case 'check': serve(process.execPath, [join(root, 'scripts', 'check.mjs'), ...rest]); break;
  case 'test': {
    const node = chooseNode();
    build();
    serve(node, [join(root, 'scripts', 'test.mjs'), ...rest], { ...process.env, CHROMIUM: findBrowser() });
    break;
  }
  case 'bench': {
    const node = chooseNode();
    build();
    serve(node, ['--import', 'tsx', join(root, 'test', 'bench', 'run.ts'), ...rest]);
    break;
  }
  default: fail(`Unknown command "${verb}": start, test, build, check or bench.`);
}
