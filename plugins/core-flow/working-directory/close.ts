/** The end of a WorkingDirectory: what is to be kept is stored, for people and for the next run. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { TaskContext, TaskOutcome } from '../../sdk/index.ts';
import { renderedTexts } from '../../sdk/values.ts';
import { cacheOf, stampFile } from './cache.ts';

/** An archive is made in memory. */
const cacheBytesMax = 256 * 1024 * 1024;

export async function close(context: TaskContext): Promise<TaskOutcome> {
  await keepCache(context);
  const globs = renderedTexts(context, 'outputFiles');
  if (globs.length === 0) return { type: 'succeeded', outputs: {} };
  const outputFiles: Record<string, string> = {};
  for (const path of await context.files.find(globs)) outputFiles[path] = await context.files.store(path);
  return { type: 'succeeded', outputs: { outputFiles } };
}

async function keepCache(context: TaskContext): Promise<void> {
  const cache = cacheOf(context);
  if (cache === undefined) return;
  const directory = await context.files.workingDirectory();
  const files: Record<string, Uint8Array> = {};
  let bytes = 0;
  for (const path of await context.files.find(cache.patterns)) {
    if (path === stampFile) continue;
    const content = await readFile(join(directory, path));
    bytes += content.byteLength;
    if (bytes > cacheBytesMax) { context.log('WARN', `The files of the cache have more than ${cacheBytesMax} bytes and are not kept`); return; }
    files[path] = content;
  }
  if (Object.keys(files).length === 0) return;
  const digest = createHash('sha256');
  for (const [path, content] of Object.entries(files)) digest.update(path).update('\0').update(content);
  const stamp = JSON.stringify({ atMs: context.nowMs(), digest: digest.digest('hex') });
  await context.files.cache(zipSync({ ...files, [stampFile]: new TextEncoder().encode(stamp) }, { level: 6 }));
  context.log('INFO', `${Object.keys(files).length} files are kept in the cache`);
}
