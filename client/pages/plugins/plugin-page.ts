import { flows } from '../../../core/protocol/operations/index.ts';
import { pageScript } from '../behaviour.ts';
import { toFlow } from '../page.ts';
import type { PluginData } from './view.tsx';

export const script = pageScript<PluginData>((run) => {
  run.actions({
    async 'open-as-flow'() {
      const flow = await run.call(flows.flowsCreate, { source: run.data.example, draft: true });
      run.app.go(toFlow(run.place(), flow.namespace, flow.id, 'editor'));
    },
  });
});
