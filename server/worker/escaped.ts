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
export type SignalMarked = (isMeant: (mark: string) => boolean, signal: 'SIGTERM' | 'SIGKILL') => Promise<number>;

/** One look at all processes serves everybody who asked before it began: many commands that end at once do not look one by one. */
export function createSignalMarked(): SignalMarked {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<readonly Marked[]> | undefined;
  const look = (): Promise<readonly Marked[]> => {
    if (next !== undefined) return next;
    const begun = running.then(() => {
      next = undefined;
      return markedProcesses();
    });
    next = begun;
    // The one after it waits for its end, however it ends; whoever asked for it hears of a failure.
    running = begun.catch(() => undefined);
    return begun;
  };
  return async (isMeant, signal) => {
    let count = 0;
    for (const { id, mark } of await look()) {
      if (!isMeant(mark)) continue;
      try {
        process.kill(id, signal);
        count += 1;
      } catch (thrown) {
        // ESRCH: it ended by itself. EPERM: it changed its user, and is beyond our reach.
        if (!(thrown instanceof Error && 'code' in thrown && (thrown.code === 'ESRCH' || thrown.code === 'EPERM'))) throw thrown;
      }
    }
    return count;
  };
}

interface Marked {
  readonly id: number;
  readonly mark: string;
}

async function markedProcesses(): Promise<readonly Marked[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(ids.map(async (id) => ({ id: Number(id), mark: await markOf(id) })));
  return found.flatMap(({ id, mark }) => (mark === undefined ? [] : [{ id, mark }]));
}

async function markOf(id: string): Promise<string | undefined> {
  // Gone meanwhile, or of another user: not one of ours.
  const environment = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
  const at = `\0${environment}`.indexOf(`\0${markName}=`);
  if (at === -1) return undefined;
  const start = at + markName.length + 1;
  return environment.slice(start, environment.indexOf('\0', start));
}
