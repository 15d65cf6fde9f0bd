/** A list of log lines, wherever it stands: filters, chart, and the newest lines every ten seconds while one follows. */
import { charts, runs } from '../../../core/protocol/operations/index.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import type { PageRun } from '../behaviour.ts';
import { mountList } from '../list-behaviour.ts';
import { mountChart } from '../list-chart.ts';
import { LogChart } from './chart-view.tsx';
import { logColumns, logFields, logListOf } from './fields.ts';
import { LogLines, type LogListData } from './list.tsx';
import { logInput } from './load.ts';

/** Lines of all executions have no topic of their own: they are asked for again. */
const readIntervalMs = 10_000;

export function mountLogList(run: PageRun<unknown>, data: LogListData): void {
  const { root, app } = run;
  const ofFlow = data.flow !== undefined;
  mountList({ run, list: logListOf(ofFlow), fields: logFields(data.namespaces, ofFlow), columns: logColumns, shown: data.settings });
  const input = logInput(new URLSearchParams(run.place().search), { namespaces: data.namespaces, flow: data.flow, size: data.settings.size });
  const { page, size: _size, sort: _sort, ...filters } = input;
  const chart = mountChart(run, '#log-chart', async () => LogChart({ chart: await run.call(charts.logsChart, filters), place: run.place() }));
  const lines = root.querySelector('#log-lines');
  const pager = root.querySelector('#log-pager');
  if (!data.settings.live || page > 1 || lines === null || pager === null) return;
  let isAsking = false;
  let newest = data.lines[0];
  run.own(app.timers.every(readIntervalMs, () => {
    if (isAsking || document.visibilityState === 'hidden') return;
    isAsking = true;
    run.call(runs.logsSearch, input).then((found) => {
      const first = found.results[0];
      if (first?.timestamp === newest?.timestamp && first?.message === newest?.message) return;
      newest = first;
      const place = run.place();
      draw(lines, LogLines({ data: { ...data, lines: found.results }, place }));
      draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search), data.settings.size), total: found.total }));
      chart.changed();
    }, () => undefined).finally(() => { isAsking = false; });
  }));
}
