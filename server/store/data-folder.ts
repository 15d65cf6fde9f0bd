/** The data directory: locked for one server, migrated to the current format, with a folder for each kind of thing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from './errors.ts';
import { lockFolder } from './lock.ts';
import { currentFormat, migrations, type Migration } from './migrations/index.ts';

export interface DataFolder {
  readonly path: string;
  readonly format: number;
  /** LMDB environments. */
  readonly front: string;
  readonly engine: string;
  /** What was typed and LMDB does not have yet: a file. */
  readonly typing: string;
  readonly logs: string;
  /** Files of executions. */
  readonly files: string;
  /** Bodies on their way in; emptied at each start. */
  readonly uploads: string;
  /** Working directories of task runs; emptied at each start. */
  readonly work: string;
  /** Gives the lock back. */
  close(): void;
}

export interface OpenDataOptions {
  /** Tests give their own steps. */
  readonly migrations?: readonly Migration[];
  readonly onMigrated?: (migration: Migration) => void;
}

/** Throws a StoreError with a clear sentence when the directory is in use, too new, or somebody else's. */
export function openData(path: string, options: OpenDataOptions = {}): DataFolder {
  const folder = resolve(path);
  const steps = options.migrations ?? migrations;
  const newest = options.migrations === undefined ? currentFormat : steps.reduce((highest, step) => Math.max(highest, step.to), 0);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError('failed', `The data directory "${folder}" cannot be made: ${error instanceof Error ? error.message : String(error)}. Choose another with ENSEMBLE_DATA.`, { cause: error });
  }
  const release = lockFolder(folder);
  try {
    let format = readFormat(folder);
    if (format > newest) {
      throw new StoreError('failed', `The data directory "${folder}" has format ${format}, written by a newer Ensemble; this one knows up to ${newest}. Start the newer version, or restore a backup into another directory.`);
    }
    for (const step of [...steps].sort((a, b) => a.to - b.to)) {
      if (step.to <= format) continue;
      if (step.to !== format + 1) throw new Error(`migration steps jump from format ${format} to ${step.to}; there must be one for each version`);
      step.apply(folder);
      writeFormat(folder, step.to);
      format = step.to;
      options.onMigrated?.(step);
    }
    const paths = {
      front: join(folder, 'front'), engine: join(folder, 'engine'), typing: join(folder, 'front', 'typing.log'), logs: join(folder, 'logs'),
      files: join(folder, 'files'), uploads: join(folder, 'uploads'), work: join(folder, 'work'),
    };
    for (const passing of [paths.uploads, paths.work]) {
      rmSync(passing, { recursive: true, force: true });
      mkdirSync(passing, { recursive: true, mode: 0o700 });
    }
    return { path: folder, format, ...paths, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

const formatFile = (folder: string): string => join(folder, 'format.json');

function readFormat(folder: string): number {
  const path = formatFile(folder);
  if (!existsSync(path)) {
    const strangers = readdirSync(folder).filter((name) => !name.startsWith('lock') && !name.startsWith('.') && name !== 'lost+found' && name !== 'format.json.new');
    // A first start that died while laying out leaves our own folders; anything else is somebody else's directory.
    const ours: ReadonlySet<string> = new Set(['front', 'engine', 'logs', 'files', 'uploads', 'work']);
    const foreign = strangers.find((name) => !ours.has(name));
    if (foreign !== undefined) throw new StoreError('failed', `"${folder}" is not empty and holds no Ensemble data ("${foreign}" is there, format.json is not). Choose an empty directory with ENSEMBLE_DATA.`);
    return 0;
  }
  const text = readFileSync(path, 'utf8');
  let format: unknown;
  try {
    const value: unknown = JSON.parse(text);
    format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  } catch {
    format = undefined;
  }
  if (typeof format !== 'number' || !Number.isSafeInteger(format) || format < 0) {
    throw new StoreError('failed', `"${path}" holds ${JSON.stringify(text.slice(0, 100))}; expected {"format": NUMBER}. Restore the data directory from a backup.`);
  }
  return format;
}

/** Written aside and renamed, so that a crash leaves the old version or the new one. */
function writeFormat(folder: string, format: number): void {
  const path = formatFile(folder);
  writeFileSync(`${path}.new`, `${JSON.stringify({ format })}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
