/**
 * Rows that are read, changed and written again (KV, states). A commit is on its way for some milliseconds in which the store still has
 * the old row: what was written meanwhile is remembered here, so that of two changes none is lost and none is granted twice.
 */
import type { Key, Reader, Write } from '../store/index.ts';
import type { EngineLoop } from './engine-loop.ts';

export interface WrittenRows extends Pick<Reader, 'get'> {
  /** Joins the next commit; readers of `get` see it at once. */
  write(write: Write): void;
}

export function createWrittenRows(engine: Reader, loop: Pick<EngineLoop, 'write' | 'flushed'>): WrittenRows {
  const pending = new Map<string, Write>();
  return {
    get: <Value>(key: Key): Value | undefined => {
      const written = pending.get(JSON.stringify(key));
      if (written === undefined) return engine.get<Value>(key);
      // Written by the table's own module, which is the one that reads it.
      return written.type === 'put' ? (written.value as Value) : undefined;
    },
    write: (write) => {
      const name = JSON.stringify(write.key);
      pending.set(name, write);
      loop.write([write]);
      void loop.flushed().then(() => { // Never rejects: a commit that fails ends the process.
        if (pending.get(name) === write) pending.delete(name);
      });
    },
  };
}
