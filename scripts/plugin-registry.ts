/**
 * Writes plugins/registry.generated.ts: imports every plugins/<group>/<task>/task.ts and holds the texts of its docs,
 * example and icon. Run before bundling, checking and testing; writes only when something changed. Refuses folders that lack a file.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const filesOfPlugin = ['task.ts', 'docs.md', 'example.yaml', 'icon.svg', 'task.test.ts'] as const;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'plugins');
const target = join(root, 'registry.generated.ts');

const foldersOf = (path: string): readonly string[] => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();

const problems: string[] = [];
const imports: string[] = ["import type { RegisteredGroup } from './sdk/registry.ts';"];
const groups: string[] = [];
let count = 0;
for (const group of foldersOf(root)) {
  if (group === 'sdk') continue;
  if (!existsSync(join(root, group, 'group.ts'))) problems.push(`plugins/${group}/group.ts is missing: each group says its name, title and category there.`);
  const groupName = `group${groups.length}`;
  imports.push(`import { group as ${groupName} } from './${group}/group.ts';`);
  const plugins: string[] = [];
  for (const folder of foldersOf(join(root, group))) {
    for (const file of filesOfPlugin) {
      if (!existsSync(join(root, group, folder, file))) problems.push(`plugins/${group}/${folder}/${file} is missing: a plugin folder has ${filesOfPlugin.join(', ')}.`);
    }
    if (problems.length > 0) continue;
    const read = (file: string): string => JSON.stringify(readFileSync(join(root, group, folder, file), 'utf8'));
    imports.push(`import { plugin as plugin${count} } from './${group}/${folder}/task.ts';`);
    plugins.push(`    { folder: ${JSON.stringify(folder)}, plugin: plugin${count}, docs: ${read('docs.md')}, example: ${read('example.yaml')}, icon: ${read('icon.svg')} },\n`);
    count += 1;
  }
  groups.push(`  { folder: ${JSON.stringify(group)}, group: ${groupName}, plugins: [\n${plugins.join('')}  ] },\n`);
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
const text = `// Written by scripts/plugin-registry.ts; do not edit, do not commit.\n${imports.join('\n')}\n\nexport const registry: readonly RegisteredGroup[] = [\n${groups.join('')}];\n`;
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  writeFileSync(target, text);
  process.stderr.write(`Wrote plugins/registry.generated.ts: ${count} types in ${groups.length} groups\n`);
}
