/** `presence`: who is where in the workspace, as far as the watchers may read the places. Ephemeral: fed by the rooms, never stored. */
import type { PresenceTopicState, PresentParticipant } from '../../../core/protocol/topics.ts';
import { loadExecution, type Key } from '../../store/index.ts';
import { flowOfRoom } from '../flow-row.ts';
import type { Interest, Kind, RoomParticipant, Sources, View } from '../view.ts';

/** What a room is about. Rooms of other pages than a flow's and an execution's have only the section that they are in. */
type RoomPlace =
  | { readonly type: 'flow'; readonly namespace: string; readonly id: string }
  | { readonly type: 'execution'; readonly id: string }
  | { readonly type: 'section'; readonly name: string };

export class PresenceView implements View<PresenceTopicState> {
  /** A hundred people who come in at once are a few frames for everybody, and nobody reads a rail more often. */
  readonly stepIntervalMs = 250;
  readonly #sources: Sources;
  /** Namespaces of the executions that somebody looks at; undefined for one that does not exist. */
  #namespaces = new Map<string, string | undefined>();
  #changed = false;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  read(): PresenceTopicState {
    this.#changed = false;
    const namespaces = new Map<string, string | undefined>();
    const newest = new Map<string, { readonly row: PresentParticipant; readonly enteredAtMs: number }>();
    for (const { room, participants } of this.#sources.present.present()) {
      const place = placeOfRoom(room, this.#sources.tenant);
      if (place === undefined || !this.#isAllowed(place, namespaces)) continue;
      const page = pageOf(place);
      for (const who of participants) {
        const known = newest.get(who.id);
        if (known === undefined || isNewer(who.enteredAtMs, page, known)) newest.set(who.id, { row: rowOf(who, page), enteredAtMs: who.enteredAtMs });
      }
    }
    this.#namespaces = namespaces;
    return { byId: Object.fromEntries([...newest].map(([id, { row }]) => [id, row])) };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'room' }, { kind: 'executionId' }];
  }

  note(kind: Kind, key: Key): void {
    if (kind === 'room') this.#changed = true;
    const [id] = key;
    // Created, after somebody looks at it already, or deleted while they do: nothing else of an execution matters here.
    if (kind === 'executionId' && typeof id === 'string' && this.#namespaces.delete(id)) this.#changed = true;
  }

  update(last: PresenceTopicState): PresenceTopicState {
    return this.#changed ? this.read() : last;
  }

  /** An execution that does not exist has no namespace to ask for, and is told to nobody: a room may be opened under any name. */
  #isAllowed(place: RoomPlace, namespaces: Map<string, string | undefined>): boolean {
    switch (place.type) {
      case 'flow': return this.#sources.allowed(place.namespace);
      case 'execution': {
        const namespace = this.#namespaces.has(place.id) ? this.#namespaces.get(place.id) : loadExecution(this.#sources.engine, this.#sources.tenant, place.id)?.namespace;
        namespaces.set(place.id, namespace);
        return namespace !== undefined && this.#sources.allowed(namespace);
      }
      case 'section': return true;
      default: return place satisfies never;
    }
  }
}

/** `tenant/flow/NAMESPACE/ID` and `tenant/presence/PAGE`, where a page is `flows/NAMESPACE/ID`, `executions/ID` or any other. */
function placeOfRoom(room: string, tenant: string): RoomPlace | undefined {
  const document = flowOfRoom(room);
  if (document !== undefined) return document.tenant === tenant ? { type: 'flow', namespace: document.namespace, id: document.id } : undefined;
  const [roomTenant, kind, section, ...rest] = room.split('/');
  if (roomTenant !== tenant || kind !== 'presence' || section === undefined) return undefined;
  const [first, second] = rest;
  if (section === 'flows' && rest.length === 2 && first !== undefined && second !== undefined) return { type: 'flow', namespace: first, id: second };
  if (section === 'executions' && rest.length === 1 && first !== undefined) return { type: 'execution', id: first };
  // What comes after the section may name what the watcher may not read.
  return { type: 'section', name: section };
}

function pageOf(place: RoomPlace): string {
  switch (place.type) {
    case 'flow': return `flow/${place.namespace}/${place.id}`;
    case 'execution': return `execution/${place.id}`;
    case 'section': return place.name;
    default: return place satisfies never;
  }
}

/** After a broken connection all pages of somebody may come back in one millisecond: then the name decides, so that each read says the same. */
const isNewer = (enteredAtMs: number, page: string, than: { readonly row: PresentParticipant; readonly enteredAtMs: number }): boolean =>
  enteredAtMs > than.enteredAtMs || (enteredAtMs === than.enteredAtMs && page < than.row.page);

const rowOf = ({ id, name, kind, color }: RoomParticipant, page: string): PresentParticipant => ({ id, name, kind, color, page });
