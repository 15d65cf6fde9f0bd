/** `execution/{id}/console`: what was evaluated on an execution while people look at it. Ephemeral, fed by the console board. */
import type { ConsoleTopicState } from '../../../core/protocol/topics.ts';
import type { Key } from '../../store/index.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

export class ConsoleView implements View<ConsoleTopicState> {
  readonly #sources: Sources;
  readonly #id: string;
  #changed = false;

  constructor(sources: Sources, id: string) {
    this.#sources = sources;
    this.#id = id;
  }

  read(): ConsoleTopicState {
    this.#changed = false;
    const entries = this.#sources.consoles.entries(this.#sources.tenant, this.#id);
    return { byId: Object.fromEntries(entries.map((entry) => [entry.id, entry])), order: entries.map((entry) => entry.id) };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'console' }];
  }

  note(_kind: Kind, key: Key): void {
    if (key[0] === this.#id) this.#changed = true;
  }

  update(last: ConsoleTopicState): ConsoleTopicState {
    return this.#changed ? this.read() : last;
  }
}
