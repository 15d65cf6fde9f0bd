/** Directories that several tasks share, one after the other; they are named after the task run that owns them. */
import { mkdir, rm } from 'node:fs/promises';
import { sharedDirectory } from '../worker/index.ts';

export class SharedDirectories {
  readonly #folder: string;
  readonly #warn: (problem: string, error: unknown) => void;

  constructor(folder: string, warn: (problem: string, error: unknown) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** Empty, whatever was there before. */
  async make(taskRunId: string): Promise<void> {
    const path = sharedDirectory(this.#folder, taskRunId);
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { recursive: true, mode: 0o700 });
  }

  drop(taskRunId: string): void {
    rm(sharedDirectory(this.#folder, taskRunId), { recursive: true, force: true }).catch((error: unknown) => this.#warn('a shared directory stays', error));
  }
}
