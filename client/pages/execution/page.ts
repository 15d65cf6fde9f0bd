/** Behaviour of the execution page: live regions, commands, and where colleagues are. */
import { isLogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { executions, runs } from '../../../core/protocol/operations/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { topicOf, type ExecutionTopicState, type LogsTopicState } from '../../../core/protocol/topics.ts';
import { multipartOf, sendForm } from '../../components/execute-dialog/open-execute.ts';
import { formInputsOf, initialText } from '../../components/input-form/input-form.tsx';
import { readForm } from '../../components/input-form/read-form.ts';
import { draw } from '../../components/live/live.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { momentWords } from '../../components/time/words.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { renderView } from '../../components/view.ts';
import { openPresence } from '../../document/index.ts';
import { mountGantt, spanText, type Gantt, type GanttMark } from '../../gantt/index.ts';
import { mountLogs, type Logs } from '../../logs/index.ts';
import { pageScript, type PageRun } from '../behaviour.ts';
import { toExecution } from '../page.ts';
import { LabelsDialog, PreviewDialog, ResumeDialog, StateDialog } from './dialogs.tsx';
import type { ExecutionData } from './load.ts';
import { OutputList } from './outputs-view.tsx';
import { ExecutionActions, ExecutionStatus, MetricsView, Overview, TaskDrawer, taskNameOf } from './view.tsx';

const outputRestMs = 400;

export const script = pageScript<ExecutionData>((run) => {
  const { root, data, app } = run;
  const first = data.state.execution;
  if (first === null) return;
  const executionId = first.id;
  const { namespace, flowId } = first;
  let state: ExecutionTopicState = data.state;
  let logs: LogsTopicState = data.logs;
  let selected: string | undefined;
  let marks: readonly GanttMark[] = [];

  // ------------------------------------------------------------------ who is here

  const presence = openPresence({ tenant: run.place().tenant, page: `executions/${executionId}` });
  run.own(() => presence.destroy());
  const showMe = (): void => presence.show('at', { tab: data.tab, taskRunId: selected ?? null });
  showMe();
  const paintPeople = (): void => {
    const others = presence.people().filter((person) => !person.own);
    marks = others.flatMap((person) => {
      const at: unknown = person.state['at'];
      return typeof at === 'object' && at !== null && 'taskRunId' in at && typeof at.taskRunId === 'string' ? [{ taskRunId: at.taskRunId, name: person.user.name, color: person.user.color, bot: person.user.kind === 'bot' }] : [];
    });
    const place = document.getElementById('page-people');
    if (place !== null) draw(place, Avatars({ people: [...new Map(presence.people().map((person) => [person.user.id, person.user])).values()] }));
    faces.marks();
  };
  run.own(presence.onPeople(paintPeople));

  // ------------------------------------------------------------------ faces

  const select = (taskRunId: string | undefined): void => {
    selected = taskRunId;
    showMe();
    paintDrawer();
  };
  const paintDrawer = (): void => {
    const drawer = root.querySelector('#task-drawer');
    if (drawer !== null) draw(drawer, renderable(TaskDrawer({ state, logs: logs.lines, selected, place: run.place() })));
  };
  const faces = mountFace(run, {
    state: () => state, logs: () => logs, marks: () => marks, selected: () => selected, select, executionId, namespace, flowId,
  });
  run.own(faces.release);

  const paint = (): void => {
    if (state.execution === null) { app.reload(); return; }
    const place = run.place();
    replace('execution-status', renderView(ExecutionStatus({ execution: state.execution, place })));
    replace('execution-actions', renderView(ExecutionActions({ execution: state.execution, place })));
    faces.changed();
    paintDrawer();
  };
  let before = first.state.current;
  run.live<ExecutionTopicState>(topicOf.execution(executionId), (next) => {
    state = next;
    const now = next.execution?.state.current;
    if (now !== undefined && now !== before) {
      before = now;
      if (isTerminal(now)) app.announce(`The execution has ended: ${now.toLowerCase()}`);
    }
    paint();
  });
  run.live<LogsTopicState>(topicOf.logs(executionId), (next) => {
    logs = next;
    faces.logged();
    paintDrawer();
  });

  // ------------------------------------------------------------------ commands

  const say = (text: string): void => app.toasts.done(text);
  run.actions({
    async pause() { await run.call(executions.executionsPause, { executionId }); say('Paused: running tasks end, nothing new starts'); },
    async kill() {
      if (!await app.dialogs.confirm({ title: `Kill ${flowId} ${executionId.slice(0, 8)}?`, text: 'Running tasks are stopped now, also in executions that this one started.', action: 'Kill execution', danger: true })) return;
      await run.call(executions.executionsKill, { executionId });
    },
    resume: () => resume(),
    async restart() {
      await run.call(executions.executionsRestart, { executionId });
      say('Restarted from where it failed');
    },
    async replay() { app.go(toExecution(run.place(), await run.call(executions.executionsReplay, { executionId }), 'gantt')); },
    async 'replay-from'({ value }) { app.go(toExecution(run.place(), await run.call(executions.executionsReplay, { executionId, taskRunId: value }), 'gantt')); },
    async 'task-state'({ value }) {
      const chosen = await askState(`Change the state of ${taskNameOf(state, value) ?? 'the task run'}`, 'The execution goes on from there.', ['SUCCESS', 'WARNING', 'FAILED']);
      if (chosen !== undefined) await run.call(executions.executionsState, { executionId, body: { taskRunId: value, state: chosen } });
    },
    async status() {
      const chosen = await askState('Change the state of this execution', 'Nothing is run; only the state is set.', ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED']);
      if (chosen !== undefined) await run.call(executions.executionsChangeStatus, { executionId, status: chosen });
    },
    async labels() {
      const current = state.execution?.labels.filter((label) => !label.key.startsWith('system.')).map((label) => `${label.key}:${label.value}`).join(', ') ?? '';
      const dialog = app.dialogs.open(LabelsDialog({ labels: current }));
      const field = dialog.element.querySelector<HTMLInputElement>('[name="labels"]');
      if (await dialog.closed !== 'yes') return;
      const body = (field?.value ?? '').split(',').map((text) => text.trim()).filter((text) => text.includes(':')).map((text) => ({ key: text.slice(0, text.indexOf(':')), value: text.slice(text.indexOf(':') + 1) }));
      await run.call(executions.executionsLabels, { executionId, body });
    },
    async 'copy-id'({ value }) { await navigator.clipboard.writeText(value); say('Copied the id'); },
    async delete() {
      if (!await app.dialogs.confirm({ title: `Delete execution ${executionId.slice(0, 8)}?`, text: 'It goes with its logs, metrics and files. This can not be undone.', action: 'Delete execution', danger: true })) return;
      await run.call(executions.executionsDelete, { executionId });
      app.go(`/ui/${run.place().tenant}/executions`);
    },
    'log-top': () => faces.logs()?.top(),
    'log-follow': () => faces.logs()?.follow(),
    async 'log-next-error'() { await faces.logs()?.jump('ERROR', 1); },
    async 'log-copy'() { await navigator.clipboard.writeText(faces.logs()?.copy() ?? ''); say('Copied the shown lines'); },
    'use-expression': ({ value }) => { const box = root.querySelector<HTMLTextAreaElement>('#eval-expression'); if (box !== null) { box.value = value; box.focus(); } },
    'eval-here': ({ value }) => { const context = root.querySelector<HTMLSelectElement>('#eval-context'); if (context !== null) context.value = value; select(value); root.querySelector<HTMLElement>('#eval-expression')?.focus(); },
    async preview({ value }) {
      const answer = await run.call(executions.executionsFilePreview, { executionId, path: value });
      const content = typeof answer.content === 'string' ? answer.content : JSON.stringify(answer.content, null, 1);
      app.dialogs.open(PreviewDialog({ name: value.slice(value.lastIndexOf('/') + 1), content, truncated: answer.truncated }));
    },
  });
  run.submits({
    async evaluate(form, fields) {
      const expression = fields['expression'] ?? '';
      if (expression.trim() === '') return;
      const taskRunId = root.querySelector<HTMLSelectElement>('#eval-context')?.value ?? '';
      const answer = await run.call(executions.executionsEval, { executionId, source: expression, ...(taskRunId === '' ? {} : { taskRunId }) });
      const history = root.querySelector('#eval-history');
      if (history === null) return;
      history.querySelector('[data-hint]')?.remove();
      const entry = document.createElement('div');
      entry.className = 'entry';
      const asked = Object.assign(document.createElement('code'), { className: 'expr mono', textContent: expression });
      const result = Object.assign(document.createElement('pre'), { className: 'result', textContent: answer.result ?? answer.error ?? '' });
      if (answer.error !== undefined) result.dataset['kind'] = 'error';
      entry.append(asked, result);
      history.append(entry);
      entry.scrollIntoView({ block: 'nearest' });
      form.querySelector<HTMLElement>('textarea')?.focus();
    },
  });
  run.listen(root, 'keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement) event.target.form?.requestSubmit();
  });

  async function askState(title: string, text: string, states: readonly string[]): Promise<string | undefined> {
    const dialog = app.dialogs.open(StateDialog({ title, text, states }));
    const choice = dialog.element.querySelector('select');
    return await dialog.closed === 'yes' ? choice?.value : undefined;
  }

  /** Without inputs a resume is one click; with them the server checks the form. */
  async function resume(): Promise<void> {
    const pausedId = state.order.find((id) => state.taskRuns[id]?.state.current === 'PAUSED');
    const asked = pausedId === undefined ? [] : pauseInputs(data, state.taskRuns[pausedId]?.taskId ?? '');
    if (asked.length === 0) { await run.call(executions.executionsResume, { executionId }); return; }
    const inputs = formInputsOf(asked);
    const dialog = app.dialogs.open(ResumeDialog({ inputs, values: Object.fromEntries(inputs.map((input) => [input.id, initialText(input)])) }));
    const form = dialog.element.querySelector('form');
    const error = dialog.element.querySelector<HTMLElement>('[data-error]');
    form?.addEventListener('click', (event) => { if (event.target instanceof Element && event.target.closest('[data-action="cancel"]') !== null) dialog.close(''); });
    form?.addEventListener('submit', (event) => {
      event.preventDefault();
      sendForm(`/api/v1/${run.place().tenant}/executions/${executionId}/resume`, multipartOf(readForm(form, inputs)), () => undefined).then(() => dialog.close('resumed'), (problem: unknown) => {
        if (error === null) return;
        error.hidden = false;
        error.textContent = problem instanceof Error ? problem.message : String(problem);
      });
    });
    await dialog.closed;
  }

  paintPeople();
});

const renderable = <View>(view: View): View => view;

function replace(id: string, html: string): void {
  const element = document.getElementById(id);
  if (element !== null) morphOuter(element, html);
}

/** The inputs that a Pause task of the flow asks for, at any depth. */
function pauseInputs(data: ExecutionData, taskId: string): readonly Readonly<Record<string, unknown>>[] {
  const search = (value: unknown): readonly Readonly<Record<string, unknown>>[] | undefined => {
    if (Array.isArray(value)) { for (const one of value) { const found = search(one); if (found !== undefined) return found; } return undefined; }
    if (typeof value !== 'object' || value === null) return undefined;
    if ('id' in value && value.id === taskId && 'onResume' in value && Array.isArray(value.onResume)) return value.onResume;
    return search(Object.values(value));
  };
  return search(data.flow?.tasks ?? []) ?? [];
}

interface FaceContext {
  readonly state: () => ExecutionTopicState;
  readonly logs: () => LogsTopicState;
  readonly marks: () => readonly GanttMark[];
  readonly selected: () => string | undefined;
  readonly select: (taskRunId: string | undefined) => void;
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
}

interface Face {
  changed(): void;
  logged(): void;
  marks(): void;
  logs(): Logs | undefined;
  release(): void;
}

const nothing: Face = { changed: () => undefined, logged: () => undefined, marks: () => undefined, logs: () => undefined, release: () => undefined };

function mountFace(run: PageRun<ExecutionData>, context: FaceContext): Face {
  const { root, app, data } = run;
  const timeText = (ms: number): string => momentWords(ms, run.place().nowMs, run.place().zone);
  const open = (taskRunId: string): void => app.go(`${toExecution(run.place(), { id: context.executionId, namespace: context.namespace, flowId: context.flowId }, 'logs')}?taskRunId=${taskRunId}`);
  switch (data.tab) {
    case 'gantt': {
      const element = root.querySelector<HTMLElement>('#gantt');
      if (element === null) return nothing;
      const gantt: Gantt = mountGantt(element, {
        label: 'Task runs', state: context.state(), selected: undefined, marks: context.marks(), nowMs: () => app.clock.nowMs(), timeText, every: (intervalMs, call) => app.timers.every(intervalMs, call),
        onSelect: context.select, onOpen: open,
      });
      return {
        ...nothing,
        changed: () => { root.querySelector('#gantt-empty')?.toggleAttribute('hidden', context.state().order.length > 0); gantt.update({ state: context.state() }); },
        marks: () => gantt.update({ marks: context.marks() }),
        release: () => gantt.unmount(),
      };
    }
    case 'logs': return mountLogFace(run, context, timeText);
    case 'topology': return mountTopologyFace(run, context, open);
    case 'overview': return { ...nothing, changed: () => drawInto(root, '#execution-overview', () => renderView(Overview({ data: { ...data, state: context.state(), logs: context.logs() }, place: run.place() }))) };
    case 'outputs': {
      // Outputs can be large: drawn at rest, not at every patch.
      let cancel: (() => void) | undefined;
      const paint = (): void => { cancel = undefined; const list = root.querySelector('#outputs-list'); if (list !== null) draw(list, OutputList({ state: context.state(), selected: context.selected(), place: run.place() })); };
      return { ...nothing, changed: () => { cancel ??= app.timers.after(outputRestMs, paint); }, release: () => cancel?.() };
    }
    case 'metrics': return { ...nothing, changed: () => { const list = root.querySelector('#execution-metrics'); if (list !== null) draw(list, MetricsView({ state: context.state(), place: run.place() })); } };
  }
}

function drawInto(root: HTMLElement, selector: string, html: () => string): void {
  const element = root.querySelector(selector);
  if (element !== null) morphOuter(element, html());
}

function mountLogFace(run: PageRun<ExecutionData>, context: FaceContext, timeText: (ms: number) => string): Face {
  const { root, app, data } = run;
  const element = root.querySelector<HTMLElement>('#log-view');
  const level = root.querySelector<HTMLSelectElement>('#log-level');
  const task = root.querySelector<HTMLSelectElement>('#log-task');
  const search = root.querySelector<HTMLInputElement>('#log-search');
  const status = root.querySelector<HTMLElement>('#log-status');
  const tail = root.querySelector<HTMLElement>('#log-tail');
  if (element === null || level === null || task === null || search === null) return nothing;
  const query = new URLSearchParams(run.place().search);
  const wantedLevel = query.get('minLevel') ?? 'TRACE';
  level.value = isLogLevel(wantedLevel) ? wantedLevel : 'TRACE';
  search.value = query.get('q') ?? '';
  const paintTasks = (): void => {
    const chosen = task.value === '' ? query.get('taskRunId') ?? '' : task.value;
    const state = context.state();
    const options = state.order.slice(0, 1000).map((id) => { const option = document.createElement('option'); option.value = id; option.textContent = taskNameOf(state, id) ?? id; return option; });
    const all = document.createElement('option');
    all.value = '';
    all.textContent = 'All task runs';
    task.replaceChildren(all, ...options);
    task.value = chosen;
  };
  paintTasks();
  const filter = () => ({ minLevel: isLogLevel(level.value) ? level.value : 'TRACE' as const, q: search.value.trim(), taskRunId: task.value === '' ? undefined : task.value });
  const logs = mountLogs(element, {
    state: data.logs, filter: filter(), timeText, taskName: (entry) => taskNameOf(context.state(), entry.taskRunId),
    loadPage: (wanted, from, size) => run.call(runs.logsPage, {
      executionId: context.executionId, size, minLevel: wanted.minLevel, ...(from === undefined ? {} : { from }),
      ...(wanted.q === '' ? {} : { q: wanted.q }), ...(wanted.taskRunId === undefined ? {} : { taskRunId: wanted.taskRunId }),
    }),
    onStatus: ({ following, total, loading, problem }) => {
      if (status !== null) status.textContent = problem ?? (loading ? 'loading…' : `${total} ${total === 1 ? 'line' : 'lines'}${following ? ', following' : ''}`);
      if (tail !== null) tail.hidden = following;
    },
    onCurrent: () => undefined,
  });
  let cancel: (() => void) | undefined;
  const changed = (): void => { cancel?.(); cancel = app.timers.after(200, () => logs.setFilter(filter())); };
  run.listen(level, 'change', changed);
  run.listen(task, 'change', changed);
  run.listen(search, 'input', changed);
  const line = query.get('line');
  if (line !== null && /^\d+$/.test(line)) void logs.show(Number(line));
  let known = context.state().order.length;
  return {
    ...nothing,
    changed: () => { const now = context.state().order.length; if (now !== known) { known = now; paintTasks(); } },
    logged: () => logs.update(context.logs()),
    logs: () => logs,
    release: () => { cancel?.(); logs.unmount(); },
  };
}

function mountTopologyFace(run: PageRun<ExecutionData>, context: FaceContext, open: (taskRunId: string) => void): Face {
  const { root, data, app } = run;
  const element = root.querySelector<HTMLElement>('#topology');
  const source = data.flow?.source;
  if (element === null || source === undefined) return nothing;
  let released = false;
  let topology: import('../../topology/index.ts').Topology | undefined;
  /** The last task run of each task, and how many there are. */
  const statesOf = () => {
    const states = new Map<string, { state: import('../../../core/protocol/states.ts').StateType; duration: string; runs?: number }>();
    const counts = new Map<string, number>();
    const state = context.state();
    for (const id of state.order) {
      const taskRun = state.taskRuns[id];
      if (taskRun === undefined) continue;
      const count = (counts.get(taskRun.taskId) ?? 0) + 1;
      counts.set(taskRun.taskId, count);
      const endMs = taskRun.state.endDate === undefined ? app.clock.nowMs() : Date.parse(taskRun.state.endDate);
      const known = states.get(taskRun.taskId);
      // One that failed or runs speaks for its siblings.
      const speaks = known === undefined || known.state === 'SUCCESS' || known.state === 'SKIPPED' || taskRun.state.current === 'FAILED';
      if (speaks) states.set(taskRun.taskId, { state: taskRun.state.current, duration: spanText(endMs - Date.parse(taskRun.state.startDate)) });
      const shown = states.get(taskRun.taskId);
      if (shown !== undefined && count > 1) shown.runs = count;
    }
    return states;
  };
  const runOf = (nodeId: string | undefined): string | undefined => {
    if (nodeId === undefined) return undefined;
    const taskId = nodeId.slice(nodeId.lastIndexOf('.') + 1);
    const state = context.state();
    return [...state.order].reverse().find((id) => state.taskRuns[id]?.taskId === taskId);
  };
  const remote = () => context.marks().flatMap((mark) => {
    const taskId = context.state().taskRuns[mark.taskRunId]?.taskId;
    const node = graph?.nodes.find((one) => one.type === 'task' && one.taskId === taskId);
    return node === undefined ? [] : [{ nodeId: node.id, name: mark.name, color: mark.color }];
  });
  let graph: import('../../../core/language/index.ts').FlowGraphModel | undefined;
  void import('../flow/graph.ts').then(async ({ graphOfText }) => {
    const made = await graphOfText(source, run.place().tenant);
    const { mountTopology } = await import('../../topology/index.ts');
    if (released || made === undefined) return;
    graph = made;
    topology = mountTopology(element, {
      graph: made, label: 'Topology of this execution', states: statesOf(), remote: remote(),
      onSelect: (nodeId) => context.select(runOf(nodeId)),
      onOpen: (nodeId) => { const taskRunId = runOf(nodeId); if (taskRunId !== undefined) open(taskRunId); },
    });
  }).catch((error: unknown) => app.toasts.failed(error, 'The topology could not be drawn'));
  const stop = app.timers.every(1000, () => { if (context.state().execution?.state.endDate === undefined) topology?.update({ states: statesOf() }); });
  return {
    ...nothing,
    changed: () => topology?.update({ states: statesOf() }),
    marks: () => topology?.update({ remote: remote() }),
    release: () => { released = true; stop(); topology?.unmount(); },
  };
}
