/** What awareness says, read with care: states come from other people's clients. */
import type { Awareness } from 'y-protocols/awareness';
import type { WebsocketProvider } from 'y-websocket';
import type { Diagnostic } from '../../core/protocol/entities/flow.ts';

export type DocumentStatus = 'connecting' | 'connected' | 'disconnected' | 'closed';

/** The server has closed for good: signed out (4401), may not write or another's id (4403), gone (4404), too large (4413), a fault (4400). */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Somebody in the room. `user` is written by the server. */
export interface Person {
  readonly clientId: number;
  readonly user: { readonly id: string; readonly name: string; readonly color: number; readonly kind: string; readonly role: string };
  /** This tab. */
  readonly own: boolean;
  /** Whatever else the state says: `selection`, `row`, ... */
  readonly state: Readonly<Record<string, unknown>>;
}

/** What the server tells everybody about the draft. */
export interface Announcement {
  readonly diagnostics: readonly Diagnostic[];
  /** The latest revision. */
  readonly revision: number;
  /** The draft differs from it. */
  readonly differs: boolean;
  readonly hunkCount: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

export function peopleOf(awareness: Awareness): readonly Person[] {
  const people: Person[] = [];
  for (const [clientId, state] of awareness.getStates()) {
    const user: unknown = state['user'];
    if (!isRecord(user) || typeof user['id'] !== 'string' || typeof user['name'] !== 'string') continue;
    people.push({
      clientId, own: clientId === awareness.clientID, state,
      user: {
        id: user['id'], name: user['name'], color: typeof user['color'] === 'number' ? user['color'] : 1,
        kind: typeof user['kind'] === 'string' ? user['kind'] : 'person', role: typeof user['role'] === 'string' ? user['role'] : 'viewer',
      },
    });
  }
  return people;
}

/** The server's own entry: nobody else can have `server` in their state. */
export function announcementOf(awareness: Awareness): Announcement | undefined {
  for (const state of awareness.getStates().values()) {
    if (state['server'] !== true) continue;
    const { diagnostics, revision, differs, hunkCount } = state;
    return {
      diagnostics: Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [],
      revision: typeof revision === 'number' ? revision : 0,
      differs: differs === true,
      hunkCount: typeof hunkCount === 'number' ? hunkCount : 0,
    };
  }
  return undefined;
}

/** The sync address of this page's own server. */
export function syncAddress(tenant: string): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sync/${encodeURIComponent(tenant)}`;
}

/**
 * When the connection breaks the provider forgets everybody else's state and keeps their clocks, so that after a reconnect the same
 * clock would be ignored and nobody be seen for up to 15 s: the clocks go too.
 */
export function forgetOthersOnDisconnect(provider: WebsocketProvider): void {
  provider.on('status', ({ status }) => {
    if (status !== 'disconnected') return;
    for (const clientId of provider.awareness.meta.keys()) if (clientId !== provider.awareness.clientID) provider.awareness.meta.delete(clientId);
  });
}

/** The `reason` of a close code for people. */
export function closedWords({ code, reason }: Closed): string {
  const said = reason === '' ? '' : ` ${reason}`;
  switch (code) {
    case 4401: return `You are signed out.${said}`;
    case 4403: return `Your change was refused.${said}`;
    case 4404: return `This document is gone.${said}`;
    case 4413: return `The text is too large.${said}`;
    default: return `The server closed this document.${said}`;
  }
}
