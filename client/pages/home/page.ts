import { executions, workspace } from '../../../core/protocol/operations/index.ts';
import { topicOf, type StatsTopicState } from '../../../core/protocol/topics.ts';
import { CallError } from '../../connection/index.ts';
import { draw } from '../../components/live/live.ts';
import { renderView } from '../../components/view.ts';
import { morphOuter } from '../../components/live/morph.ts';
import { pageScript } from '../behaviour.ts';
import { openImport } from '../flows/import.ts';
import { toExecution, toFlow } from '../page.ts';
import { updateMe } from '../me.ts';
import { openInvite } from '../people/invite.ts';
import { triggerActions } from '../triggers/actions.ts';
import type { HomeData, TutorialFlow } from './load.ts';
import { Overview } from './view.tsx';
import { flowOf } from './welcome.tsx';

export const script = pageScript<HomeData>((run) => {
  const { app, data, root } = run;
  if (data.welcome === undefined) {
    run.live<StatsTopicState>(topicOf.stats(), (stats) => {
      const overview = root.querySelector('#overview');
      if (overview !== null) morphOuter(overview, renderView(Overview({ stats, place: run.place() })));
      else draw(root, Overview({ stats, place: run.place() }));
    });
  }
  let known: readonly TutorialFlow[] = data.welcome?.flows ?? [];
  run.actions({
    switch: triggerActions(run).switch,
    'import': () => openImport(run),
    'invite': () => openInvite(run),
    async lesson({ value }) {
      if (known.length < 3) {
        const created = await run.call(workspace.tutorialCreate, {});
        known = [...known, ...created.filter((flow) => !known.some((one) => one.id === flow.id))];
      }
      const flow = flowOf(known, Number(value));
      if (flow === undefined) throw new Error('The tutorial flows could not be created: look into the audit log for the reason');
      try {
        app.go(toExecution(run.place(), await run.call(executions.executionsCreate, { namespace: flow.namespace, id: flow.id })));
      } catch (error) {
        // It asks for something that has no default: the dialog asks for it.
        if (!(error instanceof CallError) || error.status !== 422) throw error;
        app.go(`${toFlow(run.place(), flow.namespace, flow.id)}?execute=true`);
      }
    },
  });
  run.submits({
    async me(_form, fields) {
      await updateMe({ name: (fields['name'] ?? '').trim(), color: Number(fields['color'] ?? '1') });
      app.toasts.done('Saved: the others see it from now on');
      app.reload();
    },
  });
});
