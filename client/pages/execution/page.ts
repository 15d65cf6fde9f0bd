/** Behaviour of the execution page: live regions, commands, and where colleagues are. */
import { isTerminal } from '../../../core/protocol/states.ts';
import { topicOf, type ExecutionTopicState, type LogsTopicState } from '../../../core/protocol/topics.ts';
import { Avatars } from '../../components/avatars/avatars.tsx';
import { localStore } from '../../ambient/index.ts';
import { mountSplitters } from '../../components/split/splitting.ts';
import { draw } from '../../components/live/live.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { renderView, type View } from '../../components/view.ts';
import { openPresence } from '../../document/index.ts';
import { pageScript } from '../behaviour.ts';
import { toExecution } from '../page.ts';
import { commandsOf } from './commands.ts';
import { mountDependenciesFace } from './dependencies-face.ts';
import type { Face, FaceContext, Mine, Run } from './face.ts';
import { mountGanttFace } from './gantt-face.ts';
import { executionTabs, type ExecutionData } from './load.ts';
import { mountLoopsFace } from './loops-face.ts';
import { mountLogsFace } from './logs-face.ts';
import { mountOutputsFace } from './outputs-face.ts';
import { mountOverviewFace } from './overview-face.ts';
import { openMoment } from './moment-of-page.ts';
import { colleaguesOf, type Colleague } from './people.ts';
import { stateAt } from '../../gantt/index.ts';
import { mountTaskDrawer } from './task-drawer-face.ts';
import { mountTopologyFace } from './topology-face.ts';
import { mountTransport } from './transport-face.ts';
import { ExecutionActions, ExecutionStatus, PhoneActions } from './actions.tsx';
import { mountMetricsFace } from './metrics-face.ts';

/** The chosen task run is the same on every tab of one run. */
const selectedKey = (executionId: string): string => `execution:selected:${executionId}`;

export const script = pageScript<ExecutionData>((run) => {
  const { root, data, app } = run;
  const first = data.state.execution;
  if (first === null) return;
  const executionId = first.id;
  let present: ExecutionTopicState = data.state;
  let logs: LogsTopicState = data.logs;
  let selected = app.session.read(selectedKey(executionId));
  let mine: Mine = {};
  let goneExpected = false;
  let colleagues: readonly Colleague[] = [];

  const presence = openPresence({ tenant: run.place().tenant, page: `executions/${executionId}` });
  run.own(() => presence.destroy());
  // Leaving for another site, too: nobody shall see me here for the seconds that a short reconnect is granted.
  const leave = (): void => presence.destroy();
  addEventListener('pagehide', leave);
  run.own(() => removeEventListener('pagehide', leave));
  const showMe = (): void => presence.show('at', { tab: data.tab, taskRunId: selected ?? null, ...mine });

  const writeAddress = (change: (query: URLSearchParams) => void): void => {
    const query = new URLSearchParams(location.search);
    change(query);
    const text = query.toString();
    history.replaceState(history.state, '', `${location.pathname}${text === '' ? '' : `?${text}`}`);
  };
  const { moment, heard } = openMoment(run, { executionId, presence, present: () => present, writeAddress });
  /** Made once for each moment of each version of the run: all faces ask for it many times. */
  let shown: { readonly of: ExecutionTopicState; readonly atMs: number | undefined; readonly state: ExecutionTopicState } | undefined;
  const state = (): ExecutionTopicState => {
    const atMs = moment.atMs();
    if (shown === undefined || shown.of !== present || shown.atMs !== atMs) shown = { of: present, atMs, state: stateAt(present, atMs) };
    return shown.state;
  };

  const context: FaceContext = {
    executionId, failure: data.failure,
    address: { id: executionId, namespace: first.namespace, flowId: first.flowId },
    state, moment,
    present: () => present,
    atMs: () => moment.atMs(),
    logs: () => logs,
    selected: () => selected,
    select(taskRunId) {
      if (selected === taskRunId) return;
      selected = taskRunId;
      if (taskRunId === undefined) app.session.remove(selectedKey(executionId));
      else app.session.write(selectedKey(executionId), taskRunId);
      showMe();
      paintDrawer();
      face.selected();
    },
    showMine(what) {
      mine = what;
      showMe();
    },
    colleagues: () => colleagues,
    expectGone(expected) { goneExpected = expected; },
    writeAddress,
  };

  const drawer = mountTaskDrawer(run, context, () => actions);
  run.own(() => drawer.release());
  const paintDrawer = (): void => drawer.paint();
  const face: Face = mountFace(run, context);
  run.own(() => face.release());
  run.own(mountSplitters(root, localStore));
  const transport = mountTransport(run, context);
  run.own(() => transport.release());
  let shownAtMs = moment.atMs();
  run.own(moment.subscribe(() => {
    paintHere();
    if (shownAtMs === moment.atMs()) return;
    shownAtMs = moment.atMs();
    face.changed();
    face.logged();
    if (selected !== undefined) paintDrawer();
  }));
  paintDrawer();

  // ------------------------------------------------------------------ who is here

  const paintHere = (): void => {
    const place = document.getElementById('page-people');
    if (place === null) return;
    const mode = moment.mode();
    const followers = new Set(moment.followers().map((one) => one.id));
    const here = onePerPerson(presence.people().map((person) => person.user)).map((user) => ({ ...user, ...(mode.state === 'following' && mode.id === user.id ? { follow: 'following' as const } : followers.has(user.id) ? { follow: 'leading' as const } : {}) }));
    draw(place, Avatars({ people: here, action: { name: 'follow', except: run.place().viewer.id, title: (who) => (who.follow === 'following' ? `Stop following ${who.name}` : `Follow ${who.name}`) } }));
  };
  /** What the person whom I follow sees: their tab, their task run. */
  const mirror = (): void => {
    const mode = moment.mode();
    const leader = mode.state === 'following' ? colleagues.find((one) => one.id === mode.id && one.tab !== undefined) : undefined;
    if (leader?.tab === undefined) return;
    if (leader.tab !== data.tab) { app.go(toExecution(run.place(), context.address, leader.tab)); return; }
    if (leader.taskRunId !== selected) context.select(leader.taskRunId);
  };
  const paintPeople = (): void => {
    colleagues = colleaguesOf(presence.people(), run.place().viewer.id);
    heard(colleagues);
    paintHere();
    paintTabs(colleagues.filter((one) => one.tab !== data.tab));
    transport.moved();
    face.moved();
    mirror();
  };
  run.own(presence.onPeople(paintPeople));
  run.own(() => paintTabs([]));
  showMe();
  paintPeople();

  // ------------------------------------------------------------------ live

  let before = first.state.current;
  run.live<ExecutionTopicState>(topicOf.execution(executionId), (next) => {
    present = next;
    const { execution } = present;
    if (execution === null) { if (!goneExpected) app.reload(); return; }
    const now = execution.state.current;
    if (now !== before && isTerminal(now)) app.announce(`The execution has ended: ${now.toLowerCase()}`);
    before = now;
    const place = run.place();
    replace('execution-status', ExecutionStatus({ execution, place }));
    replace('execution-actions', ExecutionActions({ execution, place }));
    replace('execution-acts', PhoneActions({ execution, place }));
    transport.changed();
    // At a moment of the past nothing that is shown changes: the run goes on behind it.
    face.changed();
    if (selected !== undefined) paintDrawer();
  });
  run.live<LogsTopicState>(topicOf.logs(executionId), (next) => {
    logs = next;
    paintErrorCount(logs.counts.ERROR);
    face.logged();
    if (selected !== undefined) paintDrawer();
  });

  const actions = { ...commandsOf(run, context), ...drawer.actions, ...transport.actions, ...face.actions };
  run.actions(actions);
  if (face.submits !== undefined) run.submits(face.submits);
});

function mountFace(run: Run, context: FaceContext): Face {
  const { data } = run;
  switch (data.tab) {
    case 'overview': return mountOverviewFace(run, context);
    case 'gantt': return mountGanttFace(run, context);
    case 'logs': return mountLogsFace(run, context);
    case 'topology': return mountTopologyFace(run, context);
    case 'outputs': return mountOutputsFace(run, context);
    case 'metrics': return mountMetricsFace(run, context);
    case 'dependencies': return mountDependenciesFace(run, context);
    case 'loops': return mountLoopsFace(run, context);
    default: return never(data.tab);
  }
}

function never(value: never): never {
  throw new Error(`not a tab: ${String(value)}`);
}

function replace(id: string, view: View): void {
  const element = document.getElementById(id);
  if (element !== null) morphOuter(element, renderView(view));
}

const onePerPerson = <User extends { readonly id: string }>(users: readonly User[]): readonly User[] => [...new Map(users.map((user) => [user.id, user])).values()];

/** Who is on another tab, beside its name. */
function paintTabs(colleagues: readonly Colleague[]): void {
  for (const tab of executionTabs) {
    const link = document.querySelector(`#tabs [data-tab="${tab}"]`);
    link?.querySelector('.tab-people')?.remove();
    const there = onePerPerson(colleagues.filter((one) => one.tab === tab));
    if (link === null || there.length === 0) continue;
    const holder = document.createElement('span');
    holder.className = 'tab-people';
    draw(holder, Avatars({ people: there, size: 16, most: 3 }));
    link.append(holder);
  }
}

function paintErrorCount(count: number): void {
  const link = document.querySelector('#tabs [data-tab="logs"]');
  let badge = link?.querySelector<HTMLElement>('.count') ?? null;
  if (link === null) return;
  if (count === 0) { badge?.remove(); return; }
  if (badge === null) {
    badge = Object.assign(document.createElement('span'), { className: 'count' });
    badge.dataset['kind'] = 'alert';
    link.insertBefore(badge, link.querySelector('.tab-people'));
  }
  badge.textContent = String(count);
  badge.title = count === 1 ? '1 error' : `${count} errors`;
}
