/** Loads the script of the page that is shown, mounts it, and releases everything it acquired when the page is left. */
import type { InputOf, Operation } from '../../core/protocol/operation.ts';
import type { Release } from '../ambient/contract.ts';
import { zone } from '../ambient/index.ts';
import { listenToActions, listenToSubmits } from '../components/actions/actions.ts';
import { follow } from '../components/live/live.ts';
import type { App, PageRun } from './behaviour.ts';
import type { PageJson, Place } from './page.ts';
import { pageScripts } from './scripts.ts';

export interface MountedPages {
  mount(): void;
  unmount(): void;
}

export function mountPages(app: App, pageJson: () => PageJson): MountedPages {
  let releases: Release[] = [];
  /** Counts mounts, so that a script that arrives after its page was left is not mounted. */
  let visit = 0;
  return {
    mount() {
      const root = document.querySelector<HTMLElement>('[data-page]');
      const load = root === null ? undefined : pageScripts[root.dataset['page'] ?? ''];
      visit += 1;
      const mine = visit;
      if (root === null || load === undefined) return;
      load().then(({ script }) => {
        if (mine !== visit) return;
        script.mount(runOf(app, root, pageJson(), (release) => releases.push(release)));
        root.dataset['mounted'] = '';
      }).catch((error: unknown) => app.toasts.failed(error, 'This page is shown, but it does not react'));
    },
    unmount() {
      visit += 1;
      const held = releases;
      releases = [];
      for (const release of held.reverse()) release();
    },
  };
}

function runOf(app: App, root: HTMLElement, json: PageJson, own: (release: Release) => void): PageRun<unknown> {
  const place = (): Place => ({ ...json.place, nowMs: app.clock.nowMs(), zone: zone() });
  // Actions of the top bar belong to the page, too.
  const frame = document.getElementById('frame') ?? root;
  return {
    root, app, place, own,
    data: json.data,
    call: <O extends Operation>(operation: O, input: InputOf<O>) => app.connection.call(operation, input),
    live(topic, draw, refused) {
      own(follow({ connection: app.connection, timers: app.timers, topic, draw, refused: refused ?? ((error) => app.toasts.failed(error, 'Not live')) }));
    },
    actions: (actions) => own(listenToActions(frame, app.toasts, actions)),
    submits: (submits) => own(listenToSubmits(frame, app.toasts, submits)),
    listen(target, name, listener) {
      const handler = (event: Event): void => listener(event as HTMLElementEventMap[typeof name]);
      target.addEventListener(name, handler);
      own(() => target.removeEventListener(name, handler));
    },
  };
}
