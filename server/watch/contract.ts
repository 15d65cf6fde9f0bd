/** Topics, subscriptions, coalescing, resume. Fed by the commit feeds, and for who is where by the rooms; nothing else causes a patch. */
import type { Caller } from '../access/contract.ts';
import type { Cursor, PresenceTopicState, WatchAnswer } from '../../core/protocol/topics.ts';

/** One RPC socket as the watch room needs it. */
export interface WatchSocket {
  readonly id: number;
  readonly caller: Caller;
  /** Sends a text to this socket alone. */
  send(text: string): void;
  /** What waits in the transport, bytes. */
  bufferedBytes(): number;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
}

export interface Watch {
  /** Throws a ProtocolError for an unknown topic, a bad filter, or a permission that is missing. */
  watch(socket: WatchSocket, topic: string, since: Cursor | undefined): WatchAnswer;
  unwatch(socket: WatchSocket, topic: string): void;
  /** The topic `presence` as this caller may see it, read once: what a page is first shown with. */
  present(caller: Caller): PresenceTopicState;
  drained(socket: WatchSocket): void;
  closed(socket: WatchSocket): void;
  figures(): { readonly topics: number; readonly watchers: number; readonly patches: number };
  close(): void;
}

/** How frames leave: natively published by the transport, encoded once. */
export interface Publisher {
  publish(topic: string, text: string): void;
}
