/** Where a person goes once they have started something: the tab that they chose in the settings, here or in a new tab of the browser. */
import { preferences } from '../../core/protocol/operations/index.ts';
import { openExecute, type ExecuteRequest } from '../components/execute-dialog/open-execute.ts';
import { afterStart } from './after-start.ts';
import type { PageRun } from './behaviour.ts';
import { readOnlyReason, toExecution } from './page.ts';

/** Opens the execute dialog and, when something was started, goes there. */
export async function execute(run: PageRun<unknown>, request: Pick<ExecuteRequest, 'namespace' | 'id' | 'draft' | 'inputs' | 'prefill'>): Promise<void> {
  const { app } = run;
  const place = run.place();
  await openExecute({
    connection: app.connection, dialogs: app.dialogs, timers: app.timers, tenant: place.tenant, open: place.viewer.open, disabled: readOnlyReason(place), ...request,
    started: (execution) => void run.call(preferences.preferencesGet, {}).then(({ values }) => afterStart(values), () => afterStart({})).then(({ tab, opens }) => {
      const href = toExecution(run.place(), execution, tab);
      if (opens === 'here') {
        app.go(href);
        return;
      }
      // A browser that allows no new tab leaves a link.
      if (window.open(href, '_blank') === null) app.toasts.done('Started', { text: 'Watch it', href });
      else app.toasts.done('Started, in a new tab');
    }),
  });
}
