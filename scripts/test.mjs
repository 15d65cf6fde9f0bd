// All tests, one list: checks, then every *.test.ts (unit files side by side, files that need the machine one after the other).
// Prints one line a file, the output of what failed, and last `N passed, N failed`.
//   npm test                 everything
//   npm test -- core stories only files whose path holds one of the words
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const alone = ['test/stories/', 'test/chaos/', 'test/conformance/', 'test/bench/'];
/** A file that hangs is a failure, not a wait. */
const fileTimeoutMs = 8 * 60_000;

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'data'].includes(entry.name) || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.test\.tsx?$/.test(entry.name)) yield relative(root, path);
  }
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: process.env, detached: true });
    let output = '';
    child.stdout.on('data', (bytes) => { output += bytes; });
    child.stderr.on('data', (bytes) => { output += bytes; });
    // The whole group: a test's servers and browsers must not outlive it.
    const timer = setTimeout(() => { output += `\nended after ${fileTimeoutMs / 60_000} minutes\n`; try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has just ended */ } }, fileTimeoutMs);
    child.on('exit', (code) => { clearTimeout(timer); resolve({ code: code ?? 1, output }); });
  });
}

let passed = 0;
let failed = 0;
const report = (name, ms, result) => {
  const counts = [...result.output.matchAll(/^\s*Passed:\s+(\d+)|^\s*Total:\s+(\d+)/gm)];
  const total = Number(counts.find((match) => match[2])?.[2] ?? 1);
  const good = Number(counts.find((match) => match[1])?.[1] ?? (result.code === 0 ? 1 : 0));
  // A hook that throws ends a file with 0 and nothing run: that is a failure, too.
  const fine = result.code === 0 && good === total;
  const bad = fine ? 0 : Math.max(1, total - good);
  passed += fine ? good : Math.min(good, Math.max(0, total - 1));
  failed += bad;
  process.stdout.write(`${fine ? 'ok  ' : 'FAIL'} ${name} (${good}/${total}, ${Math.round(ms)} ms)\n`);
  if (!fine) process.stdout.write(`${result.output.split('\n').slice(-120).join('\n')}\n`);
};
const timed = async (name, command, args) => {
  const started = performance.now();
  const result = await run(command, args);
  report(name, performance.now() - started, result);
};

const wanted = [...files(root)].filter((file) => words.length === 0 || words.some((word) => file.includes(word))).sort();
if (words.length === 0 || words.includes('check')) await timed('check (types, pure core, linter)', process.execPath, ['scripts/check.mjs']);

const side = wanted.filter((file) => !alone.some((prefix) => file.startsWith(prefix)));
const single = wanted.filter((file) => alone.some((prefix) => file.startsWith(prefix)));
let next = 0;
await Promise.all(Array.from({ length: 2 }, async () => {
  while (next < side.length) {
    const file = side[next];
    next += 1;
    await timed(file, process.execPath, ['--import', 'tsx', file]);
  }
}));
for (const file of single) await timed(file, process.execPath, ['--import', 'tsx', file]);

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
