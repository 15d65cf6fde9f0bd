/** Behaviour of the flow page: one module a tab, and the commands that all tabs share. */
import { flows } from '../../../core/protocol/operations/index.ts';
import { topicOf, type FlowTopicState } from '../../../core/protocol/topics.ts';
import { openExecute } from '../../components/execute-dialog/open-execute.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { renderView } from '../../components/view.ts';
import { pageScript, type PageRun } from '../behaviour.ts';
import { mountExecutionList } from '../executions/list-behaviour.ts';
import { readOnlyReason, toExecution, toFlow } from '../page.ts';
import { mountTriggerList } from '../triggers/list-behaviour.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { exportFlows } from '../flows/transfer.ts';
import type { FlowData } from './load.ts';
import { mountEditorTab } from './editor-tab.ts';
import { mountTopologyTab } from './topology-tab.ts';
import { FlowActions, type DraftFacts } from './view.tsx';

export const script = pageScript<FlowData>((run) => {
  const { data, app } = run;
  const address = { namespace: data.namespace, id: data.id };
  let facts: DraftFacts = { revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length };
  const paintActions = (next: DraftFacts): void => {
    facts = next;
    const element = document.getElementById('flow-actions');
    if (element !== null) morphOuter(element, renderView(FlowActions({ data, draft: facts, place: run.place() })));
  };
  const execute = (draft: boolean): Promise<void> => openExecute({
    connection: app.connection, dialogs: app.dialogs, timers: app.timers, tenant: run.place().tenant, ...address, draft, open: run.place().viewer.open, disabled: readOnlyReason(run.place()),
    started: (execution) => app.go(toExecution(run.place(), execution, 'gantt')),
  });

  run.actions({
    run: () => execute(false),
    async export() { await exportFlows(run.place().tenant, [address]); },
    async disable() { await run.call(flows.flowsDisableMany, { body: [address] }); app.toasts.done(`${data.id} is disabled: nothing starts it`); app.reload(); },
    async enable() { await run.call(flows.flowsEnableMany, { body: [address] }); app.toasts.done(`${data.id} is enabled`); app.reload(); },
    async delete() {
      if (!await app.dialogs.confirm({ title: `Delete flow ${data.id}?`, text: 'Its triggers stop. Executions and revisions stay; everybody who edits it is told.', action: 'Delete flow', danger: true })) return;
      await run.call(flows.flowsDelete, address);
      app.go(`/ui/${run.place().tenant}/flows`);
    },
    async restore({ value }) {
      if (!await app.dialogs.confirm({ title: `Restore revision ${value}?`, text: 'Its text becomes the newest revision. Nothing that came in between is lost, and unpublished typing of others stays in the draft.', action: `Restore ${value}` })) return;
      await run.call(flows.flowsRestore, { ...address, revision: Number(value) });
      app.go(toFlow(run.place(), data.namespace, data.id, 'revisions'));
    },
    async 'copy-address'({ value }) { await navigator.clipboard.writeText(location.origin + value); app.toasts.done('Copied the address'); },
  });
  run.live<FlowTopicState>(topicOf.flow(data.namespace, data.id), (state) => {
    if (state.flow === null) return;
    if (data.tab !== 'editor') paintActions({ ...facts, revision: state.revision });
  });
  if (new URLSearchParams(run.place().search).get('execute') === 'true') void execute(false).catch((error: unknown) => app.toasts.failed(error));

  switch (data.tab) {
    case 'editor': mountEditorTab(run, { execute: () => execute(true), onFacts: paintActions }); break;
    case 'topology': mountTopologyTab(run); break;
    case 'executions': if (data.executions !== undefined) mountExecutionList(run, data.executions); break;
    case 'triggers': if (data.triggers !== undefined) mountTriggerList(run, data.triggers); break;
    case 'logs': run.own(mountFilterInput(run.root, app.go)); run.actions({ refresh: () => app.reload() }); break;
    case 'overview': liveOverview(run); break;
    case 'revisions': break;
  }
});

/** The last runs change while one looks: the page is read again at rest, in place. */
function liveOverview(run: PageRun<FlowData>): void {
  const filter = run.data.recent?.filter;
  if (filter === undefined) return;
  let first = true;
  let cancel: (() => void) | undefined;
  run.live(topicOf.executions(filter), () => {
    if (first) { first = false; return; }
    cancel ??= run.app.timers.after(1500, () => { cancel = undefined; run.app.reload(); });
  });
  run.own(() => cancel?.());
}

