/** The loops tab: drawn at rest, with the error lines that say why iterations failed. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { runs } from '../../../core/protocol/operations/index.ts';
import { draw } from '../../components/live/live.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { LoopsView } from './loops-view.tsx';

/** Thousands of iterations change many times a second. */
const restMs = 400;
const errorLinesMax = 2000;

export function mountLoopsFace(run: Run, context: FaceContext): Face {
  const element = run.root.querySelector('#execution-loops');
  if (element === null) return faceOf({});
  let lines: readonly LogEntry[] = [];
  let readErrors = -1;
  let cancel: (() => void) | undefined;
  let released = false;
  const paint = (): void => { draw(element, LoopsView({ state: context.state(), lines, nowMs: context.atMs() ?? run.place().nowMs, place: run.place() })); };
  /** Only when there are more errors than were read. */
  const readLines = (): void => {
    const errors = context.logs().counts.ERROR;
    if (errors === readErrors) return;
    readErrors = errors;
    run.call(runs.logsPage, { executionId: context.executionId, minLevel: 'ERROR', from: 0, size: errorLinesMax }).then((page) => {
      if (released) return;
      lines = page.lines;
      paint();
    }).catch((error: unknown) => { if (!released) run.app.toasts.failed(error, 'The error lines could not be read'); });
  };
  const atRest = (): void => { cancel ??= run.app.timers.after(restMs, () => { cancel = undefined; paint(); }); };
  readLines();
  paint();
  return faceOf({
    changed: atRest,
    logged: readLines,
    release() {
      released = true;
      cancel?.();
    },
  });
}
