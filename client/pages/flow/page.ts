/** Behaviour of the flow page: one module a tab, and the commands that all tabs share. */
import { flows, runs } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ExecutionsTopicState, type FlowTopicState, type TriggersTopicState } from '../../../core/protocol/topics.ts';
import { draw } from '../../components/live/live.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { renderView } from '../../components/view.ts';
import { rowsOf } from '../../connection/index.ts';
import { pageScript, type PageRun } from '../behaviour.ts';
import { mountExecutionList } from '../executions/list-behaviour.ts';
import { toFlow } from '../page.ts';
import { execute as executeFlow } from '../started.ts';
import { mountTriggerList } from '../triggers/list-behaviour.ts';
import { mountLogList } from '../logs/list-behaviour.ts';
import { exportFlows } from '../flows/transfer.ts';
import type { FlowData } from './load.ts';
import { mountConcurrencyTab } from './concurrency-tab.ts';
import { mountMetricsTab } from './metrics-tab.ts';
import { mountEditorTab } from './editor-tab.ts';
import { mountTopologyTab } from './topology-tab.ts';
import type { DraftFacts } from './editor-view.tsx';
import { RecentRuns, Starts } from './overview.tsx';
import { mountRoom } from './room.ts';
import { FlowActions } from './view.tsx';

/** New runs of a busy flow are shown together. */
const newerRestMs = 1000;

export const script = pageScript<FlowData>((run) => {
  const { data, app } = run;
  const address = { namespace: data.namespace, id: data.id };
  let facts: DraftFacts = { revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length };
  const paintActions = (next: DraftFacts): void => {
    facts = next;
    const element = document.getElementById('flow-actions');
    if (element !== null) morphOuter(element, renderView(FlowActions({ data, draft: facts, place: run.place() })));
  };
  /** `inputs` are those of a draft, which runs as it stands; left out, the latest revision runs. */
  const execute = (inputs?: readonly Readonly<Record<string, unknown>>[]): Promise<void> => executeFlow(run, {
    ...address, ...(inputs === undefined ? {} : { draft: true, inputs }),
  });

  /** My own change leads to another page: the news of it must not lead back to this one. */
  let leaving = false;
  const andLeave = async (change: Promise<unknown>): Promise<void> => {
    leaving = true;
    try {
      await change;
    } catch (error) {
      leaving = false;
      throw error;
    }
  };

  run.actions({
    run: () => execute(),
    async export() { await exportFlows(run.place().tenant, [address]); },
    async disable() { await run.call(flows.flowsDisableMany, { body: [address] }); app.toasts.done(`${data.id} is disabled: nothing starts it`); app.reload(); },
    async enable() { await run.call(flows.flowsEnableMany, { body: [address] }); app.toasts.done(`${data.id} is enabled`); app.reload(); },
    async delete() {
      if (!await app.dialogs.confirm({ title: `Delete flow ${data.id}?`, text: 'Its triggers stop. Executions and revisions stay; everybody who edits it is told.', action: 'Delete flow', danger: true })) return;
      await andLeave(run.call(flows.flowsDelete, address));
      app.go(`/ui/${run.place().tenant}/flows`);
    },
    async 'delete-logs'() {
      if (!await app.dialogs.confirm({ title: `Delete the logs of ${data.id}?`, text: 'All lines of its executions that have ended go, whatever is filtered here. This can not be undone; the executions stay.', action: 'Delete logs', danger: true })) return;
      const { count } = await run.call(runs.logsDeleteOfFlow, { namespace: data.namespace, flowId: data.id });
      app.toasts.done(`Deleted ${count} ${count === 1 ? 'line' : 'lines'}`);
      app.reload();
    },
    async restore({ value }) {
      if (!await app.dialogs.confirm({ title: `Restore revision ${value}?`, text: 'Its text becomes the newest revision. Nothing that came in between is lost, and unpublished typing of others stays in the draft.', action: `Restore ${value}` })) return;
      await andLeave(run.call(flows.flowsRestore, { ...address, revision: Number(value) }));
      app.go(toFlow(run.place(), data.namespace, data.id, 'revisions'));
    },
    async 'copy-address'({ value }) { await navigator.clipboard.writeText(location.origin + value); app.toasts.done('Copied the address'); },
  });
  mountRoom(run);
  run.live<FlowTopicState>(topicOf.flow(data.namespace, data.id), (state) => {
    if (leaving) return;
    if (state.flow === null) {
      // The editor says it in its own place, where the text is; the others show what is not there any more.
      if (data.tab !== 'editor' && data.draft.base > 0) app.reload();
      return;
    }
    if (data.tab === 'editor') return;
    paintActions({ revision: state.revision, differs: state.flow.draft, hunkCount: facts.hunkCount });
    // A new revision changes what this tab was made of: read it again, in place.
    if ((data.tab === 'overview' || data.tab === 'revisions' || data.tab === 'triggers') && (state.revision !== data.draft.base || (data.row !== undefined && state.flow.disabled !== data.row.disabled))) app.reload();
  });
  if (new URLSearchParams(run.place().search).get('execute') === 'true') void execute().catch((error: unknown) => app.toasts.failed(error));

  switch (data.tab) {
    case 'editor': mountEditorTab(run, { execute, onFacts: paintActions }); break;
    case 'topology': mountTopologyTab(run); break;
    case 'executions': if (data.executions !== undefined) mountExecutionList(run, data.executions); break;
    case 'triggers': if (data.triggers !== undefined) mountTriggerList(run, data.triggers); break;
    case 'logs': if (data.logs !== undefined) mountLogList(run, data.logs); break;
    case 'metrics': mountMetricsTab(run); break;
    case 'concurrency': mountConcurrencyTab(run); break;
    case 'overview': liveOverview(run); break;
    case 'revisions': break;
  }
});

/** Runs and triggers of the overview are drawn from their topics by the views of the first load. */
function liveOverview(run: PageRun<FlowData>): void {
  const { app } = run;
  const { recent, starts } = run.data;
  if (recent !== undefined) {
    let cancel: (() => void) | undefined;
    run.own(() => cancel?.());
    run.live<ExecutionsTopicState>(topicOf.executions(recent.filter), (state) => {
      // A page of the list holds still while somebody reads it; here the newest is what one came for: it is read again, at rest.
      if (state.newer > 0) cancel ??= app.timers.after(newerRestMs, () => { cancel = undefined; app.reload(); });
      const place = run.root.querySelector('#recent-runs');
      if (place !== null) draw(place, RecentRuns({ rows: rowsOf(state), total: state.total, data: run.data, place: run.place() }));
    });
  }
  if (starts !== undefined) {
    run.live<TriggersTopicState>(topicOf.triggers(starts.filter), (state) => {
      const place = run.root.querySelector('#flow-starts');
      if (place !== null) draw(place, Starts({ rows: rowsOf(state), place: run.place() }));
    });
  }
}
