/**
 * One flow's text. Every face (editor, topology, form) edits the same `Y.Text`, each under an origin of its own, so that undo takes
 * back one's own gestures and nothing else. After a final close (signed out, refused) the text stays here, to be read and copied.
 */
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Release } from '../ambient/contract.ts';
import { announcementOf, closedWords, forgetOthersOnDisconnect, peopleOf, syncAddress, type Announcement, type Closed, type DocumentStatus, type Person } from './shared.ts';

export interface FlowDocumentOptions {
  readonly tenant: string;
  readonly namespace: string;
  readonly id: string;
  /** The document's birth id, from the page or `flows.draft`: an old copy never merges into a flow that was created anew. */
  readonly birth: string;
  /** Default: this page's server. */
  readonly address?: string;
  /** Another socket class, for Node and tests. */
  readonly socket?: typeof WebSocket;
}

/** Replaces `[from, to)` of the text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export interface FlowDocument {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly awareness: Awareness;
  /** Tracks the faces below, and whatever the editor adds with `track`. */
  readonly undo: Y.UndoManager;
  status(): DocumentStatus;
  onStatus(listener: (status: DocumentStatus) => void): Release;
  /** The server's text has arrived: only now may it be bound to an editor. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  closed(): (Closed & { readonly words: string }) | undefined;
  /** Diagnostics and the state of the draft, as the server sees them. */
  announcement(): Announcement | undefined;
  onAnnouncement(listener: (announcement: Announcement) => void): Release;
  people(): readonly Person[];
  onPeople(listener: (people: readonly Person[]) => void): Release;
  /** A member of this tab's awareness state: `selection`, `face`, ... */
  show(name: string, value: unknown): void;
  /** The editor's binding: its transactions become undoable. */
  track(origin: object): void;
  /** One gesture of a graph or form: minimal edits, one step of undo. */
  gesture(face: 'graph' | 'form', edits: readonly Edit[]): void;
  /** Tries again after a final close, e.g. when the person has signed in. */
  reconnect(): void;
  destroy(): void;
}

/** Keystrokes closer than this are one step of undo. */
const captureTimeoutMs = 500;

export function openFlowDocument(options: FlowDocumentOptions): FlowDocument {
  const doc = new Y.Doc();
  const text = doc.getText('source');
  const faces = { graph: { face: 'graph' }, form: { face: 'form' } } as const;
  const provider = new WebsocketProvider(options.address ?? syncAddress(options.tenant), `flow/${encodeURIComponent(options.namespace)}/${encodeURIComponent(options.id)}`, doc, {
    params: { birth: options.birth },
    // Tabs that talk past the server would spread edits that it refuses.
    disableBc: true,
    ...(options.socket === undefined ? {} : { WebSocketPolyfill: options.socket }),
  });
  forgetOthersOnDisconnect(provider);
  const { awareness } = provider;
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set<unknown>([faces.graph, faces.form]), captureTimeout: captureTimeoutMs });
  const statusListeners = new Set<(status: DocumentStatus) => void>();
  const announcementListeners = new Set<(announcement: Announcement) => void>();
  const peopleListeners = new Set<(people: readonly Person[]) => void>();
  let status: DocumentStatus = 'connecting';
  let closed: Closed | undefined;
  let told = '';

  const enter = (next: DocumentStatus): void => {
    if (next === status) return;
    status = next;
    for (const listener of [...statusListeners]) listener(next);
  };
  provider.on('status', (event) => {
    if (closed === undefined) enter(event.status);
  });
  provider.on('closed', ({ code, reason }) => {
    closed = { code, reason };
    enter('closed');
  });
  const synced = new Promise<void>((resolve) => {
    const onSync = (is: boolean): void => {
      if (!is) return;
      provider.off('sync', onSync);
      resolve();
    };
    provider.on('sync', onSync);
  });
  awareness.on('change', () => {
    const people = peopleOf(awareness);
    for (const listener of [...peopleListeners]) listener(people);
    const announcement = announcementOf(awareness);
    const text = announcement === undefined ? '' : JSON.stringify(announcement);
    if (announcement === undefined || text === told) return;
    told = text;
    for (const listener of [...announcementListeners]) listener(announcement);
  });

  return {
    doc, text, awareness, undo, synced,
    status: () => status,
    onStatus: (listener) => listen(statusListeners, listener),
    isSynced: () => provider.synced,
    closed: () => (closed === undefined ? undefined : { ...closed, words: closedWords(closed) }),
    announcement: () => announcementOf(awareness),
    onAnnouncement: (listener) => listen(announcementListeners, listener),
    people: () => peopleOf(awareness),
    onPeople: (listener) => listen(peopleListeners, listener),
    show: (name, value) => awareness.setLocalStateField(name, value),
    track: (origin) => undo.addTrackedOrigin(origin),
    gesture: (face, edits) => {
      undo.stopCapturing();
      doc.transact(() => {
        // From the end, so that offsets before stay what they are.
        for (const edit of [...edits].sort((left, right) => right.from - left.from)) {
          if (edit.to > edit.from) text.delete(edit.from, edit.to - edit.from);
          if (edit.insert !== '') text.insert(edit.from, edit.insert.replaceAll('\r', ''));
        }
      }, faces[face]);
      undo.stopCapturing();
    },
    reconnect: () => {
      closed = undefined;
      enter('connecting');
      provider.connect();
    },
    destroy: () => {
      statusListeners.clear();
      announcementListeners.clear();
      peopleListeners.clear();
      undo.destroy();
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}

function listen<Listener>(listeners: Set<Listener>, listener: Listener): Release {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
