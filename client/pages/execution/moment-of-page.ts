/** The moment of this page: kept in its address, over a change of the tab, and said in the presence room. */
import type { Presence } from '../../document/index.ts';
import { eventsOf } from '../../gantt/index.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import type { Run } from './face.ts';
import { createMoment, speeds, type Moment, type Watcher } from './moment.ts';
import type { Colleague } from './people.ts';
import { shownMoment, spanOfRun } from '../../gantt/index.ts';

/** Others hear of a moving playhead at most this often. */
const sayMs = 100;
/** A change of the tab leaves the page and enters it again: what was shown lasts over it, and not over a walk elsewhere. */
const turnMs = 10_000;
const keptKey = 'execution:moment';
const speedKey = 'execution:speed';

interface Kept { readonly id: string; readonly leftMs: number; readonly atMs: number | undefined; readonly follows: string | undefined }

function keptOf(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null || !('id' in kept) || typeof kept.id !== 'string' || !('leftMs' in kept) || typeof kept.leftMs !== 'number') return undefined;
    return {
      id: kept.id, leftMs: kept.leftMs, atMs: 'atMs' in kept && typeof kept.atMs === 'number' ? kept.atMs : undefined,
      follows: 'follows' in kept && typeof kept.follows === 'string' ? kept.follows : undefined,
    };
  } catch {
    return undefined;
  }
}

export interface PageMoment {
  readonly moment: Moment;
  /** What others say has come. */
  heard(colleagues: readonly Colleague[]): void;
}

export interface PageMomentOptions {
  readonly executionId: string;
  readonly presence: Pick<Presence, 'show'>;
  readonly present: () => ExecutionTopicState;
  readonly writeAddress: (change: (query: URLSearchParams) => void) => void;
}

export function openMoment(run: Run, { executionId, presence, present, writeAddress }: PageMomentOptions): PageMoment {
  const { app } = run;
  const nowMs = (): number => app.clock.nowMs();
  const kept = keptOf(app.session.read(keptKey));
  // Once: a later load of the page is another visit.
  app.session.remove(keptKey);
  const continued = kept !== undefined && kept.id === executionId && nowMs() - kept.leftMs < turnMs ? kept : undefined;
  const speed = speeds.find((one) => String(one) === app.session.read(speedKey)) ?? 1;

  let eventsFrom: ExecutionTopicState | undefined;
  let eventsMs: readonly number[] = [];
  const moment = createMoment({
    ownId: run.place().viewer.id, timers: app.timers, nowMs, say: (text) => app.toasts.done(text),
    start: { atMs: shownMoment(present(), run.place().search, nowMs()) ?? continued?.atMs, follows: continued?.follows, speed },
    run() {
      const state = present();
      if (state !== eventsFrom) {
        eventsFrom = state;
        eventsMs = eventsOf(state).map((event) => event.atMs);
      }
      return { ...spanOfRun(state, nowMs()), eventsMs };
    },
  });

  let saying: (() => void) | undefined;
  let saidText = '';
  const say = (): void => {
    saying = undefined;
    const said = moment.said();
    const text = JSON.stringify(said);
    if (text === saidText) return;
    saidText = text;
    presence.show('moment', said);
  };
  const writeMoment = (): void => {
    const mode = moment.mode();
    // While it moves the address waits: browsers take only so many changes in a time.
    if (mode.state === 'playing') return;
    const atMs = moment.atMs();
    writeAddress((query) => { if (atMs === undefined) query.delete('at'); else query.set('at', new Date(atMs).toISOString()); });
  };
  let writing: (() => void) | undefined;
  const stop = moment.subscribe(() => {
    saying ??= app.timers.after(sayMs, say);
    writing?.();
    writing = app.timers.after(sayMs * 2, writeMoment);
    app.session.write(speedKey, String(moment.speed()));
  });
  say();
  run.own(() => {
    const mode = moment.mode();
    app.session.write(keptKey, JSON.stringify({ id: executionId, leftMs: nowMs(), atMs: moment.atMs(), follows: mode.state === 'following' ? mode.id : undefined }));
    saying?.();
    writing?.();
    stop();
    moment.release();
  });
  return {
    moment,
    heard: (colleagues) => moment.watchers(colleagues.map((one): Watcher => ({ id: one.id, name: one.name, color: one.color, kind: one.kind, ...one.said }))),
  };
}
