/**
 * The files around commands: what is put into a directory before, and what is stored of it after. They work on the directory of the
 * task's context, be it the task's own or one that several tasks share.
 */
import type { TaskContext } from '../index.ts';
import { renderedMap, renderedTexts, textOf } from '../values.ts';

/** Files of ours in a directory: never stored, removed at the end. */
export const outputFolder = '.ensemble-output';
export const fetchedFolder = '.ensemble-fetched';
export const contextFile = '.kestra-execution-context.json';
export const longScriptFile = '.ensemble-script';
export const dependenciesFolder = '.ensemble-dependencies';

/** Names may have parentheses and single quotes in an address; what else ends one is found by asking which file is there. */
const storedUriPattern = /(?:kestra|nsfile):\/\/[^\s"`<>|;&,[\]{}$\\]+/g;
const wholeUriPattern = /^(?:kestra|nsfile|file):\/\/\S+$/;
const contextNames = ['inputs', 'outputs', 'labels', 'vars', 'trigger', 'flow', 'execution', 'task', 'taskrun'] as const;

/** Writes the property `inputFiles`; answers how many there are. */
export async function placeInputFiles(context: TaskContext): Promise<number> {
  const files = Object.entries(renderedMap(context, 'inputFiles'));
  for (const [path, value] of files) {
    const content = textOf(value);
    if (wholeUriPattern.test(content.trim())) await context.files.fetch(content.trim(), path);
    else await context.files.write(path, content);
  }
  return files.length;
}

/** Stores what matches the property `outputFiles`; answers addresses by relative path. Files of our own are left out, and those of `own`. */
export async function storeOutputFiles(context: TaskContext, own: (path: string) => boolean = () => false): Promise<Record<string, string>> {
  const stored: Record<string, string> = {};
  const globs = renderedTexts(context, 'outputFiles').filter((glob) => glob.trim() !== '');
  if (globs.length === 0) return stored;
  for (const path of await context.files.find(globs)) if (!isOurs(path) && !own(path)) stored[path] = await context.files.store(path);
  return stored;
}

/** Stores every file of the output directory; answers addresses by the path in it. */
export async function storeOutputFolder(context: TaskContext): Promise<Record<string, string>> {
  const stored: Record<string, string> = {};
  for (const path of await context.files.find([`${outputFolder}/**`])) {
    const name = path.slice(outputFolder.length + 1);
    if (name !== '.keep') stored[name] = await context.files.store(path, name);
  }
  return stored;
}

export const isOurs = (path: string): boolean => [fetchedFolder, outputFolder, dependenciesFolder].some((folder) => path.startsWith(`${folder}/`)) || path === longScriptFile || path === contextFile;

/** Replaces addresses of stored files by paths of copies in the directory, as the commands will see them. */
export function storedFileFetcher(context: TaskContext, pathOf: (relativePath: string) => string): (source: string) => Promise<string> {
  const paths = new Map<string, string>();
  return async (source) => {
    const addresses = new Map<string, string>();
    for (const found of new Set(source.match(storedUriPattern) ?? [])) {
      const uri = addressIn(context, found);
      addresses.set(found, uri);
      if (paths.has(uri)) continue;
      // Nothing in it that a shell or a language would read as its own.
      const name = uri.slice(uri.lastIndexOf('/') + 1).replace(/[^\w.%@+=-]/g, '_') || 'file';
      const path = `${fetchedFolder}/${paths.size}/${name}`;
      await context.files.fetch(uri, path);
      paths.set(uri, pathOf(path));
    }
    return source.replace(storedUriPattern, (found) => {
      const uri = addresses.get(found) ?? found;
      return (paths.get(uri) ?? uri) + found.slice(uri.length);
    });
  };
}

/** The longest beginning of a text that is the address of a file: `a.csv').read()` begins with one, and `report (1).csv` is one. */
function addressIn(context: TaskContext, found: string): string {
  const ends = [found.length, ...[...found.matchAll(/['()]/g)].map((match) => match.index).reverse()];
  const exists = (uri: string): boolean => {
    try {
      return context.files.sizeBytes(uri) !== undefined;
    } catch {
      // Not readable, or no address: the shortest one is fetched, and its failure says why.
      return false;
    }
  };
  const end = ends.find((one) => exists(found.slice(0, one))) ?? ends.at(-1);
  return found.slice(0, end);
}

/** Writes what the expressions of the task see into a file. */
export async function placeExecutionContext(context: TaskContext): Promise<void> {
  const seen: Record<string, unknown> = {};
  for (const name of contextNames) {
    try {
      seen[name] = context.renderTyped(`{{ ${name} }}`);
    } catch {
      // A name that this execution does not have, such as a trigger, is left out.
    }
  }
  await context.files.write(contextFile, JSON.stringify(seen));
}
