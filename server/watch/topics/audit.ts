/** `audit`: the newest entries of the list of who did what. */
import type { AuditEntry } from '../../../core/protocol/entities/participant.ts';
import type { AuditTopicState } from '../../../core/protocol/topics.ts';
import { frontPrefixes, type Key } from '../../store/index.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

const entriesMax = 100;

export class AuditView implements View<AuditTopicState> {
  readonly #sources: Sources;
  readonly #added: Key[] = [];

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  read(): AuditTopicState {
    this.#added.length = 0;
    const byId: Record<string, AuditEntry> = {};
    const order: string[] = [];
    for (const { value } of this.#sources.front.range<AuditEntry>({ prefix: frontPrefixes.audit(this.#sources.tenant), reverse: true, limit: entriesMax })) {
      byId[value.id] = value;
      order.push(value.id);
    }
    return { byId, order };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'audit' }];
  }

  note(_kind: Kind, key: Key): void {
    this.#added.push(key);
  }

  update(last: AuditTopicState): AuditTopicState {
    if (this.#added.length === 0) return last;
    const next = this.read();
    // Rows are never changed, only added: the old ones are shared.
    const byId: Record<string, AuditEntry> = {};
    for (const id of next.order) {
      const entry = (Object.hasOwn(last.byId, id) ? last.byId[id] : undefined) ?? next.byId[id];
      if (entry !== undefined) byId[id] = entry;
    }
    return { byId, order: next.order };
  }
}
