/** The Concurrency tab, live: which of the flow's executions hold a slot is news of the list of its executions. */
import { topicOf, type ExecutionsTopicState } from '../../../core/protocol/topics.ts';
import { draw } from '../../components/live/live.ts';
import { rowsOf } from '../../connection/index.ts';
import type { PageRun } from '../behaviour.ts';
import { limitOf, loadConcurrency, shownStates } from './concurrency.ts';
import { ConcurrencyBody } from './concurrency-view.tsx';
import type { FlowData } from './load.ts';

/** Executions that come together are read together. */
const restMs = 300;

export function mountConcurrencyTab(run: PageRun<FlowData>): void {
  const { app, data } = run;
  const limit = limitOf(data.flow);
  const place = run.root.querySelector('#concurrency');
  if (limit === undefined || place === null || data.concurrency === undefined) return;
  let cancel: (() => void) | undefined;
  run.own(() => cancel?.());
  const show = (rows: Parameters<typeof ConcurrencyBody>[0]['rows'], total: number): void => draw(place, ConcurrencyBody({ limit, rows, total, place: run.place() }));
  run.live<ExecutionsTopicState>(topicOf.executions(data.concurrency.filter), (state) => {
    const rows = rowsOf(state).filter((row) => shownStates.includes(row.state.current));
    show(rows, state.total);
    // The topic keeps its page; here the page is whoever is at it now.
    if (state.newer === 0) return;
    cancel ??= app.timers.after(restMs, () => {
      cancel = undefined;
      loadConcurrency({ ask: run.call }, data).then((found) => show(found.rows, found.total), (error: unknown) => app.toasts.failed(error));
    });
  });
}
