/** The beginning of a WorkingDirectory: what an earlier run has kept, and the files that its tasks are to find. */
import { unzipSync } from 'fflate';
import { parseJsonText } from '../../../core/protocol/json.ts';
import type { TaskContext, TaskOutcome } from '../../sdk/index.ts';
import { placeInputFiles } from '../../sdk/script/files.ts';
import { placeNamespaceFiles } from '../../sdk/script/namespace-files.ts';
import { durationOf, isMap } from '../../sdk/values.ts';
import { cacheOf, stampFile } from './cache.ts';

export async function open(context: TaskContext): Promise<TaskOutcome> {
  await restoreCache(context);
  // Input files come after, so that they win.
  await placeNamespaceFiles(context);
  await placeInputFiles(context);
  return { type: 'succeeded', outputs: {} };
}

async function restoreCache(context: TaskContext): Promise<void> {
  const cache = cacheOf(context);
  if (cache === undefined) return;
  const bytes = await context.files.cached();
  if (bytes === undefined) { context.log('DEBUG', 'Nothing has been cached yet'); return; }
  const files = unzipSync(bytes);
  const stamp = files[stampFile];
  const atMs = stamp === undefined ? 0 : stampOf(new TextDecoder().decode(stamp));
  if (cache.ttl !== undefined && context.nowMs() - atMs > durationOf(context.render(cache.ttl).trim(), 'cache.ttl')) { context.log('INFO', 'The cache is too old and is left out'); return; }
  let count = 0;
  for (const [path, content] of Object.entries(files)) {
    if (path === stampFile || path.endsWith('/')) continue;
    await context.files.write(path, content);
    count += 1;
  }
  context.log('INFO', `${count} files come from the cache`);
}

function stampOf(text: string): number {
  const stamp = parseJsonText(text);
  return isMap(stamp) && typeof stamp['atMs'] === 'number' ? stamp['atMs'] : 0;
}
