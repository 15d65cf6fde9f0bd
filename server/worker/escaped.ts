/**
 * Processes of a command that left its process group (`setsid`, a daemon): no signal to the group reaches them. They carry the mark
 * that the command was given in its environment, which Linux shows; on other systems none are found.
 */
import { readdir, readFile } from 'node:fs/promises';

export const markName = 'ENSEMBLE_PROCESS';

/** Signals every process with the mark; answers how many there were. */
export async function signalMarked(mark: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const wanted = Buffer.from(`${markName}=${mark}\0`);
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(ids.map(async (id) => {
    // Gone meanwhile, or of another user: not one of ours.
    const environment = await readFile(`/proc/${id}/environ`).catch(() => undefined);
    return environment?.includes(wanted) === true ? Number(id) : undefined;
  }));
  let count = 0;
  for (const id of found) {
    if (id === undefined) continue;
    try {
      process.kill(id, signal);
      count += 1;
    } catch (thrown) {
      // ESRCH: it ended by itself. EPERM: it changed its user, and is beyond our reach.
      if (!(thrown instanceof Error && 'code' in thrown && (thrown.code === 'ESRCH' || thrown.code === 'EPERM'))) throw thrown;
    }
  }
  return count;
}
