/**
 * One topic as one set of rights sees it, at one epoch: its state, its place (`seq`), what was sent lately, and who listens. A channel
 * is idle when nobody listens (then it only remembers keys, for a while, so that a broken connection can resume), followed otherwise.
 */
import type { Cursor, PatchNotification, WatchAnswer } from '../../core/protocol/topics.ts';
import { limits } from '../../core/protocol/limits.ts';
import { diffStates } from '../../core/protocol/patch.ts';
import type { Key } from '../store/index.ts';
import { patchFrame } from './frames.ts';
import type { Interest, Kind, View } from './view.ts';

interface Sent {
  readonly notification: PatchNotification;
  readonly bytes: number;
}

export interface ChannelOptions {
  readonly topic: string;
  readonly tenant: string;
  readonly epoch: string;
  readonly view: View<unknown>;
}

export class Channel {
  readonly topic: string;
  readonly tenant: string;
  readonly epoch: string;
  readonly #view: View<unknown>;
  #state: unknown;
  #seq = 0;
  readonly #ring: Sent[] = [];
  #ringBytes = 0;
  /** When the first commit that the state does not show yet came in. */
  #dirtySinceMs: number | undefined;
  #notedCount = 0;

  constructor(options: ChannelOptions) {
    this.topic = options.topic;
    this.tenant = options.tenant;
    this.epoch = options.epoch;
    this.#view = options.view;
    this.#state = options.view.read();
  }

  /** The transport's name for it: unique, so that a frame reaches exactly those who follow this state. */
  get id(): string {
    return `watch/${this.epoch}`;
  }

  get cursor(): Cursor {
    return { epoch: this.epoch, seq: this.#seq };
  }

  get state(): unknown {
    return this.#state;
  }

  get isDirty(): boolean {
    return this.#dirtySinceMs !== undefined;
  }

  /** Keys since the last step; an idle channel with too many is not worth keeping. */
  get notedCount(): number {
    return this.#notedCount;
  }

  interests(): readonly Interest[] {
    return this.#view.interests();
  }

  get stepIntervalMs(): number {
    return this.#view.stepIntervalMs ?? 0;
  }

  againAtMs(): number | undefined {
    return this.#view.againAtMs?.();
  }

  isFresh(): boolean {
    return this.#view.isFresh?.(this.#state) ?? true;
  }

  note(kind: Kind, key: Key, atMs: number): void {
    this.#view.note(kind, key);
    this.#dirtySinceMs ??= atMs;
    this.#notedCount += 1;
  }

  /** The next state; answers the frame of what changed, or undefined when nothing did. */
  step(nowMs: number): string | undefined {
    // What waits on purpose is not late: `at` is what people are shown as the delay of the connection.
    const at = this.stepIntervalMs > 0 ? nowMs : this.#dirtySinceMs ?? nowMs;
    this.#dirtySinceMs = undefined;
    this.#notedCount = 0;
    const next = this.#view.update(this.#state);
    const patch = diffStates(this.#state, next);
    this.#state = next;
    if (patch.length === 0) return undefined;
    const notification: PatchNotification = { topic: this.topic, epoch: this.epoch, from: this.#seq, seq: this.#seq + 1, at, patch };
    this.#seq += 1;
    const frame = patchFrame(notification);
    this.#ring.push({ notification, bytes: frame.length });
    this.#ringBytes += frame.length;
    while (this.#ring.length > limits.topicRingCountMax || this.#ringBytes > limits.topicRingBytesMax) this.#ringBytes -= this.#ring.shift()?.bytes ?? 0;
    return frame;
  }

  /** What a newcomer gets, or somebody who comes back: only what was missed when that is still known. */
  answer(since: Cursor | undefined): WatchAnswer {
    const missed = since === undefined ? undefined : this.#missedSince(since);
    const place = { topic: this.topic, ...this.cursor };
    return missed === undefined ? { ...place, type: 'state', state: this.#state } : { ...place, type: 'patches', patches: missed };
  }

  #missedSince(since: Cursor): readonly PatchNotification[] | undefined {
    if (since.epoch !== this.epoch || since.seq > this.#seq) return undefined;
    if (since.seq === this.#seq) return [];
    const first = this.#ring.findIndex((sent) => sent.notification.from === since.seq);
    return first === -1 ? undefined : this.#ring.slice(first).map((sent) => sent.notification);
  }
}
