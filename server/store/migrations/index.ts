/**
 * The data directory's format, one step per version. A step brings a directory from the version before to its own; it is written so
 * that running it again after a crash in its middle ends the same, because the version is raised only when it has returned.
 */
import { layOut } from './0001-lay-out.ts';

export interface Migration {
  /** The version that the directory has afterwards. */
  readonly to: number;
  readonly title: string;
  readonly apply: (folder: string) => void;
}

export const migrations: readonly Migration[] = [layOut];

/** What this program reads and writes. */
export const currentFormat = migrations.reduce((highest, migration) => Math.max(highest, migration.to), 0);
