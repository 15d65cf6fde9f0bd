import { openChooseFlow } from '../../components/execute-dialog/choose-flow.ts';
import { pageScript } from '../behaviour.ts';
import { execute } from '../started.ts';
import { mountExecutionList } from './list-behaviour.ts';
import type { ExecutionListData } from './list.tsx';

export const script = pageScript<ExecutionListData>((run) => {
  const { app } = run;
  mountExecutionList(run, run.data);
  run.actions({
    execute: () => openChooseFlow({
      connection: app.connection, dialogs: app.dialogs, namespace: new URLSearchParams(run.place().search).get('namespace') ?? undefined,
      chosen: (flow) => void execute(run, flow).catch((error: unknown) => app.toasts.failed(error)),
    }),
  });
});
