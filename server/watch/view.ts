/**
 * One topic's way from committed rows to its state. A view reads everything once (`read`), then is told the keys of commits (`note`)
 * and makes the next state from what those keys name (`update`), sharing all other parts with the last one.
 */
import type { ConsoleEntry } from '../../core/protocol/topics.ts';
import type { Key, Reader } from '../store/index.ts';

export interface Sources {
  readonly front: Reader;
  readonly engine: Reader;
  /** The data folder's `logs`. */
  readonly logs: string;
  readonly tenant: string;
  readonly nowMs: () => number;
  /** `yyyy-MM-dd` in the server's zone. */
  readonly dayOf: (atMs: number) => string;
  readonly present: PresenceSource;
  readonly consoles: ConsoleSource;
  /** Whose channel it is, for a topic that is a person's own; of all others empty. */
  readonly participantId?: string;
  /** Namespaces that the watchers of this channel may see. */
  readonly allowed: (namespace: string) => boolean;
}

/** Who has which document or page open: the documents room. */
export interface PresenceSource {
  present(): readonly { readonly room: string; readonly participants: readonly RoomParticipant[] }[];
  onPresence(listener: (room: string) => void): () => void;
}

/** What was evaluated on an execution: the console board. */
export interface ConsoleSource {
  entries(tenant: string, executionId: string): readonly ConsoleEntry[];
  onEntry(listener: (tenant: string, executionId: string) => void): () => void;
}

export interface RoomParticipant {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly color: number;
  readonly enteredAtMs: number;
}

/** Kinds of committed rows; `presence` is who has a flow's document open, `room` who is in any room, `console` is what was evaluated: those are told, not committed. */
export type Kind = 'execution' | 'executionId' | 'taskRun' | 'metric' | 'log' | 'flowIndex' | 'counter' | 'trigger' | 'flow' | 'revision' | 'audit' | 'presence' | 'room' | 'console' | 'preference' | 'savedSearch';

/** What a view wants to be told of: a kind of row, of one execution or of all. */
export interface Interest {
  readonly kind: Kind;
  readonly number?: number;
}

export interface View<State> {
  read(): State;
  interests(): readonly Interest[];
  /** A row of an interest was committed. Cheap: only remembers. `key` without tenant and kind. */
  note(kind: Kind, key: Key): void;
  /** Time may have changed the state (a day has begun, a total is due): asked at each tick. */
  update(last: State): State;
  /** The least time between two frames, where the room's own is more often than anybody needs it. */
  readonly stepIntervalMs?: number;
  /** When the state has to be looked at again though nothing is committed. */
  againAtMs?(): number | undefined;
  /** May a newcomer share this state, or does it keep rows in place that a fresh read would not show? */
  isFresh?(state: State): boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  x: 'execution', xi: 'executionId', t: 'taskRun', m: 'metric', l: 'log', xf: 'flowIndex', n: 'counter', tr: 'trigger', flow: 'flow', rev: 'revision', audit: 'audit', pref: 'preference', search: 'savedSearch',
};
export const kindOf = (part: string | number | undefined): Kind | undefined => (typeof part === 'string' && Object.hasOwn(kinds, part) ? kinds[part] : undefined);

/** Lists show names and states: the values of inputs and outputs may be megabytes, times the rows of a page, times each change. */
export function lightHeader<Header extends { readonly inputs?: unknown; readonly outputs?: unknown; readonly variables?: unknown }>(header: Header): Omit<Header, 'inputs' | 'outputs' | 'variables'> {
  const { inputs: _inputs, outputs: _outputs, variables: _variables, ...rest } = header;
  return rest;
}

/** Replaces a member only when it differs, so that the diff stops at it. */
export function changedMember<Row>(byId: Readonly<Record<string, Row>>, id: string, row: Row | undefined): Readonly<Record<string, Row>> {
  const next = { ...byId };
  if (row === undefined) delete next[id];
  else next[id] = row;
  return next;
}
