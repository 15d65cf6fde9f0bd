/** The bar of a run's time: its events, the moment that is shown, and where colleagues are. In three parts, so that a moving playhead redraws only itself. */
import { Button } from '../components/button/button.tsx';
import { initials } from '../components/avatars/avatars.tsx';
import type { Beat } from './transport.ts';
import { spanText } from './span-text.ts';

export interface TransportViewer {
  readonly name: string;
  readonly color: number;
  readonly kind: string;
  readonly atMs: number;
}

export interface TransportProps {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ended: boolean;
  /** Undefined is the present. */
  readonly atMs: number | undefined;
  readonly playing: boolean;
  readonly speed: number;
  readonly speeds: readonly number[];
  readonly beats: readonly Beat[];
  readonly viewers: readonly TransportViewer[];
  readonly timeText: (ms: number) => string;
}

const percent = (share: number): string => `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
const shareOf = (ms: number, { fromMs, toMs }: Pick<TransportProps, 'fromMs' | 'toMs'>): number => (ms - fromMs) / Math.max(1, toMs - fromMs);
/** Of viewers at one place each further one stands beside. */
const besidePx = 18;
const viewersMax = 5;

/** The present is said in words: `live` while it goes on, `at the end` afterwards. */
export function momentText({ fromMs, toMs, ended, atMs, timeText }: Pick<TransportProps, 'fromMs' | 'toMs' | 'ended' | 'atMs' | 'timeText'>): { readonly time: string; readonly behind: string } {
  if (atMs === undefined) return { time: timeText(toMs), behind: ended ? `the end, +${spanText(toMs - fromMs)}` : 'live' };
  return { time: timeText(atMs), behind: ended ? `+${spanText(atMs - fromMs)} of ${spanText(toMs - fromMs)}` : `${spanText(toMs - atMs)} behind` };
}

export function TransportBeats({ beats }: Pick<TransportProps, 'beats'>) {
  return (
    <svg id="transport-beats" width="100%" height="56" overflow="visible">
      {beats.map((beat) => {
        const loud = beat.state === 'FAILED' || beat.state === 'KILLED';
        return <rect class="beat" data-state={beat.state} x={percent(beat.share)} y={loud ? 18 : 21} width="2" height={loud ? 13 : 10} />;
      })}
    </svg>
  );
}

export function TransportViewers(props: Pick<TransportProps, 'viewers' | 'fromMs' | 'toMs'>) {
  const places = new Map<string, number>();
  return (
    <svg id="transport-viewers" width="100%" height="56" overflow="visible">
      {props.viewers.slice(0, viewersMax).map((viewer) => {
        const x = percent(shareOf(viewer.atMs, props));
        const beside = (places.get(x) ?? 0) * besidePx;
        places.set(x, (places.get(x) ?? 0) + 1);
        return (
          <svg class="viewer" data-who={viewer.color} x={x} y="2" overflow="visible">
            <title>{viewer.name}</title>
            {viewer.kind === 'bot' ? <rect x={beside - 8} y="0" width="16" height="16" rx="3" /> : <circle cx={beside} cy="8" r="8" />}
            <text x={beside} y="11.2">{initials(viewer.name)}</text>
          </svg>
        );
      })}
    </svg>
  );
}

export function TransportHead(props: Pick<TransportProps, 'fromMs' | 'toMs' | 'ended' | 'atMs' | 'timeText'>) {
  const at = percent(props.atMs === undefined ? 1 : shareOf(props.atMs, props));
  return (
    <svg id="transport-head" width="100%" height="56" overflow="visible">
      {props.atMs === undefined ? null : <rect class="played" x="0" y="25" width={at} height="6" />}
      {props.atMs === undefined ? null : <line class="after" x1={at} x2="100%" y1="28" y2="28" />}
      {props.ended ? null : <line class="edge" x1="100%" x2="100%" y1="20" y2="36" />}
      <text x="0" y="50">{props.timeText(props.fromMs)}</text>
      <text x="100%" y="50" text-anchor="end">{`${props.ended ? '' : 'live, '}${props.timeText(props.toMs)}`}</text>
      <g class="playhead"><line x1={at} x2={at} y1="23" y2="40" /><svg x={at} y="21" overflow="visible"><rect class="grip" x="-5" y="0" width="10" height="14" rx="2" /></svg></g>
    </svg>
  );
}

/** Parted from the words beside them: buttons that were drawn anew with every step of the playback could not be clicked. */
export function TransportButtons(props: Pick<TransportProps, 'atMs' | 'playing'>) {
  return (
    <div class="row" data-gap="1" id="transport-buttons">
      <Button kind="quiet" icon="step-back" action="moment-back" title="To the event before ( , )" />
      <Button kind="quiet" icon={props.playing ? 'pause' : 'play-fill'} action="moment-play" title={props.playing ? 'Rest (Space)' : props.atMs === undefined ? 'Play from the beginning (Space)' : 'Play from here (Space)'} />
      <Button kind="quiet" icon="step-forward" action="moment-on" title="To the next event ( . )" />
    </div>
  );
}

export function TransportTime(props: Pick<TransportProps, 'fromMs' | 'toMs' | 'ended' | 'atMs' | 'timeText'>) {
  const { time, behind } = momentText(props);
  return <span class="transport-time" id="transport-time">{time}<small>{behind}</small></span>;
}

/** It keeps its room, so that the bar does not move away under the pointer that leaves the present. */
export const TransportBack = ({ atMs, ended }: Pick<TransportProps, 'atMs' | 'ended'>) => (
  <span class="row" id="transport-back" data-off={atMs === undefined ? '' : undefined}><Button kind={ended ? 'quiet' : 'primary'} icon={ended ? 'restore' : 'live'} action="moment-live" title="Key: L">{ended ? 'To the end' : 'Back to live'}</Button></span>
);

export function Transport(props: TransportProps) {
  const { time, behind } = momentText(props);
  const spanSeconds = (props.toMs - props.fromMs) / 1000;
  return (
    <div class="transport" id="transport" role="group" aria-label="Time of the run">
      <div class="transport-controls"><TransportButtons {...props} /><TransportTime {...props} /></div>
      <svg class="transport-track" id="transport-track" role="slider" tabindex={0} aria-label="Shown moment" aria-valuemin={0} aria-valuemax={spanSeconds.toFixed(1)} aria-valuenow={(props.atMs === undefined ? spanSeconds : (props.atMs - props.fromMs) / 1000).toFixed(1)} aria-valuetext={`${time}, ${behind}`} data-owned="">
        <rect class="groove" x="0" y="24.5" width="100%" height="7" rx="2" />
        <TransportBeats beats={props.beats} />
        <TransportViewers {...props} />
        <TransportHead {...props} />
      </svg>
      <label class="transport-speed"><span class="hidden-text">Speed of playback</span><select id="transport-speed">{props.speeds.map((speed) => <option value={String(speed)} selected={speed === props.speed}>{speed}×</option>)}</select></label>
      <TransportBack {...props} />
    </div>
  );
}
