// Bundles the server (one file a thread) and the client (ESM with splitting, hashed names). About a second.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const started = performance.now();
const fail = (sentence) => { process.stderr.write(`${sentence}\n`); process.exit(1); };

const registry = spawnSync(process.execPath, ['--import', 'tsx', join(root, 'scripts', 'plugin-registry.ts')], { cwd: root, stdio: ['ignore', 2, 2] });
if (registry.status !== 0) fail('The registry of plugins could not be made: see the lines above.');

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'client'), { recursive: true });

const common = { bundle: true, sourcemap: true, logLevel: 'warning', absWorkingDir: root, jsx: 'automatic', jsxImportSource: 'hono/jsx', legalComments: 'none' };
const text = { '.md': 'text', '.yaml': 'text', '.svg': 'text' };

const server = build({
  ...common,
  entryPoints: { server: 'server/main.ts', engine: 'server/executor/thread.ts', 'task-thread': 'server/worker/task-thread.ts', ...(existsSync(join(root, 'server/documents/diagnostics-thread.ts')) ? { 'diagnostics-thread': 'server/documents/diagnostics-thread.ts' } : {}) },
  outdir: 'dist', platform: 'node', format: 'esm', target: 'node20', loader: text,
  // Packages are bundled, in parts that the threads share: ready sooner and smaller than when read from node_modules (docs/BENCHMARKS.md).
  splitting: true, chunkNames: 'chunk-[hash]', sourcesContent: false,
  // What has native parts stays outside.
  external: ['lmdb', 'uWebSockets.js', '@node-rs/argon2'],
  // Bundled CommonJS packages ask for Node's own modules by `require`.
  banner: { js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);" },
});

const entries = JSON.parse(readFileSync(join(root, 'client', 'entries.json'), 'utf8'));
const client = build({
  ...common,
  entryPoints: [...entries.scripts, ...entries.styles],
  outdir: 'dist/client', entryNames: '[name]-[hash]', chunkNames: 'chunk-[name]-[hash]', assetNames: '[name]-[hash]',
  platform: 'browser', format: 'esm', splitting: true, minify: true, target: ['chrome120', 'firefox121', 'safari17'],
  loader: { ...text, '.woff2': 'file', '.ttf': 'file' }, metafile: true, sourcemap: false,
  define: { 'process.env.NODE_ENV': '"production"' },
});
const workers = build({
  ...common,
  entryPoints: entries.workers ?? [], outdir: 'dist/client', entryNames: '[name]-[hash]', platform: 'browser', format: 'iife', minify: true,
  target: ['chrome120', 'firefox121', 'safari17'], metafile: true, sourcemap: false, define: { 'process.env.NODE_ENV': '"production"' },
});

const [, clientResult, workerResult] = await Promise.all([server, client, workers]);

/** name of the source -> address of the asset, for the shell and for `new Worker`. */
const manifest = {};
for (const result of [clientResult, workerResult]) {
  for (const [output, info] of Object.entries(result.metafile.outputs)) {
    if (info.entryPoint) manifest[info.entryPoint] = `/assets/${basename(output)}`;
    // The style sheets of a library that is loaded on demand: the page links them when it loads the library.
    if (info.entryPoint === 'client/editor/index.ts' && info.cssBundle) manifest['client/editor/index.css'] = `/assets/${basename(info.cssBundle)}`;
  }
}
for (const file of entries.static ?? []) {
  const bytes = readFileSync(join(root, file));
  const name = `${basename(file, extname(file))}-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}${extname(file)}`;
  copyFileSync(join(root, file), join(dist, 'client', name));
  // The sprite of icons is named by the views themselves, on the server and in the browser: it keeps its plain name, too.
  copyFileSync(join(root, file), join(dist, 'client', basename(file)));
  manifest[file] = `/assets/${name}`;
}
writeFileSync(join(dist, 'client', 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
cpSync(join(root, 'blueprints'), join(dist, 'blueprints'), { recursive: true });
const files = readdirSync(join(dist, 'client')).length;
process.stderr.write(`Built ${relative(root, dist)}: ${files} client files, ${Math.round(performance.now() - started)} ms\n`);
