/**
 * One server per data directory. Node has no flock, so the lock is a file that names its owner: process id, when that process began,
 * and which boot of which machine. After kill -9 or a crash the named process is gone, or is another one with the same number, and
 * the file is taken over; nothing has to be removed by hand.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StoreError } from './errors.ts';

interface LockOwner {
  readonly pid: number;
  /** As the system tells it; compared, never read. */
  readonly began: string;
  readonly boot: string;
  readonly host: string;
}

/** Takes the lock or throws a sentence that says who has it. Answers the release. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const own: LockOwner = { pid: process.pid, began: beganOf(process.pid) ?? '', boot: bootId(), host: hostname() };
  const text = JSON.stringify(own);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (tryCreate(path, text)) return () => release(path, text);
    const found = readLock(path);
    if (found === undefined) continue;
    const holder = parseOwner(found);
    if (holder !== undefined && isAlive(holder)) {
      const elsewhere = holder.host === own.host ? '' : ` on ${holder.host}; if that machine or container is gone for good, delete "${path}"`;
      throw new StoreError('failed', `Another Ensemble server is using the data directory "${folder}" (process ${holder.pid}${elsewhere}). Stop it, or start this one with another ENSEMBLE_DATA.`);
    }
    removeStale(path, found);
  }
  throw new StoreError('failed', `The lock of the data directory "${folder}" keeps changing: several servers are being started on it at once. Start one.`);
}

/** A hard link appears whole or not at all, and fails when the name is taken. */
function tryCreate(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** Moves the stale file aside. When another starter has replaced it in between, it is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, path);
  } finally {
    unlinkSync(aside);
  }
}

function release(path: string, text: string): void {
  if (readLock(path) === text) unlinkSync(path);
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return undefined;
    const word = (name: string): string => {
      const part: unknown = Reflect.get(value, name);
      return typeof part === 'string' ? part : '';
    };
    return { pid: value.pid, began: word('began'), boot: word('boot'), host: word('host') };
  } catch {
    return undefined;
  }
}

function isAlive(owner: LockOwner): boolean {
  // On another machine or in another container (a shared volume) nothing can be asked; refuse rather than have two writers.
  if (owner.host !== hostname()) return true;
  if (owner.boot !== bootId()) return false;
  const began = beganOf(owner.pid);
  return began !== undefined && (owner.began === '' || began === owner.began);
}

/** When a process began, in whatever unit the system has; undefined when there is none with this id. */
function beganOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // Field 22; the second field is the program's name in brackets and may hold blanks.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie holds nothing open any more.
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
