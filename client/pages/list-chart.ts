/** A chart beside a list: its figures come after the page, which is readable without them, and again, at rest, when the list has changed. */
import { draw } from '../components/live/live.ts';
import { Notice } from '../components/notice/notice.tsx';
import type { View } from '../components/view.ts';
import type { PageRun } from './behaviour.ts';

/** What happens meanwhile is drawn together. */
const restMs = 3000;

export interface MountedChart {
  /** The list is another now. */
  changed(): void;
}

export function mountChart(run: PageRun<unknown>, selector: string, view: () => Promise<View>): MountedChart {
  const element = run.root.querySelector<HTMLElement>(selector);
  if (element === null) return { changed: () => undefined };
  let cancel: (() => void) | undefined;
  let isGone = false;
  let isAsking = false;
  run.own(() => {
    isGone = true;
    cancel?.();
  });
  const read = async (): Promise<void> => {
    isAsking = true;
    try {
      const drawn = await view();
      if (!isGone) draw(element, drawn);
    } catch (error) {
      if (!isGone) draw(element, Notice({ kind: 'warn', children: `The chart can not be drawn: ${error instanceof Error ? error.message : String(error)}` }));
    } finally {
      isAsking = false;
      element.removeAttribute('aria-busy');
    }
  };
  void read();
  return {
    changed() {
      if (cancel !== undefined || isAsking) return;
      cancel = run.app.timers.after(restMs, () => {
        cancel = undefined;
        void read();
      });
    },
  };
}
