/** The axis of time: from, to, and ticks that people can read. Pure. */
export interface GanttScale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ticks: readonly { readonly atMs: number; readonly text: string }[];
}

const stepsMs = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000];

/** `+30s`, `+1m 30s`, `+200ms`: the distance from the beginning. */
function tickText(ms: number): string {
  if (ms < 1000) return `+${ms}ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `+${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `+${minutes}m` : `+${minutes}m ${String(Math.round(seconds % 60)).padStart(2, '0')}s`;
  return minutes % 60 === 0 ? `+${minutes / 60}h` : `+${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

const airShare = 0.02;
/** Closer than this nothing is to be told apart. */
export const spanMinMs = 20;
const ticksMax = 5;

/** A part of the run's time. `following` keeps its length and goes on with the present. */
export interface GanttWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly following: boolean;
}

/** Ticks count from the beginning of the run, also in a window of it. */
export function scaleOf(startMs: number, endMs: number, startText: string, window?: GanttWindow): GanttScale {
  const shift = window?.following === true ? Math.max(0, endMs - window.toMs) : 0;
  const fromMs = window === undefined ? startMs : window.fromMs + shift;
  const spanMs = window === undefined ? Math.max(50, endMs - startMs) : Math.max(spanMinMs, window.toMs - window.fromMs);
  const stepMs = stepsMs.find((step) => spanMs / step <= ticksMax) ?? Math.ceil(spanMs / ticksMax / 86_400_000) * 86_400_000;
  const ticks: { atMs: number; text: string }[] = [];
  for (let offset = Math.max(0, Math.ceil((fromMs - startMs) / stepMs)) * stepMs; offset < fromMs - startMs + spanMs; offset += stepMs) ticks.push({ atMs: startMs + offset, text: offset === 0 ? startText : tickText(offset) });
  // A little air at the right, so that what happened last is still something to see.
  return { fromMs, toMs: fromMs + spanMs * (window === undefined ? 1 + airShare : 1), ticks };
}

/** Nearer or farther around a moment, inside of the run. Undefined when all of it is to be seen. */
export function zoomed(scale: Pick<GanttScale, 'fromMs' | 'toMs'>, factor: number, aroundMs: number, run: { readonly fromMs: number; readonly toMs: number }): GanttWindow | undefined {
  const spanMs = Math.max(spanMinMs, (scale.toMs - scale.fromMs) / factor);
  if (spanMs >= run.toMs - run.fromMs) return undefined;
  const share = (aroundMs - scale.fromMs) / Math.max(1, scale.toMs - scale.fromMs);
  return windowAt(aroundMs - share * spanMs, spanMs, run);
}

/** A window of this length, kept inside of the run; at its end it follows the present. */
export function windowAt(fromMs: number, spanMs: number, run: { readonly fromMs: number; readonly toMs: number }): GanttWindow {
  const from = Math.max(run.fromMs, Math.min(fromMs, run.toMs - spanMs));
  return { fromMs: from, toMs: from + spanMs, following: from + spanMs >= run.toMs - spanMs * 0.01 };
}
