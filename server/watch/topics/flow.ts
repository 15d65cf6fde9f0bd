/** `flow/{ns}/{id}`: the head of one flow and its latest revision, without the text. */
import type { Revision } from '../../../core/protocol/entities/flow.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { FlowTopicState } from '../../../core/protocol/topics.ts';
import { loadFlowRecord, loadRevision, type Key, type RevisionRecord } from '../../store/index.ts';
import { flowRowOf, presentByFlow } from '../flow-row.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

export class FlowView implements View<FlowTopicState> {
  readonly #sources: Sources;
  readonly #namespace: string;
  readonly #id: string;
  #lastNumber: number | undefined;
  #changed = false;

  constructor(sources: Sources, namespace: string, id: string) {
    this.#sources = sources;
    this.#namespace = namespace;
    this.#id = id;
  }

  read(): FlowTopicState {
    this.#changed = false;
    this.#lastNumber = undefined;
    const { front, engine, tenant } = this.#sources;
    const record = loadFlowRecord(front, tenant, this.#namespace, this.#id);
    if (record === undefined || record.deleted) return { flow: null, revision: 0, latest: null };
    const present = presentByFlow(this.#sources.present, tenant).get(`${this.#namespace}/${this.#id}`) ?? [];
    const { row, lastNumber } = flowRowOf(record, engine, present);
    this.#lastNumber = lastNumber;
    const revision = record.revision === 0 ? undefined : loadRevision(front, tenant, this.#namespace, this.#id, record.revision);
    return { flow: row, revision: record.revision, latest: revision === undefined ? null : latestOf(revision) };
  }

  interests(): readonly Interest[] {
    return [
      { kind: 'flow' }, { kind: 'revision' }, { kind: 'flowIndex' }, { kind: 'presence' },
      ...(this.#lastNumber === undefined ? [] : [{ kind: 'execution', number: this.#lastNumber } as const]),
    ];
  }

  note(kind: Kind, key: Key): void {
    // Rows of flows, revisions and the index all begin with namespace and id, presence too.
    if (kind === 'execution' || (key[0] === this.#namespace && key[1] === this.#id)) this.#changed = true;
  }

  update(last: FlowTopicState): FlowTopicState {
    return this.#changed ? this.read() : last;
  }
}

function latestOf(record: RevisionRecord): Omit<Revision, 'source' | 'ranges'> {
  return {
    revision: record.revision,
    publishedBy: record.publishedBy,
    publishedAt: isoText(record.publishedAtMs),
    ...(record.message === undefined ? {} : { message: record.message }),
    authors: record.authors,
    ...(record.restoredFrom === undefined ? {} : { restoredFrom: record.restoredFrom }),
  };
}
