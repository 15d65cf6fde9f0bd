/** The property `namespaceFiles`: files of namespaces, copied into the directory of the task's context, be it its own or a shared one. */
import { globMatcher } from '../glob.ts';
import type { TaskContext } from '../index.ts';
import { isMap, renderedBoolean, renderedTexts, TaskFailure, type PropertySource } from '../values.ts';

/** What comes of one namespace at most: a task is no way to copy a disk. */
const filesMax = 10_000;

/** Copies what the property asks for; answers how many files. Of two namespaces the later one wins a path that both have. */
export async function placeNamespaceFiles(context: TaskContext): Promise<number> {
  const given = context.properties['namespaceFiles'];
  if (!isMap(given)) return 0;
  const source: PropertySource = { properties: given, render: context.render, renderTyped: context.renderTyped, renderDeep: context.renderDeep };
  if (!renderedBoolean(source, 'enabled', true)) return 0;
  const texts = (name: string): readonly string[] => renderedTexts(source, name).map((one) => one.trim()).filter((one) => one !== '');
  const included = globsOf(texts('include'));
  const excluded = globsOf(texts('exclude'));
  const asked = texts('namespaces');
  const isFoldered = renderedBoolean(source, 'folderPerNamespace', false);
  let count = 0;
  for (const namespace of asked.length === 0 ? [context.execution.namespace] : asked) {
    const files = context.namespaceFiles(namespace);
    const paths = (await files.list()).filter((path) => (included?.(path) ?? true) && excluded?.(path) !== true);
    if (paths.length > filesMax) throw new TaskFailure(`The namespace "${namespace}" has ${paths.length} files that "namespaceFiles" asks for, more than ${filesMax}: say which ones with "include".`);
    for (const path of paths) await context.files.fetch(files.uri(path), isFoldered ? `${namespace}/${path}` : path);
    count += paths.length;
  }
  context.log('DEBUG', `${count} files of namespaces were put into the directory`);
  return count;
}

/** Undefined when there are none. A glob without a slash is for a name in any folder, as people mean it with `*.py`; a folder stands for all in it. */
function globsOf(globs: readonly string[]): ((path: string) => boolean) | undefined {
  if (globs.length === 0) return undefined;
  return globMatcher(globs.flatMap((glob) => {
    const plain = glob.replace(/^\/+/, '');
    if (plain.endsWith('/')) return [`${plain}**`];
    return plain.includes('/') ? [plain, `${plain}/**`] : [plain, `**/${plain}`, `${plain}/**`];
  }));
}
