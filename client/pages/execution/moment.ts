/**
 * Which moment of the run is shown, alone or with others. No DOM.
 *
 * *live*: the present. *past*: a moment somebody moved to. *playing*: it moves on by itself. *following*: it is what the person whom I
 * follow sees. Who is followed holds the playhead. A follower may ask for it: the holder hands it over, keeps it, or says nothing for
 * ten seconds, which hands it over; the holder then follows the asker, and so do all who followed the holder.
 *
 * Everybody says in the presence room what they show (`Said`); there is no other authority, so a client that lies only misleads those
 * who follow it. Nobody's page moves unless they follow.
 */
import type { Release, Timers } from '../../ambient/contract.ts';
import { advanced } from './playback.ts';

/** What this page says of its moment, and what others say. `null` is the present. */
export interface Said {
  readonly atMs: number | null;
  readonly speed: number;
  readonly follows: string | null;
  readonly asks: string | null;
  readonly gives: string | null;
  readonly keeps: string | null;
}

/** Another person on this run, with what they say. */
export interface Watcher extends Said {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly kind: string;
}

export type Mode =
  | { readonly state: 'live' }
  | { readonly state: 'past'; readonly atMs: number }
  | { readonly state: 'playing'; readonly atMs: number }
  | { readonly state: 'following'; readonly id: string; readonly name: string; readonly atMs: number | undefined; readonly asks: boolean };

export interface Moment {
  /** Milliseconds since 1970; undefined while the present is shown. */
  atMs(): number | undefined;
  mode(): Mode;
  /** How fast playback is, 1 is as it happened. */
  speed(): number;
  /** Called when the shown moment, the mode or who follows whom has changed. */
  subscribe(listener: () => void): Release;
  /** To a moment; the end of the run and later is the present. Ends following. */
  moveTo(atMs: number): void;
  live(): void;
  play(): void;
  rest(): void;
  setSpeed(speed: number): void;
  follow(id: string): void;
  /** Ends following where one stands. */
  lookAlone(): void;
  /** Who follows me. */
  followers(): readonly Watcher[];
  /** Who asks me for the playhead. */
  asker(): Watcher | undefined;
  ask(): void;
  handOver(id: string): void;
  keep(id: string): void;
  /** Others have moved, come or gone. */
  watchers(people: readonly Watcher[]): void;
  /** What others shall hear of me; `undefined` when nothing new. */
  said(): Said;
  release(): void;
}

export interface MomentOptions {
  readonly ownId: string;
  readonly timers: Timers;
  readonly nowMs: () => number;
  /** The run: from, to (now while it goes on) and the times of its events, in order. */
  readonly run: () => { readonly fromMs: number; readonly toMs: number; readonly eventsMs: readonly number[] };
  readonly start: { readonly atMs: number | undefined; readonly follows: string | undefined; readonly speed: number };
  /** A word for the person: an ask was refused, whom one followed has left. */
  readonly say: (text: string) => void;
}

export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
/** Playback moves by this beat: a person sees it flow, and a run of 10,000 rows is drawn in time. */
const beatMs = 80;
/** Silence hands the playhead over. */
export const askSilenceMs = 10_000;
/** Who changes the tab is away for a moment. */
const absenceMaxMs = 5000;

export function createMoment(options: MomentOptions): Moment {
  const { ownId, timers } = options;
  let people: readonly Watcher[] = [];
  let speed = options.start.speed;
  let gives: string | null = null;
  let keeps: string | null = null;
  let mode: Mode = options.start.follows !== undefined ? { state: 'following', id: options.start.follows, name: '', atMs: options.start.atMs, asks: false }
    : options.start.atMs === undefined ? { state: 'live' } : { state: 'past', atMs: options.start.atMs };
  const listeners = new Set<() => void>();
  let stopBeat: Release | undefined;
  let stopAbsence: Release | undefined;
  let asked: { readonly id: string; readonly cancel: Release } | undefined;

  const tell = (): void => { for (const listener of [...listeners]) listener(); };
  const atMs = (): number | undefined => (mode.state === 'live' ? undefined : mode.atMs);
  const pastOf = (at: number | undefined): Mode => {
    const { toMs, fromMs } = options.run();
    return at === undefined || at >= toMs ? { state: 'live' } : { state: 'past', atMs: Math.max(fromMs, at) };
  };

  /** The one door of the state machine. */
  function setMode(next: Mode): void {
    mode = next;
    if (next.state !== 'playing') { stopBeat?.(); stopBeat = undefined; }
    if (next.state === 'playing' && stopBeat === undefined) {
      let beforeMs = options.nowMs();
      stopBeat = timers.every(beatMs, () => {
        if (mode.state !== 'playing') return;
        const nowMs = options.nowMs();
        const run = options.run();
        const to = advanced(mode.atMs, (nowMs - beforeMs) * speed, nowMs - beforeMs, run.eventsMs);
        beforeMs = nowMs;
        setMode(to >= run.toMs ? { state: 'live' } : { state: 'playing', atMs: to });
      });
    }
    if (next.state !== 'following') {
      stopAbsence?.();
      stopAbsence = undefined;
      gives = null;
    }
    tell();
  }

  const followers = (): readonly Watcher[] => people.filter((one) => one.follows === ownId);
  const asker = (): Watcher | undefined => (mode.state === 'following' ? undefined : people.find((one) => one.follows === ownId && one.asks === ownId && one.id !== keeps));

  function handOver(id: string): void {
    const to = people.find((one) => one.id === id);
    if (to === undefined) return;
    gives = id;
    setMode({ state: 'following', id, name: to.name, atMs: atMs(), asks: false });
  }

  /** Somebody asks: an answer, or ten seconds. */
  function watchAsker(): void {
    const now = asker();
    if (asked?.id === now?.id) return;
    asked?.cancel();
    asked = now === undefined ? undefined : { id: now.id, cancel: timers.after(askSilenceMs, () => { asked = undefined; handOver(now.id); }) };
  }

  function mirror(): void {
    if (mode.state !== 'following') return;
    const followed = mode;
    const leader = people.find((one) => one.id === followed.id);
    if (leader === undefined) {
      stopAbsence ??= timers.after(absenceMaxMs, () => {
        stopAbsence = undefined;
        if (mode.state !== 'following') return;
        options.say(`${mode.name === '' ? 'The person whom you followed' : mode.name} has left: you stay where they were`);
        setMode(pastOf(mode.atMs));
      });
      return;
    }
    stopAbsence?.();
    stopAbsence = undefined;
    if (leader.gives === ownId && leader.follows === ownId) { setMode(pastOf(leader.atMs ?? undefined)); return; }
    if (leader.gives !== null && leader.follows === leader.gives) {
      const next = people.find((one) => one.id === leader.gives);
      if (next !== undefined) { setMode({ state: 'following', id: next.id, name: next.name, atMs: followed.atMs, asks: false }); return; }
    }
    let { asks } = followed;
    if (asks && leader.keeps === ownId) {
      asks = false;
      options.say(`${leader.name} keeps the playhead`);
    }
    const at = leader.atMs ?? undefined;
    if (at !== followed.atMs || leader.name !== followed.name || asks !== followed.asks) setMode({ ...followed, name: leader.name, atMs: at, asks });
  }

  return {
    atMs, followers, asker, handOver,
    mode: () => mode,
    speed: () => speed,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    moveTo: (at) => setMode(mode.state === 'playing' && pastOf(at).state === 'past' ? { state: 'playing', atMs: Math.max(options.run().fromMs, at) } : pastOf(at)),
    live: () => setMode({ state: 'live' }),
    play() {
      // At the end there is nothing to play: it begins at the beginning.
      setMode({ state: 'playing', atMs: atMs() ?? options.run().fromMs });
    },
    rest: () => setMode(pastOf(atMs())),
    setSpeed(next) {
      speed = next;
      tell();
    },
    follow(id) {
      const leader = people.find((one) => one.id === id);
      if (leader === undefined) return;
      setMode({ state: 'following', id, name: leader.name, atMs: leader.atMs ?? undefined, asks: false });
    },
    lookAlone: () => { if (mode.state === 'following') setMode(pastOf(mode.atMs)); },
    ask: () => { if (mode.state === 'following') setMode({ ...mode, asks: true }); },
    keep(id) {
      keeps = id;
      watchAsker();
      tell();
    },
    watchers(next) {
      people = next;
      // Who was refused may ask again later: what was said to them has been heard when they no longer ask.
      if (keeps !== null && !people.some((one) => one.id === keeps && one.asks === ownId)) keeps = null;
      mirror();
      watchAsker();
      tell();
    },
    said: () => ({
      atMs: atMs() ?? null, speed: mode.state === 'playing' ? speed : 0, gives, keeps,
      follows: mode.state === 'following' ? mode.id : null, asks: mode.state === 'following' && mode.asks ? mode.id : null,
    }),
    release() {
      stopBeat?.();
      stopAbsence?.();
      asked?.cancel();
      listeners.clear();
    },
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Other people's clients write it: every member may be anything. */
export function saidOf(value: unknown): Said {
  const said = isRecord(value) ? value : {};
  const idOf = (name: string): string | null => (typeof said[name] === 'string' ? said[name] : null);
  const { atMs, speed } = said;
  return {
    atMs: typeof atMs === 'number' && Number.isFinite(atMs) ? atMs : null, speed: typeof speed === 'number' && Number.isFinite(speed) ? speed : 0,
    follows: idOf('follows'), asks: idOf('asks'), gives: idOf('gives'), keeps: idOf('keeps'),
  };
}
