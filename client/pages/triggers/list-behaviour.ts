/** Live rows of triggers, the switch and the unlock, wherever the list stands. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { triggers } from '../../../core/protocol/operations/index.ts';
import { topicOf, type TriggersTopicState } from '../../../core/protocol/topics.ts';
import { rowsOf } from '../../connection/index.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageOf } from '../../components/filter-bar/filters.ts';
import { draw, LiveRows } from '../../components/live/live.ts';
import { Pager } from '../../components/pager/pager.tsx';
import type { PageRun } from '../behaviour.ts';
import { triggerRowId, TriggerRowView, type TriggerListData } from './list.tsx';

export function mountTriggerList(run: PageRun<unknown>, data: TriggerListData): void {
  const body = run.root.querySelector<HTMLElement>('#trigger-rows');
  const empty = run.root.querySelector<HTMLElement>('#trigger-empty');
  const pager = run.root.querySelector<HTMLElement>('#trigger-pager');
  if (body === null || empty === null || pager === null) return;
  run.own(mountFilterInput(run.root, run.app.go));
  const rows = new LiveRows<Trigger>(body, { key: triggerRowId, view: (row) => TriggerRowView({ row, place: run.place(), ofFlow: data.flow !== undefined }) });
  run.live<TriggersTopicState>(topicOf.triggers(data.filter), (state) => {
    const shown = rowsOf(state);
    rows.draw(shown);
    empty.hidden = shown.length > 0;
    const place = run.place();
    draw(pager, Pager({ path: place.path, search: place.search, ...pageOf(new URLSearchParams(place.search)), total: state.total }));
  });
  run.actions(triggerActions(run));
}

/** Also used by Home, whose next scheduled triggers have the same switch. */
export function triggerActions(run: PageRun<unknown>) {
  return {
    async switch({ value, element }: { readonly value: string; readonly element: HTMLElement }): Promise<void> {
      const [namespace, flowId, triggerId] = keyParts(value);
      const wasOn = element.getAttribute('aria-checked') === 'true';
      const answer = await run.call(triggers.triggersUpdate, { body: { namespace, flowId, triggerId, disabled: wasOn } });
      element.setAttribute('aria-checked', String(!answer.disabled));
      run.app.toasts.done(`${triggerId} is ${answer.disabled ? 'off' : 'on'}`);
    },
    async unlock({ value }: { readonly value: string }): Promise<void> {
      const [namespace, flowId, triggerId] = keyParts(value);
      if (!await run.app.dialogs.confirm({ title: `Unlock ${triggerId}?`, text: 'The trigger forgets the execution it waits for, and may start another one while that still runs.', action: 'Unlock trigger' })) return;
      await run.call(triggers.triggersUnlock, { namespace, flowId, triggerId });
      run.app.toasts.done(`${triggerId} is unlocked`);
    },
  };
}

function keyParts(key: string): readonly [string, string, string] {
  const parts: unknown = JSON.parse(key);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string')) throw new Error(`Not the key of a trigger: ${key}`);
  return [String(parts[0]), String(parts[1]), String(parts[2])];
}
