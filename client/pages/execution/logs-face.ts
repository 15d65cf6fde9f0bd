/** The log with its filters, levels, keys, and where colleagues read. */
import { isLogLevel, type LogEntry, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { runs } from '../../../core/protocol/operations/index.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { isTyping } from '../../components/shell/shortcut-keys.ts';
import { renderView } from '../../components/view.ts';
import { logTimeText, mountLogs } from '../../logs/index.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { LevelsView, levelOfSearch } from './logs-view.tsx';

const filterRestMs = 200;

export function mountLogsFace(run: Run, context: FaceContext): Face {
  const { root, app, data } = run;
  const element = root.querySelector<HTMLElement>('#log-view');
  const task = root.querySelector<HTMLSelectElement>('#log-task');
  const search = root.querySelector<HTMLInputElement>('#log-search');
  const status = root.querySelector<HTMLElement>('#log-status');
  const tail = root.querySelector<HTMLElement>('#log-tail');
  if (element === null || task === null || search === null) return faceOf({});
  const query = new URLSearchParams(run.place().search);
  let minLevel = levelOfSearch(run.place().search);
  let current: LogEntry | undefined;

  let knownTasks = 0;
  const paintTasks = (): void => {
    const state = context.state();
    if (state.order.length === knownTasks) return;
    knownTasks = state.order.length;
    const chosen = task.value === '' ? query.get('taskRunId') ?? '' : task.value;
    const option = (value: string, text: string): HTMLOptionElement => Object.assign(document.createElement('option'), { value, textContent: text });
    task.replaceChildren(option('', 'All task runs'), ...state.order.map((id) => option(id, taskNameOf(state, id) ?? id)));
    task.value = chosen;
  };
  paintTasks();
  const filter = () => ({ minLevel, q: search.value.trim(), taskRunId: task.value === '' ? undefined : task.value });
  const paintLevels = (): void => {
    const levels = root.querySelector('#log-levels');
    if (levels !== null) morphOuter(levels, renderView(LevelsView({ logs: context.logs(), minLevel })));
  };

  const logs = mountLogs(element, {
    state: data.logs, filter: filter(), timeText: (ms) => logTimeText(ms, run.place().zone), taskName: (entry) => taskNameOf(context.state(), entry.taskRunId),
    loadPage: (wanted, place, size) => run.call(runs.logsPage, {
      executionId: context.executionId, size, ...place, ...(wanted.minLevel === 'TRACE' ? {} : { minLevel: wanted.minLevel }),
      ...(wanted.q === '' ? {} : { q: wanted.q }), ...(wanted.taskRunId === undefined ? {} : { taskRunId: wanted.taskRunId }),
    }),
    onStatus({ following, total, shown, whole, loading, problem }) {
      const isFiltered = minLevel !== 'TRACE' || search.value.trim() !== '' || task.value !== '';
      const words = `${(isFiltered && whole ? shown : total).toLocaleString('en-US')}${isFiltered && whole ? ` of ${total.toLocaleString('en-US')}` : ''} ${total === 1 ? 'line' : 'lines'}`;
      if (status !== null) status.textContent = problem ?? (loading ? 'loading…' : `${words}${following ? ', following' : ''}`);
      if (tail !== null) tail.hidden = following || total === 0;
    },
    onCurrent(entry) {
      current = entry;
      context.showMine(entry?.position === undefined ? {} : { line: entry.position });
      context.writeAddress((next) => { if (entry?.position === undefined) next.delete('line'); else next.set('line', String(entry.position)); });
    },
  });

  const applyFilter = (): void => {
    const { q, taskRunId } = filter();
    context.writeAddress((next) => {
      for (const [name, value] of [['q', q], ['taskRunId', taskRunId ?? ''], ['minLevel', minLevel === 'TRACE' ? '' : minLevel]] as const) {
        if (value === '') next.delete(name);
        else next.set(name, value);
      }
    });
    paintLevels();
    logs.setFilter(filter());
  };
  let cancel: (() => void) | undefined;
  run.listen(task, 'change', applyFilter);
  run.listen(search, 'input', () => { cancel?.(); cancel = app.timers.after(filterRestMs, applyFilter); });

  const jump = async (level: LogLevel, direction: 1 | -1): Promise<void> => {
    if (await logs.jump(level, direction)) return;
    app.announce(direction === 1 ? `No further ${level.toLowerCase()}` : `No earlier ${level.toLowerCase()}`);
    if (status !== null) status.textContent = direction === 1 ? `no further ${level.toLowerCase()}` : `no earlier ${level.toLowerCase()}`;
  };
  const levelOf = (value: string): LogLevel => (isLogLevel(value) ? value : 'ERROR');
  run.listen(document, 'keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
    switch (event.key.toLowerCase()) {
      case 'e': void jump('ERROR', event.shiftKey ? -1 : 1); break;
      case 'w': void jump('WARN', event.shiftKey ? -1 : 1); break;
      case 'j': logs.step(1); break;
      case 'k': logs.step(-1); break;
      default: return;
    }
    event.preventDefault();
  });

  const line = query.get('line');
  if (line !== null && /^\d{1,12}$/.test(line)) void logs.show(Number(line));
  const readers = (): void => logs.setReaders(new Map(context.colleagues().flatMap((one) => (one.line === undefined ? [] : [[one.line, { name: one.name, color: one.color }] as const]))));
  readers();

  return faceOf({
    changed: paintTasks,
    logged() {
      root.querySelector('#log-empty')?.toggleAttribute('hidden', context.logs().total > 0);
      paintLevels();
      logs.update(context.logs());
    },
    moved: readers,
    actions: {
      'log-top': () => logs.top(),
      'log-follow': () => logs.follow(),
      'log-next': ({ value }) => jump(levelOf(value), 1),
      'log-previous': ({ value }) => jump(levelOf(value), -1),
      'log-level': ({ value }) => { minLevel = levelOf(value) === minLevel ? 'TRACE' : levelOf(value); applyFilter(); },
      async 'log-copy'() { await navigator.clipboard.writeText(logs.copy()); app.toasts.done('Copied the shown lines'); },
      async 'log-link'() {
        if (current?.position === undefined) { app.toasts.done('Click a line first: the link leads to it'); return; }
        await navigator.clipboard.writeText(location.origin + toLogs(run.place(), context.address, { line: current.position }));
        app.toasts.done('Copied a link to the line');
      },
    },
    release() {
      cancel?.();
      logs.unmount();
    },
  });
}
