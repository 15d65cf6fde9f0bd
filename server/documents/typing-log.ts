/**
 * Typing on its way to LMDB. A keystroke's rows are appended to a small file, which is cheap enough to be done before each broadcast;
 * LMDB takes them a quarter of a second later, many at once, or with the next publish, in the same transaction (docs/decisions/0006-typing-log.md). After a crash the
 * rows of the file that LMDB does not have yet are put there before any document is read.
 */
import { Packr } from 'msgpackr';
import type { Environment, Write } from '../store/contract.ts';
import { commitKey, type AppendLog } from '../store/index.ts';
import { frontKeys } from '../store/keys.ts';

/** The last record that LMDB holds the rows of. */
const settledKey = frontKeys.meta('typing');

/** What is appended: rows, and the commit of the environment that they stand on. */
type Payload = readonly [standsOn: number, writes: readonly Write[]];

export interface TypingLog {
  /** True: the rows survive kill -9 from now on. False: they have to go to LMDB at once. */
  append(writes: readonly Write[], standsOn: number): boolean;
  /** Rows that LMDB was not given yet, and the row that says so; to be written before others, in one transaction. */
  takeUnsettled(): { readonly writes: readonly Write[]; readonly upTo: number };
  /** The transaction that took rows up to here is on the disk, and so are those before it; later ones may be under way. */
  settled(upTo: number): void;
  readonly unsettledCount: number;
  /** What was appended is on the disk. */
  sync(): Promise<void>;
  /** After everything is settled. */
  close(): void;
}

export function openTypingLog(log: AppendLog, front: Environment): TypingLog {
  const packr = new Packr({ useRecords: false });
  let sequence = front.get<number>(settledKey) ?? 0;
  let unsettled: Write[] = [];
  /** The newest record whose rows are in LMDB and on the disk. */
  let safeSequence = 0;
  let ready = log.empty;

  const settledWrite = (): Write => ({ type: 'put', key: settledKey, value: sequence });
  const recover = (): void => {
    const storedNumber = front.get<number>(commitKey) ?? 0;
    const rows: Write[] = [];
    for (const record of log.found) {
      if (record.sequence <= sequence) continue;
      // Its checksum says that these are the bytes which `append` packed.
      const [standsOn, writes] = packr.unpack(Buffer.from(record.payload)) as Payload;
      // A loss of power may take a commit and leave what was typed after it: without what it stands on it is no text.
      if (record.sequence !== sequence + 1 || standsOn > storedNumber) break;
      sequence = record.sequence;
      rows.push(...writes);
    }
    // Also without rows: what an ended process committed may not be on the disk yet, and the file is the other copy of it.
    front.writeNow([...rows, settledWrite()]);
    // Numbers of records that were left out will be given again: those records must be gone before.
    front.flush().then(() => {
      log.wipe();
      ready = true;
    }, () => undefined /* the environment refuses everything from now on, and says so to whoever writes */);
  };
  if (!log.empty) recover();
  safeSequence = sequence;

  return {
    append: (writes, standsOn) => {
      if (!ready || !log.append(sequence + 1, packr.pack([standsOn, writes] satisfies Payload))) return false;
      sequence += 1;
      for (const write of writes) unsettled.push(write);
      return true;
    },
    takeUnsettled: () => {
      const writes = unsettled.length === 0 ? [] : [...unsettled, settledWrite()];
      unsettled = [];
      return { writes, upTo: sequence };
    },
    settled: (upTo) => {
      safeSequence = Math.max(safeSequence, upTo);
      if (ready && safeSequence === sequence) log.rewind();
    },
    get unsettledCount() {
      return unsettled.length;
    },
    sync: () => log.sync(),
    close: () => {
      if (ready && safeSequence === sequence) log.wipe();
      log.close();
    },
  };
}
