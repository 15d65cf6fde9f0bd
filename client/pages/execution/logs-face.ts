/** The log with its filters, levels, keys, map, the moment that is shown, and where colleagues read. */
import { isLogLevel, logLevels, type LogEntry, type LogLevel, type LogMap } from '../../../core/protocol/entities/log-entry.ts';
import { preferences, runs } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { draw } from '../../components/live/live.ts';
import { openMenu } from '../../components/menu/menu.ts';
import { isTyping } from '../../components/shell/shortcut-keys.ts';
import { renderView, type View } from '../../components/view.ts';
import { findLine, logTimeText, LogMapView, mountGrouped, mountLogs, positionAt, type GroupedLogs, type LogFilter, type LogGroup, type LogPage, type LogPlace, type LogReader, type LogStatus } from '../../logs/index.ts';
import { toLogs } from './addresses.ts';
import { faceOf, type Face, type FaceContext, type Run } from './face.ts';
import { taskNameOf } from './failure.ts';
import { taskTypesOf } from './flow-tasks.ts';
import { copyLog } from './log-copy.ts';
import { choiceName, levelOf as levelOfAddress, logChoices, logForms, openChoices, type LogForm, type OpenChoice } from './log-choices.ts';
import { downloadAddress, GroupHead, LevelDefault, LevelsView, LogForms, LogReaders } from './logs-view.tsx';
import { TaskMenu } from './task-drawer.tsx';

const filterRestMs = 200;
/** Playback moves the moment many times a second; a page of lines is read at rest. */
const momentRestMs = 150;
const mapRestMs = 1000;
const mapParts = 200;

export function mountLogsFace(run: Run, context: FaceContext): Face {
  const { root, app, data } = run;
  const element = root.querySelector<HTMLElement>('#log-view');
  const task = root.querySelector<HTMLSelectElement>('#log-task');
  const level = root.querySelector<HTMLSelectElement>('#log-level');
  const search = root.querySelector<HTMLInputElement>('#log-search');
  const status = root.querySelector<HTMLElement>('#log-status');
  const tail = root.querySelector<HTMLElement>('#log-tail');
  const strip = root.querySelector<HTMLElement>('#log-map');
  if (element === null || task === null || search === null || level === null) return faceOf({});
  const timeLog = element.querySelector<HTMLElement>('.log');
  const query = new URLSearchParams(run.place().search);
  const types = taskTypesOf(data.flow);
  const choices = data.logChoices ?? logChoices({});
  let kept = choices.level;
  let minLevel = levelOfAddress(run.place().search, choices);
  const keep = (name: string, value: string): void => { run.call(preferences.preferencesSet, { name, body: { value } }).catch((error: unknown) => app.toasts.failed(error, 'It could not be remembered')); };
  // A link to a line shows the line among its neighbours, whatever one looked at before.
  let form: LogForm = query.has('line') ? 'time' : logForms.find((one) => one === query.get('view')) ?? choices.form;
  let open: OpenChoice = choices.open;
  let current: LogEntry | undefined;
  let map: LogMap = { total: 0, parts: [] };
  let shownAtMs = context.atMs();

  let knownTasks: readonly string[] | undefined;
  const paintTasks = (): void => {
    const state = context.state();
    if (state.order === knownTasks) return;
    knownTasks = state.order;
    const chosen = task.value === '' ? query.get('taskRunId') ?? '' : task.value;
    const option = (value: string, text: string): HTMLOptionElement => Object.assign(document.createElement('option'), { value, textContent: text });
    task.replaceChildren(option('', 'All task runs'), ...state.order.map((id) => option(id, taskNameOf(state, id) ?? id)));
    task.value = chosen;
  };
  paintTasks();
  const filter = (): LogFilter => ({ minLevel, q: search.value.trim(), taskRunId: task.value === '' ? undefined : task.value, atMs: shownAtMs });
  const isFiltered = (): boolean => minLevel !== 'TRACE' || search.value.trim() !== '' || task.value !== '' || shownAtMs !== undefined;
  const replace = (id: string, view: View): void => {
    const place = root.querySelector(`#${id}`);
    if (place !== null) morphOuter(place, renderView(view));
  };
  const paintLevels = (): void => replace('log-levels', LevelsView({ logs: context.logs(), minLevel, cursor: current?.level }));
  const paintForms = (): void => {
    replace('log-forms', LogForms({ form, open }));
    element.dataset['form'] = form;
    if (timeLog !== null) timeLog.hidden = form !== 'time';
    if (strip !== null) strip.hidden = form !== 'time';
    if (tail !== null && form !== 'time') tail.hidden = true;
  };
  const loadPage = (wanted: LogFilter & { readonly attempt?: number }, place: LogPlace, size: number): Promise<LogPage> => run.call(runs.logsPage, {
    executionId: context.executionId, size, ...place, ...(wanted.minLevel === 'TRACE' ? {} : { minLevel: wanted.minLevel }), ...(wanted.atMs === undefined ? {} : { endMs: wanted.atMs }),
    ...(wanted.q === '' ? {} : { q: wanted.q }), ...(wanted.taskRunId === undefined ? {} : { taskRunId: wanted.taskRunId }), ...(wanted.attempt === undefined ? {} : { attempt: wanted.attempt }),
  });
  const onCurrent = (entry: LogEntry | undefined): void => {
    current = entry;
    context.showMine(entry?.position === undefined ? {} : { line: entry.position });
    context.writeAddress((next) => { if (entry?.position === undefined) next.delete('line'); else next.set('line', String(entry.position)); });
    paintLevels();
  };
  let lastStatus: LogStatus | undefined;
  const paintStatus = (): void => {
    if (status === null || lastStatus === undefined) return;
    if (form === 'task') { status.textContent = `${lastStatus.total.toLocaleString('en-US')} ${lastStatus.total === 1 ? 'line' : 'lines'}`; return; }
    const { following, total, shown, whole, fits, loading, problem } = lastStatus;
    const words = `${(isFiltered() && whole ? shown : total).toLocaleString('en-US')}${isFiltered() && whole ? ` of ${total.toLocaleString('en-US')}` : ''} ${total === 1 ? 'line' : 'lines'}`;
    status.textContent = problem ?? (loading ? 'loading…' : `${words}${following && shownAtMs === undefined ? ', following' : ''}`);
    if (tail !== null) tail.hidden = following || total === 0 || fits;
  };
  const readersOf = (): ReadonlyMap<number, readonly LogReader[]> => {
    const found = new Map<number, LogReader[]>();
    for (const one of context.colleagues()) if (one.line !== undefined) found.set(one.line, [...(found.get(one.line) ?? []), { name: one.name, color: one.color }]);
    return found;
  };

  const logs = mountLogs(element, {
    state: data.logs, filter: filter(), loadPage, timeText: (ms) => logTimeText(ms, run.place().zone), taskName: (entry) => taskNameOf(context.state(), entry.taskRunId), onCurrent,
    onStatus(next) { lastStatus = next; paintStatus(); paintMap(); },
  });

  // ------------------------------------------------------------------ by task

  const groupsOf = (): readonly LogGroup[] => {
    const { order, taskRuns } = context.state();
    return order.flatMap((id) => { const one = taskRuns[id]; return one === undefined ? [] : [{ id, version: `${one.state.current} ${one.attempts?.length ?? 0} ${one.state.endDate ?? ''}` }]; });
  };
  let grouped: GroupedLogs | undefined;
  const showForm = (): void => {
    paintForms();
    if (form === 'time') {
      grouped?.unmount();
      grouped = undefined;
      paintMap();
      paintStatus();
      return;
    }
    grouped ??= mountGrouped(element, {
      state: context.logs(), filter: filter(), groups: groupsOf(), loadPage, timeText: (ms) => logTimeText(ms, run.place().zone), onCurrent,
      isOpen: (id) => open === 'all' || task.value === id || (open === 'failed' && ['FAILED', 'KILLED', 'WARNING'].includes(context.state().taskRuns[id]?.state.current ?? '')),
      head: (taskRunId, isOpen, attempt) => GroupHead({ state: context.state(), taskRunId, open: isOpen, attempt, types, nowMs: app.clock.nowMs() }),
    });
    grouped.setReaders(readersOf());
    paintStatus();
  };

  // ------------------------------------------------------------------ the map

  /** Which positions are in view, from the lines on the screen. */
  const viewOf = (): { readonly from: number; readonly to: number } | undefined => {
    if (timeLog === null) return undefined;
    const box = timeLog.getBoundingClientRect();
    const at = (y: number): number | undefined => {
      const line = document.elementsFromPoint(box.left + box.width / 2, y).find((one) => one.classList.contains('log-line'));
      return line instanceof HTMLElement && line.dataset['position'] !== undefined ? Number(line.dataset['position']) : undefined;
    };
    const from = at(box.top + 12);
    const to = at(box.bottom - 12) ?? (lastStatus === undefined ? undefined : lastStatus.total - 1);
    return from === undefined || to === undefined ? undefined : { from, to: Math.max(from, to) };
  };
  function paintMap(): void {
    if (strip === null || form !== 'time') return;
    strip.hidden = map.total < 50;
    if (!strip.hidden) draw(strip, LogMapView({ map, view: viewOf(), readers: readersOf() }));
  }
  let mapAt: (() => void) | undefined;
  let mapped = -1;
  const readMap = (): void => {
    if (mapped === context.logs().total) return;
    mapped = context.logs().total;
    run.call(runs.logsMap, { executionId: context.executionId, buckets: mapParts }).then((next) => { map = next; paintMap(); }).catch(() => undefined);
  };
  readMap();
  let scrolled: (() => void) | undefined;
  if (timeLog !== null) run.listen(timeLog, 'scroll', () => { scrolled ??= app.timers.after(80, () => { scrolled = undefined; paintMap(); }); });
  if (strip !== null) {
    const goTo = (event: PointerEvent): void => {
      const box = strip.getBoundingClientRect();
      void logs.reveal(positionAt(map, (event.clientY - box.top) / box.height));
    };
    run.listen(strip, 'pointerdown', (event) => { event.preventDefault(); goTo(event); });
  }

  // ------------------------------------------------------------------ filters

  const applyFilter = (): void => {
    const { q, taskRunId } = filter();
    context.writeAddress((next) => {
      for (const [name, value] of [['q', q], ['taskRunId', taskRunId ?? ''], ['minLevel', minLevel === 'TRACE' ? '' : minLevel]] as const) {
        if (value === '' && !(name === 'minLevel' && kept !== 'TRACE')) next.delete(name);
        else next.set(name, value === '' ? 'TRACE' : value);
      }
    });
    const download = root.querySelector<HTMLAnchorElement>('#log-download');
    if (download !== null) download.href = downloadAddress(run.place(), context.executionId, { minLevel, taskRunId, q });
    level.value = minLevel;
    replace('log-level-default', LevelDefault({ minLevel, kept }));
    current = undefined;
    paintLevels();
    logs.setFilter(filter());
    grouped?.setFilter(filter());
  };
  const setLevel = (next: LogLevel): void => {
    minLevel = next;
    applyFilter();
  };
  let cancel: (() => void) | undefined;
  run.listen(task, 'change', applyFilter);
  run.listen(level, 'change', () => setLevel(levelOf(level.value)));
  run.listen(search, 'input', () => { cancel?.(); cancel = app.timers.after(filterRestMs, applyFilter); });
  run.listen(root, 'change', (event) => {
    if (!(event.target instanceof HTMLSelectElement)) return;
    const { attemptOf } = event.target.dataset;
    if (attemptOf !== undefined) grouped?.setAttempt(attemptOf, event.target.value === '' ? undefined : Number(event.target.value));
    if (event.target.id !== 'log-open') return;
    open = openChoices.find((one) => one === (event.target instanceof HTMLSelectElement ? event.target.value : '')) ?? 'all';
    keep(choiceName.open, open);
    grouped?.unmount();
    grouped = undefined;
    showForm();
  });
  const levelOf = (value: string): LogLevel => (isLogLevel(value) ? value : 'ERROR');

  // ------------------------------------------------------------------ lines

  const jump = async (wanted: LogLevel, direction: 1 | -1): Promise<void> => {
    if (grouped === undefined) {
      if (await logs.jump(wanted, direction)) return;
    } else {
      const entry = await findLine({ level: wanted, direction, at: current?.position, load: (place, size) => loadPage({ ...filter(), minLevel: wanted }, place, size) });
      if (entry !== undefined && entry.taskRunId !== undefined) { await grouped.show(entry); return; }
    }
    app.announce(direction === 1 ? `No further ${wanted.toLowerCase()}` : `No earlier ${wanted.toLowerCase()}`);
    if (status !== null) status.textContent = direction === 1 ? `no further ${wanted.toLowerCase()}` : `no earlier ${wanted.toLowerCase()}`;
  };
  const leaveLine = (): void => { logs.leave(); grouped?.leave(); };
  run.listen(document, 'keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open], [popover]:popover-open') !== null) return;
    switch (event.key.toLowerCase()) {
      case 'e': void jump('ERROR', event.shiftKey ? -1 : 1); break;
      case 'w': void jump('WARN', event.shiftKey ? -1 : 1); break;
      case 'j': logs.step(1); break;
      case 'k': logs.step(-1); break;
      case 'escape': if (current === undefined) return; leaveLine(); break;
      default: return;
    }
    event.preventDefault();
  });

  const showLine = async (position: number): Promise<void> => {
    if (form === 'task') { form = 'time'; showForm(); }
    await logs.show(position);
  };
  showForm();
  paintLevels();
  const line = query.get('line');
  if (line !== null && /^\d{1,12}$/.test(line)) void showLine(Number(line));
  const readers = (): void => {
    logs.setReaders(readersOf());
    grouped?.setReaders(readersOf());
    replace('log-readers', LogReaders({ colleagues: context.colleagues() }));
    paintMap();
  };
  readers();

  let momentAt: (() => void) | undefined;
  return faceOf({
    changed() {
      paintTasks();
      grouped?.setGroups(groupsOf());
      if (context.atMs() !== shownAtMs) {
        momentAt ??= app.timers.after(momentRestMs, () => {
          momentAt = undefined;
          shownAtMs = context.atMs();
          logs.setFilter(filter());
          grouped?.setFilter(filter());
        });
      }
      const { execution } = context.present();
      if (execution !== null && isTerminal(execution.state.current)) readMap();
    },
    logged() {
      root.querySelector('#log-empty')?.toggleAttribute('hidden', context.logs().total > 0);
      paintLevels();
      logs.update(context.logs());
      grouped?.update(context.logs());
      mapAt ??= app.timers.after(mapRestMs, () => { mapAt = undefined; readMap(); });
    },
    moved: readers,
    actions: {
      'log-top': () => logs.top(),
      'log-follow': () => logs.follow(),
      'log-next': ({ value }) => jump(levelOf(value), 1),
      'log-previous': ({ value }) => jump(levelOf(value), -1),
      'log-level': ({ value }) => setLevel(levelOf(value) === minLevel ? logLevels[0] : levelOf(value)),
      'log-uncursor': leaveLine,
      'log-level-keep'() { kept = minLevel; keep(choiceName.level, kept); replace('log-level-default', LevelDefault({ minLevel, kept })); },
      'log-form'({ value }) {
        form = logForms.find((one) => one === value) ?? 'time';
        keep(choiceName.form, form);
        showForm();
      },
      'log-fold': ({ value }) => grouped?.fold(value),
      'log-earlier': ({ value }) => grouped?.earlier(value),
      'log-later': ({ value }) => grouped?.later(value),
      'log-open-all': () => grouped?.foldAll(true),
      'log-close-all': () => grouped?.foldAll(false),
      'log-task-menu': ({ element: at, value }) => openMenu(TaskMenu({ state: context.state(), taskRunId: value, place: run.place() }), at, root),
      'log-show': ({ value }) => showLine(Number(value)),
      'log-copy': () => copyLog({ run, total: context.logs().total, address: downloadAddress(run.place(), context.executionId, filter()), shown: () => (grouped ?? logs).copy() }),
      async 'log-link'() {
        if (current?.position === undefined) { app.toasts.done('Click a line first: the link leads to it'); return; }
        await navigator.clipboard.writeText(location.origin + toLogs(run.place(), context.address, { line: current.position }));
        app.toasts.done('Copied a link to the line');
      },
    },
    release() {
      for (const stop of [cancel, mapAt, momentAt, scrolled]) stop?.();
      logs.unmount();
      grouped?.unmount();
    },
  });
}
