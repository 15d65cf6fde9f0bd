/**
 * One WebSocket to `/api/v1/{tenant}/rpc`. Modes: *opening* a socket; *open*, with a heartbeat; *waiting* for the next try after a
 * failure; *closed* for good. Only `#enter` changes the mode. A call without a socket fails at once with a clear error, because an
 * action that happens minutes later is worse than one that did not happen; only while a socket is expected within `holdMs` (the first
 * one, or after the server asked to come again) does it wait for that one.
 */
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import type { Cursor, PatchNotification, WatchAnswer } from '../../core/protocol/topics.ts';
import type { Clock, Release, Timers } from '../ambient/contract.ts';
import { CallError, callErrorOf, notReached } from './call-error.ts';
import { LagMeter } from './lag-meter.ts';
import { lateMs, type ConnectionStatus } from './status.ts';
import { Subscriptions, type TopicListener } from './subscriptions.ts';

/** A browser's WebSocket, as far as it is needed. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
}

export interface ConnectionOptions {
  readonly openSocket: () => SocketLike;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** How often the server is asked whether it is there. Default 5,000. */
  readonly pingIntervalMs?: number;
  /** Silence after a ping that means offline. Default 4,000. */
  readonly pongWaitMs?: number;
  /** First and longest wait before another try. Defaults 250 and 10,000. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** False for pages without a socket: calls fail, nothing is tried. Default true. */
  readonly opened?: boolean;
  /** How long a call waits for a socket that is expected at once. Default 2,000. */
  readonly holdMs?: number;
  /** A call without an answer fails after this. Default 60,000. */
  readonly callWaitMs?: number;
}

export interface Connection {
  /** Calls an operation by its definition. Rejects with a `CallError`. */
  call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>;
  /** Follows a topic until the returned function is called. */
  watch(topic: string, listener: TopicListener): Release;
  status(): ConnectionStatus;
  onStatus(listener: (status: ConnectionStatus) => void): Release;
  /** The browser says that the network is back, or the tab is shown again: try now, or ask at once whether the socket still lives. */
  wake(): void;
  /** The browser says that there is no network: no need to wait for a silence. */
  lost(reason: string): void;
  close(): void;
}

type Mode =
  | { readonly state: 'opening'; readonly socket: SocketLike }
  | { readonly state: 'open'; readonly socket: SocketLike }
  | { readonly state: 'waiting'; readonly retryAtMs: number; readonly reason: string }
  | { readonly state: 'closed' };

interface PendingCall {
  readonly what: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly release: Release;
}

/** RFC 6455's registry: the service restarts, come again. Sent when a name or role has changed, and by a server that stops. */
const comeAgain = 1012;

export function createConnection(options: ConnectionOptions): Connection {
  return new RpcConnection(options);
}

class RpcConnection implements Connection {
  readonly #options: Required<ConnectionOptions>;
  readonly #pending = new Map<number, PendingCall>();
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  readonly #lag = new LagMeter();
  readonly #subscriptions: Subscriptions;
  /** Released when the mode changes: heartbeat, waits. */
  #modeReleases: Release[] = [];
  #mode: Mode = { state: 'closed' };
  #nextId = 1;
  #failures = 0;
  /** Until when calls wait for a socket, and who waits. */
  #holdUntilMs: number;
  readonly #held = new Set<() => void>();
  #lastHeardMs: number;
  #everHeard = false;

  constructor(options: ConnectionOptions) {
    this.#options = { pingIntervalMs: 5000, pongWaitMs: 4000, retryMinMs: 250, retryMaxMs: 10_000, callWaitMs: 60_000, holdMs: 2000, opened: true, ...options };
    this.#holdUntilMs = this.#options.opened ? options.clock.nowMs() + this.#options.holdMs : 0;
    this.#lastHeardMs = options.clock.nowMs();
    this.#subscriptions = new Subscriptions({
      ask: (topic, since) => this.#ask(topic, since),
      unwatch: (topic) => {
        if (this.#mode.state === 'open') this.#request('unwatch', { topic }).catch(() => undefined);
      },
    });
    if (this.#options.opened) this.#open();
  }

  call<O extends Operation>(operation: O, input: InputOf<O>): Promise<OutputOf<O>> {
    // The one place where an answer gets the type that its definition promises.
    return (this.#mode.state === 'open' ? this.#request(operation.name, input) : this.#whenExpected().then(() => this.#request(operation.name, input))) as Promise<OutputOf<O>>;
  }

  watch(topic: string, listener: TopicListener): Release {
    const release = this.#subscriptions.watch(topic, listener);
    this.#tellStatus();
    return release;
  }

  status(): ConnectionStatus {
    const mode = this.#mode;
    switch (mode.state) {
      case 'opening':
        return this.#failures === 0 ? { state: 'connecting' } : { state: 'offline', sinceMs: this.#lastHeardMs, retryAtMs: this.#options.clock.nowMs(), reason: 'The server can not be reached.' };
      case 'open':
        if (!this.#everHeard) return { state: 'connecting' };
        return this.#subscriptions.behind > 0 || this.#lag.lagMs > lateMs ? { state: 'catching-up', lagMs: this.#lag.lagMs } : { state: 'live', lagMs: this.#lag.lagMs };
      case 'waiting':
        return { state: 'offline', sinceMs: this.#lastHeardMs, retryAtMs: mode.retryAtMs, reason: mode.reason };
      case 'closed':
        return { state: 'offline', sinceMs: this.#lastHeardMs, retryAtMs: Number.POSITIVE_INFINITY, reason: 'This page has closed its connection.' };
      default:
        return never(mode);
    }
  }

  onStatus(listener: (status: ConnectionStatus) => void): Release {
    this.#listeners.add(listener);
    listener(this.status());
    return () => void this.#listeners.delete(listener);
  }

  wake(): void {
    if (this.#mode.state === 'waiting') this.#open();
    else if (this.#mode.state === 'open') this.#ping();
  }

  lost(reason: string): void {
    if (this.#mode.state === 'opening' || this.#mode.state === 'open') this.#fail(reason);
  }

  close(): void {
    this.#enter({ state: 'closed' });
    for (const go of [...this.#held]) go();
    this.#rejectAll('the page was left');
  }

  #enter(mode: Mode): void {
    for (const release of this.#modeReleases.splice(0)) release();
    const before = this.#mode;
    this.#mode = mode;
    const kept = mode.state === 'open' ? mode.socket : undefined;
    if ((before.state === 'opening' || before.state === 'open') && before.socket !== kept) {
      before.socket.onopen = null;
      before.socket.onmessage = null;
      before.socket.onclose = null;
      before.socket.close();
    }
    this.#tellStatus();
  }

  #open(): void {
    const socket = this.#options.openSocket();
    this.#enter({ state: 'opening', socket });
    socket.onopen = () => {
      this.#enter({ state: 'open', socket });
      this.#modeReleases.push(this.#options.timers.every(this.#options.pingIntervalMs, () => this.#ping()));
      this.#ping();
      this.#subscriptions.resume();
      for (const go of [...this.#held]) go();
      this.#tellStatus();
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => {
      if (event.code === comeAgain) this.#holdUntilMs = this.#options.clock.nowMs() + this.#options.holdMs;
      this.#fail(event.reason === '' ? 'The connection to the server is gone.' : `The server closed the connection: ${event.reason}.`);
    };
    this.#modeReleases.push(this.#options.timers.after(this.#options.pongWaitMs * 2, () => this.#fail('The server does not answer.')));
  }

  #fail(reason: string): void {
    const { retryMinMs, retryMaxMs, timers, clock, chance } = this.#options;
    const longest = Math.min(retryMaxMs, retryMinMs * 2 ** this.#failures);
    this.#failures += 1;
    // Half of it is chance, so that a hundred pages do not come back in one instant.
    const waitMs = longest / 2 + (longest / 2) * chance();
    this.#enter({ state: 'waiting', retryAtMs: clock.nowMs() + waitMs, reason });
    this.#modeReleases.push(timers.after(waitMs, () => this.#open()));
    this.#rejectAll('the connection broke before the answer came; whether it happened is not known');
  }

  /** When the expected socket opens, or the wait for it is over, or at once when none is expected. */
  #whenExpected(): Promise<void> {
    const waitMs = this.#holdUntilMs - this.#options.clock.nowMs();
    if (this.#mode.state === 'closed' || waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        overdue();
        this.#held.delete(go);
        resolve();
      };
      const overdue = this.#options.timers.after(waitMs, go);
      this.#held.add(go);
    });
  }

  #ping(): void {
    const sentMs = this.#options.clock.nowMs();
    const overdue = this.#options.timers.after(this.#options.pongWaitMs, () => this.#fail('The server has been silent for some seconds.'));
    this.#modeReleases.push(overdue);
    const answered = (): void => {
      overdue();
      this.#everHeard = true;
      this.#failures = 0;
      this.#lag.roundTrip(this.#options.clock.nowMs() - sentMs);
      this.#tellStatus();
    };
    // Any answer is a sign of life, also "no such method".
    this.#request('ping', {}).then(answered, (error: unknown) => {
      if (!(error instanceof CallError) || error.status !== 0) answered();
    });
  }

  #ask(topic: string, since: Cursor | undefined): void {
    if (this.#mode.state !== 'open') return;
    const socket = this.#mode.socket;
    this.#request('watch', since === undefined ? { topic } : { topic, since }).then(
      (answer) => {
        if (this.#mode.state !== 'open' || this.#mode.socket !== socket) return;
        this.#subscriptions.answered(topic, answer as WatchAnswer);
        this.#tellStatus();
      },
      (error: unknown) => {
        if (error instanceof CallError && error.status === 0) return;
        this.#subscriptions.refused(topic, error instanceof Error ? error : new Error(String(error)));
        this.#tellStatus();
      },
    );
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const mode = this.#mode;
    if (mode.state !== 'open') return Promise.reject(notReached(method));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const release = this.#options.timers.after(this.#options.callWaitMs, () => {
        this.#pending.delete(id);
        reject(new CallError(`No answer to ${method} within ${this.#options.callWaitMs / 1000} s`, { status: 0 }));
      });
      this.#pending.set(id, { what: method, resolve, reject, release });
      mode.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    this.#lastHeardMs = this.#options.clock.nowMs();
    const frame: unknown = JSON.parse(data);
    for (const message of Array.isArray(frame) ? frame : [frame]) this.#message(message);
  }

  #message(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    const { id, method, params, result, error } = message as { readonly id?: unknown; readonly method?: unknown; readonly params?: unknown; readonly result?: unknown; readonly error?: unknown };
    if (typeof id === 'number') {
      const call = this.#pending.get(id);
      if (call === undefined) return;
      this.#pending.delete(id);
      call.release();
      if (error !== undefined) call.reject(callErrorOf(error));
      else call.resolve(result);
      return;
    }
    if (method === 'patch') {
      const patch = params as PatchNotification;
      this.#lag.patch(patch.at, this.#options.clock.nowMs());
      this.#subscriptions.patched(patch);
      this.#tellStatus();
    } else if (method === 'state') {
      // A consumer that fell behind gets a whole state instead of the patches it missed.
      const answer = params as WatchAnswer;
      this.#subscriptions.replaced(answer);
      this.#tellStatus();
    } else if (method === 'ended') {
      const { topic, reason } = params as { readonly topic: string; readonly reason?: string };
      this.#subscriptions.refused(topic, new CallError(reason ?? 'You may not see this any more', { status: 403 }));
    }
  }

  #rejectAll(why: string): void {
    const calls = [...this.#pending.values()];
    this.#pending.clear();
    for (const call of calls) {
      call.release();
      call.reject(new CallError(`${call.what}: ${why}`, { status: 0 }));
    }
  }

  #tellStatus(): void {
    const status = this.status();
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function never(value: never): never {
  throw new Error(`not a mode of the connection: ${JSON.stringify(value)}`);
}
