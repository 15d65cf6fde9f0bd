/** The transport of the page: dragging, keys, playback, and the strip that says who sees what. The same on every tab. */
import type { Actions } from '../../components/actions/actions.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { lettersOn } from '../../components/shell/letters.ts';
import { isTyping } from '../../components/shell/shortcut-keys.ts';
import { renderView, type View } from '../../components/view.ts';
import { beatsOf, eventsOf, momentText, TransportBack, TransportBeats, TransportButtons, TransportHead, TransportTime, TransportViewers, type RunEvent, type TransportProps } from '../../gantt/index.ts';
import { logTimeText } from '../../logs/index.ts';
import type { FaceContext, Run } from './face.ts';
import { MomentStrip } from './moment-strip.tsx';
import { speeds, type Watcher } from './moment.ts';
import { eventBeside } from './playback.ts';
import { spanOfRun } from '../../gantt/index.ts';

/** Events of a run of thousands come many times a second: the bar shows them at rest. */
const beatsRestMs = 250;
/** While it runs the end moves. */
const tickMs = 1000;
/** An arrow on the bar moves by this part of the run. */
const arrowShare = 0.01;

export interface TransportFace {
  /** The run went on. */
  changed(): void;
  /** Colleagues have moved. */
  moved(): void;
  readonly actions: Actions;
  release(): void;
}

export function mountTransport(run: Run, context: FaceContext): TransportFace {
  const { app } = run;
  const { moment } = context;
  const track = document.getElementById('transport-track');
  let events: readonly RunEvent[] = eventsOf(context.present());
  let times: readonly number[] = events.map((event) => event.atMs);
  const timeText = (ms: number): string => logTimeText(ms, run.place().zone);
  const watchers = (): readonly Watcher[] => context.colleagues().map((one) => ({ id: one.id, name: one.name, color: one.color, kind: one.kind, ...one.said }));
  const span = () => spanOfRun(context.present(), app.clock.nowMs());

  /** All but the beats, which do not change with the moment. */
  const propsOf = (): TransportProps => {
    const { fromMs, toMs, ended } = span();
    return {
      fromMs, toMs, ended, atMs: moment.atMs(), playing: moment.mode().state === 'playing', speed: moment.speed(), speeds, beats: [], timeText,
      viewers: watchers().flatMap((one) => (one.atMs === null ? [] : [{ name: one.name, color: one.color, kind: one.kind, atMs: one.atMs }])),
    };
  };
  const drawn = new Map<string, string>();
  const put = (id: string, view: View): void => {
    const html = renderView(view);
    const element = document.getElementById(id);
    if (element === null || drawn.get(id) === html) return;
    drawn.set(id, html);
    // Its words change while it plays, its buttons must stay to be clicked.
    if (id === 'moment-strip') { morphOuter(element, html); return; }
    // Put in whole: a morph leaves alone what is inside of the focused button, and its icon is what changes.
    const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.dataset['action'] : undefined;
    element.outerHTML = html;
    if (focused !== undefined) document.querySelector<HTMLElement>(`#${id} [data-action="${focused}"]`)?.focus({ preventScroll: true });
  };
  const paintHead = (): void => {
    const props = propsOf();
    put('transport-head', TransportHead(props));
    put('transport-buttons', TransportButtons(props));
    put('transport-time', TransportTime(props));
    put('transport-back', TransportBack(props));
    put('transport-viewers', TransportViewers(props));
    put('moment-strip', MomentStrip({ mode: moment.mode(), followers: moment.followers(), asker: moment.asker(), watchers: watchers(), timeText: (ms) => timeText(ms).slice(0, 8) }));
    if (track === null) return;
    const spanSeconds = (props.toMs - props.fromMs) / 1000;
    const { time, behind } = momentText(props);
    track.setAttribute('aria-valuemax', spanSeconds.toFixed(1));
    track.setAttribute('aria-valuenow', (props.atMs === undefined ? spanSeconds : (props.atMs - props.fromMs) / 1000).toFixed(1));
    track.setAttribute('aria-valuetext', `${time}, ${behind}`);
  };
  const paintBeats = (): void => {
    events = eventsOf(context.present());
    times = events.map((event) => event.atMs);
    const { fromMs, toMs } = span();
    put('transport-beats', TransportBeats({ beats: beatsOf(events, fromMs, toMs) }));
    paintHead();
  };
  const stopMoment = moment.subscribe(paintHead);
  let cancel: (() => void) | undefined;
  const stopTick = app.timers.every(tickMs, () => { if (!span().ended && !document.hidden) paintBeats(); });
  paintBeats();

  const toEvent = (direction: 1 | -1): void => {
    const { toMs } = span();
    const next = eventBeside(times, moment.atMs() ?? toMs, direction);
    if (next === undefined && direction === 1) moment.live();
    else if (next !== undefined) moment.moveTo(next);
  };
  const playOrRest = (): void => { if (moment.mode().state === 'playing') moment.rest(); else moment.play(); };

  let dragging: number | undefined;
  const moveToPointer = (event: PointerEvent): void => {
    if (track === null) return;
    const box = track.getBoundingClientRect();
    const { fromMs, toMs } = span();
    moment.moveTo(fromMs + Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width))) * (toMs - fromMs));
  };
  if (track !== null) {
    run.listen(track, 'pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      track.focus({ preventScroll: true });
      dragging = event.pointerId;
      track.setPointerCapture(event.pointerId);
      moveToPointer(event);
    });
    run.listen(track, 'pointermove', (event) => { if (dragging === event.pointerId) moveToPointer(event); });
    for (const end of ['pointerup', 'pointercancel'] as const) run.listen(track, end, () => { dragging = undefined; });
    run.listen(track, 'keydown', (event) => {
      const { fromMs, toMs } = span();
      const by = (share: number): void => moment.moveTo((moment.atMs() ?? toMs) + share * (toMs - fromMs));
      switch (event.key) {
        case 'ArrowLeft': case 'ArrowDown': by(-arrowShare); break;
        case 'ArrowRight': case 'ArrowUp': by(arrowShare); break;
        case 'PageDown': by(-arrowShare * 10); break;
        case 'PageUp': by(arrowShare * 10); break;
        case 'Home': moment.moveTo(fromMs); break;
        case 'End': moment.live(); break;
        default: return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
  }
  const speed = document.getElementById('transport-speed');
  if (speed instanceof HTMLSelectElement) {
    speed.value = String(moment.speed());
    run.listen(speed, 'change', () => moment.setSpeed(Number(speed.value)));
  }
  run.listen(document, 'keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open], [popover]:popover-open') !== null) return;
    if (event.key !== 'Escape' && !lettersOn()) return;
    switch (event.key) {
      // A button or a link takes Space for itself.
      case ' ': if (event.target instanceof Element && event.target.closest('button, a, select, summary') !== null) return; playOrRest(); break;
      case ',': toEvent(-1); break;
      case '.': toEvent(1); break;
      case 'l': case 'L': moment.live(); break;
      case 'f': followNext(); break;
      case 'Escape': if (moment.mode().state !== 'following') return; moment.lookAlone(); break;
      default: return;
    }
    event.preventDefault();
  });
  function followNext(): void {
    const people = watchers();
    const mode = moment.mode();
    const index = mode.state === 'following' ? people.findIndex((one) => one.id === mode.id) : -1;
    const next = people[index + 1] ?? people[0];
    if (next !== undefined) moment.follow(next.id);
    else app.announce('Nobody else is on this run');
  }
  // Following is a look through somebody's eyes: one's own hand ends it, where one stands.
  const ownHand = (event: Event): void => {
    if (moment.mode().state !== 'following') return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('#moment-strip, #page-people, #transport-speed, .topbar, .rail, dialog, [popover]') != null) return;
    if (event instanceof KeyboardEvent && (event.key.length > 1 ? !/^(Arrow|Page|Home|End)/.test(event.key) : !['j', 'k', ' ', ',', '.', 'l'].includes(event.key))) return;
    moment.lookAlone();
  };
  for (const name of ['pointerdown', 'wheel', 'keydown'] as const) {
    run.root.addEventListener(name, ownHand, { capture: true, passive: true });
    run.own(() => run.root.removeEventListener(name, ownHand, { capture: true }));
  }

  return {
    changed() { cancel ??= app.timers.after(beatsRestMs, () => { cancel = undefined; paintBeats(); }); },
    moved: paintHead,
    actions: {
      'moment-back': () => toEvent(-1),
      'moment-on': () => toEvent(1),
      'moment-play': playOrRest,
      'moment-live': () => moment.live(),
      'moment-alone': () => moment.lookAlone(),
      'moment-ask': () => moment.ask(),
      'moment-give': ({ value }) => moment.handOver(value),
      'moment-keep': ({ value }) => moment.keep(value),
      follow: ({ value }) => { const mode = moment.mode(); if (mode.state === 'following' && mode.id === value) moment.lookAlone(); else moment.follow(value); },
    },
    release() {
      cancel?.();
      stopMoment();
      stopTick();
    },
  };
}
