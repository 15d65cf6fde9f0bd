// Runs `npm test` on several versions of Node, each from npm's package `node`, kept in .cache/. One line a version; safe to run twice.
//   node scripts/test-nodes.mjs                       20, 22 and 24, everything
//   node scripts/test-nodes.mjs --nodes 20,24 core    two of them, only files whose path holds the word
// The whole output of a run is in .cache/node-VERSION/test.log.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values, positionals: words } = parseArgs({ allowPositionals: true, options: { nodes: { type: 'string', default: '20,22,24' } } });
const versions = values.nodes.split(',').map((version) => version.trim());
const wrong = versions.find((version) => !/^\d+(\.\d+){0,2}$/.test(version));
if (wrong !== undefined) {
  process.stderr.write(`--nodes takes versions such as 20,22,24; found "${wrong}".\n`);
  process.exit(1);
}

/** The folder of a version's `node`, fetched when it is not there. Its install script links the binary of this platform. */
function nodeOf(version) {
  const folder = join(root, '.cache', `node-${version}`);
  const bin = join(folder, 'node_modules', 'node', 'bin');
  const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    process.stderr.write(`Fetching Node ${version} …\n`);
    mkdirSync(folder, { recursive: true });
    const done = spawnSync('npm', ['install', '--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
    if (done.status !== 0 || !existsSync(node)) return { problem: `npm's package node@${version} could not be installed: ${`${done.stderr}${done.stdout}`.trim().split('\n').at(-1) ?? ''}` };
  }
  const exact = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  return exact ? { folder, bin, node, exact } : { problem: `${relative(root, node)} does not run: remove ${relative(root, folder)} and try again` };
}

function testOn({ folder, bin, node }) {
  return new Promise((resolve) => {
    const log = createWriteStream(join(folder, 'test.log'));
    // npm's own variables name the Node that started this script; the tests shall see only theirs.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    const child = spawn(node, [join(root, 'scripts', 'run.mjs'), 'test', ...words], { cwd: root, env: { ...env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` } });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { output += bytes; log.write(bytes); });
    child.on('close', (code) => { log.end(); resolve({ code: code ?? 1, output }); });
  });
}

let failed = 0;
for (const version of versions) {
  const found = nodeOf(version);
  if ('problem' in found) {
    failed += 1;
    process.stdout.write(`FAIL Node ${version}: ${found.problem}\n`);
    continue;
  }
  const startedMs = performance.now();
  const { code, output } = await testOn(found);
  const lines = output.trim().split('\n');
  const counts = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line)) ?? lines.at(-1) ?? 'no output';
  // Where uWebSockets.js has no binary for this Node, run.mjs serves and tests with its pinned one.
  const served = /^Serving with ([^:\s]+)/m.exec(output)?.[1];
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} Node ${found.exact}${served === undefined ? '' : ` (the server on the pinned ${served})`}: ${counts}, ${Math.round((performance.now() - startedMs) / 1000)} s\n`);
  if (code === 0) continue;
  failed += 1;
  for (const line of lines.filter((one) => one.startsWith('FAIL'))) process.stdout.write(`       ${line}\n`);
  process.stdout.write(`       all of it: ${relative(root, join(found.folder, 'test.log'))}\n`);
}
process.exit(failed === 0 ? 0 : 1);
