/**
 * The journal of an execution (engine environment): what happened to it and what was read of the world, in order. One row holds what
 * one commit has added; the engine knows what an entry is (`core/engine`), the store only keeps them.
 */
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

type Owner = Pick<ExecutionRow, 'tenant' | 'number'>;

export interface JournalRow<Entry = unknown> {
  readonly entries: readonly Entry[];
}

export const journalWrite = (execution: Owner, position: number, entries: readonly unknown[]): Write =>
  ({ type: 'put', key: engineKeys.journal(execution.tenant, execution.number, position), value: { entries } satisfies JournalRow });

/** Where the next row of an execution goes; the writer keeps counting from there in memory. */
export function nextJournalPosition(reader: Reader, execution: Owner): number {
  for (const { key } of reader.range({ prefix: enginePrefixes.journal(execution.tenant, execution.number), reverse: true, limit: 1 })) {
    const position = key[3];
    if (typeof position === 'number') return position + 1;
  }
  return 0;
}

/** All entries, oldest first. `Entry` is what the engine has written there. */
export function* loadJournal<Entry>(reader: Reader, execution: Owner): Generator<Entry> {
  for (const { value } of reader.range<JournalRow<Entry>>({ prefix: enginePrefixes.journal(execution.tenant, execution.number) })) yield* value.entries;
}
