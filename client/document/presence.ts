/** Who looks at this page, without a document: rows, nodes and columns that others have selected. */
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Release } from '../ambient/contract.ts';
import { forgetOthersOnDisconnect, peopleOf, syncAddress, type Person } from './shared.ts';

export interface PresenceOptions {
  readonly tenant: string;
  /** `executions/ID`, `flows`, ... */
  readonly page: string;
  readonly address?: string;
  readonly socket?: typeof WebSocket;
}

export interface Presence {
  people(): readonly Person[];
  onPeople(listener: (people: readonly Person[]) => void): Release;
  /** What this tab shows of itself: `row`, `node`, ...; null takes it back. */
  show(name: string, value: unknown): void;
  destroy(): void;
}

export function openPresence(options: PresenceOptions): Presence {
  const doc = new Y.Doc();
  const page = options.page.split('/').map(encodeURIComponent).join('/');
  const provider = new WebsocketProvider(options.address ?? syncAddress(options.tenant), `presence/${page}`, doc, {
    disableBc: true,
    ...(options.socket === undefined ? {} : { WebSocketPolyfill: options.socket }),
  });
  forgetOthersOnDisconnect(provider);
  const { awareness } = provider;
  const listeners = new Set<(people: readonly Person[]) => void>();
  awareness.on('change', () => {
    const people = peopleOf(awareness);
    for (const listener of [...listeners]) listener(people);
  });
  return {
    people: () => peopleOf(awareness),
    onPeople: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    show: (name, value) => awareness.setLocalStateField(name, value),
    destroy: () => {
      listeners.clear();
      // Said before the socket closes: without it the server takes the silence for a short reconnect and keeps us for a few seconds.
      awareness.setLocalState(null);
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}
