// Type check, the pure type check of core, the linter. Each is one line of the list; all of it runs at home.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const steps = [
  ['plugin registry', process.execPath, ['--import', 'tsx', 'scripts/plugin-registry.ts']],
  ['types', process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.json']],
  ['types of core, pure', process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'core/tsconfig.json']],
  ['linter', process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'lint', '--error-on-warnings', '.']],
];
let failed = 0;
for (const [name, command, args] of steps) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  process.stdout.write(`${done.status === 0 ? 'ok  ' : 'FAIL'} ${name}\n`);
  if (done.status !== 0) {
    failed += 1;
    process.stdout.write(`${done.stdout}${done.stderr}\n`);
  }
}
process.exit(failed === 0 ? 0 : 1);
