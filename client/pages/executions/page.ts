import { openChooseFlow } from '../../components/execute-dialog/choose-flow.ts';
import { openExecute } from '../../components/execute-dialog/open-execute.ts';
import { pageScript } from '../behaviour.ts';
import { readOnlyReason, toExecution } from '../page.ts';
import { mountExecutionList } from './list-behaviour.ts';
import type { ExecutionListData } from './list.tsx';

export const script = pageScript<ExecutionListData>((run) => {
  const { app } = run;
  mountExecutionList(run, run.data);
  run.actions({
    execute: () => openChooseFlow({
      connection: app.connection, dialogs: app.dialogs, namespace: new URLSearchParams(run.place().search).get('namespace') ?? undefined,
      chosen: (flow) => {
        const place = run.place();
        void openExecute({
          connection: app.connection, dialogs: app.dialogs, timers: app.timers, tenant: place.tenant, ...flow, open: place.viewer.open, disabled: readOnlyReason(place),
          started: (execution) => app.go(toExecution(run.place(), execution, 'gantt')),
        }).catch((error: unknown) => app.toasts.failed(error));
      },
    }),
  });
});
