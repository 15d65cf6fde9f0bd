/** What everything in the browser shares. */
import type { Clock, Storage, Timers } from '../ambient/contract.ts';
import type { Connection } from '../connection/index.ts';
import type { Dialogs } from './dialog/dialogs.ts';
import type { Toasts } from './toast/toasts.ts';

export interface App {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly toasts: Toasts;
  readonly dialogs: Dialogs;
  /** Kept for this tab. */
  readonly session: Storage;
  /** The hashed address of an asset by its source: `client/editor/yaml.worker.ts`. */
  asset(source: string): string;
  /** Goes to an address inside the app, without a reload. */
  go(href: string): void;
  /** Loads this page anew, in place. */
  reload(): void;
  /** Says something to readers of screens, politely. */
  announce(text: string): void;
}
