/**
 * Processes of a command that left its process group (`setsid`, a daemon): no signal to the group reaches them. They carry the mark
 * that the command was given in its environment, which Linux shows; on other systems none are found.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export const markName = 'ENSEMBLE_PROCESS';

/** Of all commands that run for one data directory, whichever start of the server ran them: `<directory>.<start>.<command>`. */
export const directoryMark = (workFolder: string): string => createHash('sha256').update(workFolder).digest('hex').slice(0, 16);

/** Signals every process whose mark is one of those; answers how many there were. */
export async function signalMarked(isMeant: (mark: string) => boolean, signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const marks = await Promise.all(ids.map(markOf));
  let count = 0;
  for (const [index, mark] of marks.entries()) {
    if (mark === undefined || !isMeant(mark)) continue;
    try {
      process.kill(Number(ids[index]), signal);
      count += 1;
    } catch (thrown) {
      // ESRCH: it ended by itself. EPERM: it changed its user, and is beyond our reach.
      if (!(thrown instanceof Error && 'code' in thrown && (thrown.code === 'ESRCH' || thrown.code === 'EPERM'))) throw thrown;
    }
  }
  return count;
}

async function markOf(id: string): Promise<string | undefined> {
  // Gone meanwhile, or of another user: not one of ours.
  const environment = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
  const at = `\0${environment}`.indexOf(`\0${markName}=`);
  if (at === -1) return undefined;
  const start = at + markName.length + 1;
  return environment.slice(start, environment.indexOf('\0', start));
}
