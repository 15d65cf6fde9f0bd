/** The log of a task with `logToFile`: written to a file as it comes, stored at the end. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { isoText } from '../../core/protocol/time.ts';
import type { FileStorage } from '../store/contract.ts';
import type { TaskLogLine } from './task-log.ts';

export interface LogFile {
  write(line: TaskLogLine): void;
  /** A promise while the disk is behind. */
  drained(): Promise<void> | undefined;
  /** Closes the file and moves it into the internal storage; answers its address. */
  store(): Promise<string>;
}

export async function createLogFile(options: { readonly temporaryDirectory: string; readonly name: string; readonly storage: FileStorage; readonly uri: string }): Promise<LogFile> {
  await mkdir(options.temporaryDirectory, { recursive: true, mode: 0o700 });
  const path = join(options.temporaryDirectory, options.name);
  const stream: WriteStream = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write: (line) => {
      if (failure === undefined) stream.write(`${isoText(line.atMs)} ${line.level.padEnd(5)} ${line.message}\n`);
    },
    drained: () => (stream.writableNeedDrain && failure === undefined ? new Promise((resolve) => void stream.once('drain', resolve).once('error', () => resolve())) : undefined),
    store: async () => {
      stream.end();
      await finished(stream);
      await options.storage.take(options.uri, path);
      return options.uri;
    },
  };
}
