/** What can be done with triggers, wherever they stand: the list, the tab of a flow, the calendar, Home. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { flows, triggers } from '../../../core/protocol/operations/index.ts';
import { formInputsOf } from '../../components/input-form/input-form.tsx';
import { instantText, localText, readForm } from '../../components/input-form/read-form.ts';
import type { PageRun } from '../behaviour.ts';
import { BackfillDialog, DetailsDrawer, SwitchOffDialog } from './dialogs.tsx';
import { addressOf, startsWords, triggerKey, type TriggerAddress } from './words.ts';

type Run = PageRun<unknown>;
interface Asked {
  readonly value: string;
  readonly element: HTMLElement;
}

/** Undefined: it was thought over. */
export async function askReason(run: Run, what: string, names: readonly string[]): Promise<string | undefined> {
  const dialog = run.app.dialogs.open(SwitchOffDialog({ what, names }));
  let reason: string | undefined;
  dialog.submits(async (form) => {
    reason = form.querySelector<HTMLInputElement>('[name="reason"]')?.value.trim() ?? '';
    dialog.close('done');
  });
  await dialog.closed;
  return reason;
}

/** `rowOf` knows the rows that are on the screen. */
export function triggerActions(run: Run, rowOf: (key: string) => Trigger | undefined = () => undefined) {
  const load = async ({ namespace, flowId, triggerId }: TriggerAddress): Promise<Trigger> => {
    const known = rowOf(triggerKey({ namespace, flowId, triggerId }));
    if (known !== undefined) return known;
    const page = await run.call(triggers.triggersOfFlow, { namespace, flowId, size: 1000 });
    const found = page.results.find((one) => one.triggerId === triggerId);
    if (found === undefined) throw new Error(`Flow ${flowId} has no trigger ${triggerId} any more`);
    return found;
  };
  const backfillChange = async (value: string, action: 'pause' | 'unpause' | 'delete', done: string): Promise<void> => {
    const address = addressOf(value);
    await run.call(triggers.triggersBackfillChange, { action, body: address });
    run.app.toasts.done(`The backfill of ${address.triggerId} is ${done}`);
  };
  return {
    async switch({ value, element }: Asked): Promise<void> {
      const address = addressOf(value);
      const wasOn = element.getAttribute('aria-checked') === 'true';
      const reason = wasOn ? await askReason(run, address.triggerId, []) : '';
      if (reason === undefined) return;
      const answer = await run.call(triggers.triggersSetDisabled, { body: { ...address, disabled: wasOn, ...(reason === '' ? {} : { reason }) } });
      element.setAttribute('aria-checked', String(!answer.disabled));
      run.app.toasts.done(`${address.triggerId} is ${answer.disabled ? 'off' : 'on'}`);
    },
    async unlock({ value }: Asked): Promise<void> {
      const address = addressOf(value);
      if (!await run.app.dialogs.confirm({ title: `Unlock ${address.triggerId}?`, text: 'The trigger forgets the execution it waits for, and may start another one while that still runs.', action: 'Unlock trigger', danger: true })) return;
      await run.call(triggers.triggersUnlock, address);
      run.app.toasts.done(`${address.triggerId} is unlocked`);
    },
    async restart({ value }: Asked): Promise<void> {
      const address = addressOf(value);
      await run.call(triggers.triggersRestart, address);
      run.app.toasts.done(`${address.triggerId} begins anew`);
    },
    async details({ value }: Asked): Promise<void> {
      const address = addressOf(value);
      const [row, flow] = await Promise.all([load(address), run.call(flows.flowsGet, { namespace: address.namespace, id: address.flowId }).catch(() => undefined)]);
      const declared = flow?.triggers?.find((one) => one['id'] === address.triggerId);
      const { element } = run.app.dialogs.open(DetailsDrawer({ row, declared, place: run.place() }));
      element.addEventListener('click', (event) => {
        const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action="copy-address"]') : null;
        if (button !== null) void navigator.clipboard.writeText(location.origin + (button.dataset['value'] ?? '')).then(() => run.app.toasts.done('Copied the address'));
      });
    },
    async backfill({ value }: Asked): Promise<void> { await openBackfill(run, await load(addressOf(value))); },
    'backfill-pause': ({ value }: Asked) => backfillChange(value, 'pause', 'paused'),
    'backfill-unpause': ({ value }: Asked) => backfillChange(value, 'unpause', 'going on'),
    async 'backfill-delete'({ value }: Asked): Promise<void> {
      const { triggerId } = addressOf(value);
      if (!await run.app.dialogs.confirm({ title: `Delete the backfill of ${triggerId}?`, text: 'Dates that it has not run yet are not run. What it has started goes on; then the schedule goes on.', action: 'Delete backfill', danger: true })) return;
      await backfillChange(value, 'delete', 'deleted');
    },
  };
}

const labelsOf = (text: string): readonly { readonly key: string; readonly value: string }[] => text.split(',').map((label) => label.trim()).filter((label) => label !== '').map((label) => {
  const colon = label.indexOf(':');
  if (colon < 1) throw new Error(`"${label}" is not of the form key:value`);
  return { key: label.slice(0, colon).trim(), value: label.slice(colon + 1).trim() };
});

async function openBackfill(run: Run, row: Trigger): Promise<void> {
  const { namespace, flowId, triggerId } = row;
  const flow = await run.call(flows.flowsGet, { namespace, id: flowId });
  const inputs = formInputsOf(flow.inputs ?? []).filter((input) => input.type !== 'FILE' && input.type !== 'SECRET');
  const nowMs = run.place().nowMs;
  const midnight = localText(new Date(nowMs - 7 * 86_400_000).toISOString()).slice(0, 11);
  const dialog = run.app.dialogs.open(BackfillDialog({
    row, form: { inputs, values: {}, problems: {}, hidden: new Set() }, start: `${midnight}00:00:00`, end: localText(new Date(nowMs).toISOString()), replaces: row.backfill !== undefined,
  }));
  dialog.submits(async (form) => {
    const text = (name: string): string => form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? '';
    if (text('$start') === '') throw new Error('Give the date at which the backfill begins');
    const { fields } = readForm(form, inputs);
    const labels = labelsOf(text('$labels'));
    await run.call(triggers.triggersUpdate, {
      body: {
        namespace, flowId, triggerId,
        backfill: { start: instantText(text('$start')), ...(text('$end') === '' ? {} : { end: instantText(text('$end')) }), ...(Object.keys(fields).length === 0 ? {} : { inputs: fields }), ...(labels.length === 0 ? {} : { labels: [...labels] }) },
      },
    });
    run.app.toasts.done(`The backfill of ${triggerId} has begun: ${startsWords(row)}`);
    dialog.close('done');
  });
  await dialog.closed;
}
