/**
 * The expression console of each execution: what was evaluated on it and shown to everybody. Kept in memory while somebody looks at the
 * execution, and for a moment longer, so that a reload does not lose it. Never stored: results may be anything that an expression can read.
 */
import { limits } from '../../core/protocol/limits.ts';
import type { ConsoleEntry } from '../../core/protocol/topics.ts';
import type { Cancel, Timers } from '../ambient/index.ts';
import type { ConsoleSource, PresenceSource } from './view.ts';

export interface ConsoleBoard extends ConsoleSource {
  /** The oldest entry goes when there are too many. */
  add(tenant: string, executionId: string, entry: ConsoleEntry): void;
  close(): void;
}

/** After the last one has left; a reload takes a second or two. */
const keptMsAfterwards = 60_000;

export function createConsoleBoard(options: { readonly present: PresenceSource; readonly timers: Timers }): ConsoleBoard {
  const { present, timers } = options;
  const boards = new Map<string, readonly ConsoleEntry[]>();
  const leaving = new Map<string, Cancel>();
  const listeners = new Set<(tenant: string, executionId: string) => void>();
  const nameOf = (tenant: string, executionId: string): string => `${tenant}/presence/executions/${executionId}`;

  const isVisited = (name: string): boolean => present.present().some(({ room, participants }) => room === name && participants.length > 0);
  const tell = (name: string): void => {
    const [tenant = '', , , executionId = ''] = name.split('/');
    for (const listener of listeners) listener(tenant, executionId);
  };
  /** Looked at once more before it goes: whoever came back keeps it. */
  const maybeForget = (name: string): void => {
    if (!boards.has(name) || leaving.has(name)) return;
    leaving.set(name, timers.after(keptMsAfterwards, () => {
      leaving.delete(name);
      if (isVisited(name)) return;
      boards.delete(name);
      tell(name);
    }));
  };
  const release = present.onPresence((room) => {
    if (boards.has(room) && !isVisited(room)) maybeForget(room);
  });

  return {
    entries: (tenant, executionId) => boards.get(nameOf(tenant, executionId)) ?? [],
    onEntry: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    add: (tenant, executionId, entry) => {
      const name = nameOf(tenant, executionId);
      const before = boards.get(name) ?? [];
      // Taken out and put back: the map's order is the order of use, and the first is forgotten when there are too many.
      boards.delete(name);
      boards.set(name, [...before, entry].slice(-limits.consoleEntriesMax));
      if (boards.size > limits.consolesMax) {
        const oldest = boards.keys().next().value;
        if (oldest !== undefined) { boards.delete(oldest); tell(oldest); }
      }
      if (!isVisited(name)) maybeForget(name);
      tell(name);
    },
    close: () => {
      release();
      for (const cancel of leaving.values()) cancel();
      leaving.clear();
      boards.clear();
    },
  };
}

/** For a single reading of a topic that has nothing to do with consoles. */
export const noConsoles: ConsoleSource = { entries: () => [], onEntry: () => () => undefined };
