/** From nothing to version 1: the folders. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration } from './index.ts';

export const dataFolders = ['front', 'engine', 'logs', 'files', 'uploads', 'work'] as const;

export const layOut: Migration = {
  to: 1,
  title: 'lay out the data directory',
  apply: (folder) => {
    for (const name of dataFolders) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  },
};
