/**
 * The watched topics of one connection, without any IO: what to ask, and what an answer or a patch means. A topic's state is only
 * ever a state the server sent plus all patches since, without a gap; anything else is asked anew.
 */
import { applyPatch } from '../../core/protocol/patch.ts';
import type { Cursor, PatchNotification, PatchOperation, WatchAnswer } from '../../core/protocol/topics.ts';

export type TopicChange =
  | { readonly type: 'state' }
  | { readonly type: 'patch'; readonly patch: readonly PatchOperation[]; readonly atMs: number };

export interface TopicListener {
  /** The topic's state, at first whole and then after each patch. Unchanged parts are the same objects as before. */
  changed(state: unknown, change: TopicChange): void;
  /** The server ended the subscription (a right was taken away, the topic does not exist): nothing more arrives. */
  refused?(error: Error): void;
}

type Subscription = {
  readonly topic: string;
  readonly listeners: Set<TopicListener>;
  phase: Phase;
};

type Phase =
  /** `shown`: somebody already sees a state of it, which is old until the answer comes. */
  | { readonly state: 'asking'; readonly shown: boolean; readonly since: Cursor | undefined; readonly kept: unknown; readonly early: readonly PatchNotification[] }
  | { readonly state: 'following'; readonly cursor: Cursor; readonly value: unknown }
  | { readonly state: 'refused'; readonly error: Error };

export interface SubscriptionsOut {
  /** Sends `watch`; the answer comes back by `answered` or `refused`. */
  ask(topic: string, since: Cursor | undefined): void;
  unwatch(topic: string): void;
}

export class Subscriptions {
  readonly #byTopic = new Map<string, Subscription>();
  /** The server may name a topic by another id (its filter sorted, the scope added): patches carry that one. */
  readonly #alias = new Map<string, string>();
  readonly #out: SubscriptionsOut;

  constructor(out: SubscriptionsOut) {
    this.#out = out;
  }

  /** Topics whose shown state is old until what was missed arrives. A topic that was never shown is not late: it is being opened. */
  get behind(): number {
    let count = 0;
    for (const { phase } of this.#byTopic.values()) if (phase.state === 'asking' && phase.shown) count += 1;
    return count;
  }

  get topics(): readonly string[] {
    return [...this.#byTopic.keys()];
  }

  watch(topic: string, listener: TopicListener): () => void {
    let subscription = this.#byTopic.get(topic);
    if (subscription === undefined) {
      subscription = { topic, listeners: new Set(), phase: { state: 'asking', shown: false, since: undefined, kept: undefined, early: [] } };
      this.#byTopic.set(topic, subscription);
      subscription.listeners.add(listener);
      this.#out.ask(topic, undefined);
    } else {
      subscription.listeners.add(listener);
      if (subscription.phase.state === 'following') listener.changed(subscription.phase.value, { type: 'state' });
      if (subscription.phase.state === 'refused') listener.refused?.(subscription.phase.error);
    }
    const held = subscription;
    return () => {
      if (!held.listeners.delete(listener) || held.listeners.size > 0 || this.#byTopic.get(topic) !== held) return;
      this.#byTopic.delete(topic);
      for (const [id, named] of this.#alias) if (named === topic) this.#alias.delete(id);
      if (held.phase.state !== 'refused') this.#out.unwatch(topic);
    };
  }

  /** After a new socket: ask for what was missed. */
  resume(): void {
    for (const subscription of this.#byTopic.values()) {
      const phase = subscription.phase;
      if (phase.state === 'refused') continue;
      const since = phase.state === 'following' ? phase.cursor : phase.since;
      const kept = phase.state === 'following' ? phase.value : phase.kept;
      subscription.phase = { state: 'asking', shown: phase.state === 'following' || phase.shown, since, kept, early: [] };
      this.#out.ask(subscription.topic, since);
    }
  }

  answered(topic: string, answer: WatchAnswer): void {
    const subscription = this.#byTopic.get(topic);
    if (subscription === undefined || subscription.phase.state !== 'asking') return;
    if (answer.topic !== topic) this.#alias.set(answer.topic, topic);
    const { since, kept, early } = subscription.phase;
    if (answer.type === 'state') {
      subscription.phase = { state: 'following', cursor: { epoch: answer.epoch, seq: answer.seq }, value: answer.state };
      this.#tell(subscription, answer.state, { type: 'state' });
    } else if (since === undefined) {
      // An answer of patches to somebody who has no state to put them on.
      this.#askAnew(subscription);
      return;
    } else {
      subscription.phase = { state: 'following', cursor: since, value: kept };
      for (const patch of answer.patches) if (!this.#follow(subscription, patch)) return;
    }
    for (const patch of early) if (!this.#follow(subscription, patch)) return;
  }

  refused(topic: string, error: Error): void {
    const subscription = this.#byTopic.get(this.#alias.get(topic) ?? topic);
    if (subscription === undefined) return;
    subscription.phase = { state: 'refused', error };
    for (const listener of [...subscription.listeners]) listener.refused?.(error);
  }

  /** A fresh state that nobody asked for: this consumer was too slow for the patches. */
  replaced(answer: WatchAnswer): void {
    const topic = this.#alias.get(answer.topic) ?? answer.topic;
    const subscription = this.#byTopic.get(topic);
    if (subscription === undefined || subscription.phase.state !== 'following' || answer.type !== 'state') return;
    subscription.phase = { state: 'following', cursor: { epoch: answer.epoch, seq: answer.seq }, value: answer.state };
    this.#tell(subscription, answer.state, { type: 'state' });
  }

  patched(patch: PatchNotification): void {
    const subscription = this.#byTopic.get(this.#alias.get(patch.topic) ?? patch.topic);
    if (subscription === undefined) return;
    const phase = subscription.phase;
    if (phase.state === 'asking') subscription.phase = { ...phase, early: [...phase.early, patch] };
    else this.#follow(subscription, patch);
  }

  /** False when there was a gap: then a fresh state has been asked for. */
  #follow(subscription: Subscription, patch: PatchNotification): boolean {
    const phase = subscription.phase;
    if (phase.state !== 'following') return false;
    const { cursor } = phase;
    if (patch.epoch === cursor.epoch && patch.seq <= cursor.seq) return true;
    if (patch.epoch !== cursor.epoch || patch.from !== cursor.seq) {
      this.#askAnew(subscription);
      return false;
    }
    let value: unknown;
    try {
      value = applyPatch(phase.value, patch.patch);
    } catch {
      // A patch that does not fit means that our state is not the server's: the honest thing is a fresh one.
      this.#askAnew(subscription);
      return false;
    }
    subscription.phase = { state: 'following', cursor: { epoch: patch.epoch, seq: patch.seq }, value };
    this.#tell(subscription, value, { type: 'patch', patch: patch.patch, atMs: patch.at });
    return subscription.phase.state === 'following';
  }

  #askAnew(subscription: Subscription): void {
    subscription.phase = { state: 'asking', shown: true, since: undefined, kept: undefined, early: [] };
    this.#out.ask(subscription.topic, undefined);
  }

  #tell(subscription: Subscription, value: unknown, change: TopicChange): void {
    for (const listener of [...subscription.listeners]) listener.changed(value, change);
  }
}
