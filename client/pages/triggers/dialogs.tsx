/** Dialogs about triggers: why one is switched off, a backfill, and everything that is known of one. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError, TextField } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { InputForm, type InputFormProps } from '../../components/input-form/input-form.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { Ago, Moment } from '../../components/time/time.tsx';
import type { Children } from '../../components/view.ts';
import type { Place } from '../page.ts';
import { kindIcons, startsWords } from './words.ts';

/** The reason is asked for, not forced: who is on call at night may leave it out. */
export function SwitchOffDialog({ what, names }: { readonly what: string; readonly names: readonly string[] }) {
  return (
    <Dialog id="switch-off" title={`Switch ${what} off?`}>
      <p class="dim">It starts nothing until somebody switches it on again. Dates that pass meanwhile are not run later.</p>
      {names.length < 2 ? null : <ul class="dialog-details mono">{names.map((name) => <li class="cut">{name}</li>)}</ul>}
      <form novalidate>
        <TextField name="reason" label="Why?" placeholder="the warehouse moves until Thursday" hint="Your colleagues see it beside the switch, in the calendar and in the audit" maxLength={1000} autocomplete="off" autofocus />
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="pause" type="submit" keys="Ctrl Enter">Switch off</Button></div>
      </form>
    </Dialog>
  );
}

export interface BackfillDialogProps {
  readonly row: Pick<Trigger, 'triggerId' | 'flowId' | 'cron' | 'timezone' | 'kind' | 'type'>;
  readonly form: InputFormProps;
  /** `datetime-local` values. */
  readonly start: string;
  readonly end: string;
  readonly replaces: boolean;
}

export function BackfillDialog({ row, form, start, end, replaces }: BackfillDialogProps) {
  return (
    <Dialog id="backfill" title={`Backfill ${row.triggerId}`} wide>
      <form class="execute" novalidate>
        <p class="dim">Runs <b>{row.flowId}</b> for each date of the schedule in this range, one after the other: {startsWords(row)}. Afterwards the schedule goes on.</p>
        {replaces ? <p class="notice" data-kind="warn"><Icon name="state-warning" />It has a backfill already. This one takes its place.</p> : null}
        <div class="backfill-range">
          <div class="field"><label for="backfill-start">Start</label><span class="input"><input id="backfill-start" name="$start" type="datetime-local" step="1" value={start} required autofocus /></span></div>
          <div class="field"><label for="backfill-end">End</label><span class="input"><input id="backfill-end" name="$end" type="datetime-local" step="1" value={end} /></span><span class="hint">Empty: until now</span></div>
        </div>
        <p class="small dim" data-backfill-count="" aria-live="polite"></p>
        <div data-inputs=""><InputForm {...form} /></div>
        <div class="field"><label for="backfill-labels">Labels</label><span class="input"><input id="backfill-labels" name="$labels" placeholder="reason:migration, ticket:4711" autocomplete="off" spellcheck={false} /></span><span class="hint">key:value, separated by commas; added to those of the trigger</span></div>
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="history" type="submit" keys="Ctrl Enter">Execute backfill</Button></div>
      </form>
    </Dialog>
  );
}

export interface DetailsProps {
  readonly row: Trigger;
  /** As the flow declares it; undefined when its source can not be read. */
  readonly declared: Readonly<Record<string, unknown>> | undefined;
  readonly place: Place;
}

/** At the side: description, its state, all its properties, and the address of a webhook. */
export function DetailsDrawer({ row, declared, place }: DetailsProps) {
  const key = declared?.['key'];
  const address = row.kind === 'WEBHOOK' ? webhookAddress(row, typeof key === 'string' ? key : '', place) : undefined;
  const properties = Object.entries(declared ?? {}).filter(([name]) => !['id', 'type', 'description'].includes(name));
  return (
    <dialog class="dialog trigger-drawer" id="trigger-details" aria-labelledby="trigger-details-title">
      <div class="drawer-head"><Icon name={kindIcons[row.kind]} /><h2 id="trigger-details-title" class="mono cut" title={row.triggerId}>{row.triggerId}</h2><span class="grow"></span>
        <form method="dialog"><button class="button" data-kind="quiet" data-only="icon" aria-label="Close" title="Close" autofocus><Icon name="close" /></button></form></div>
      <div class="drawer-body">
        {row.description === undefined ? null : <Markdown text={row.description} />}
        {address === undefined ? null : (
          <section class="stack"><h3>Address</h3><div class="row"><code class="mono cut grow" title={address.shown}>{address.shown}</code><Button size="small" icon="copy" action="copy-address" value={address.shown}>Copy address</Button></div>
            {address.isSecret ? <p class="small dim">Its key is an expression, so only the server knows it: put the key in place of KEY.</p> : null}</section>
        )}
        <table class="table value-table"><tbody>
          <Line name="Starts">{startsWords(row)}{row.cron === undefined ? null : <> <code class="mono faint">{row.cron}</code></>}</Line>
          {row.nextExecutionDate === undefined ? null : <Line name="Next"><Moment at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /> <Ago at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /></Line>}
          {row.date === undefined ? null : <Line name="Last"><Moment at={row.date} nowMs={place.nowMs} zone={place.zone} /> <Ago at={row.date} nowMs={place.nowMs} zone={place.zone} /></Line>}
          {row.switched === undefined ? null : <Line name={row.disabled ? 'Switched off' : 'Switched on'}>{row.switched.by}, <Ago at={row.switched.date} nowMs={place.nowMs} zone={place.zone} />{row.switched.reason === undefined ? null : <>: “{row.switched.reason}”</>}</Line>}
          {row.stopAfter === undefined ? null : <Line name="Stops after">{row.stopAfter.join(', ')}</Line>}
          {row.problem === undefined ? null : <Line name="Problem"><span class="trigger-problem">{row.problem}</span></Line>}
          <Line name="Type"><span class="mono">{row.type}</span></Line>
        </tbody></table>
        <section class="stack"><h3>As the flow declares it</h3>
          {declared === undefined ? <p class="dim">The source of the flow can not be read.</p> : properties.length === 0 ? <p class="dim">Nothing but its id and type.</p> : <table class="table value-table"><tbody>{properties.map(([name, value]) => <Line name={name} code><Value value={value} /></Line>)}</tbody></table>}
        </section>
      </div>
    </dialog>
  );
}

function Line({ name, code, children }: { readonly name: string; readonly code?: boolean; readonly children?: Children }) {
  return <tr><th scope="row" class={code === true ? 'mono' : undefined}>{name}</th><td>{children}</td></tr>;
}

function Value({ value }: { readonly value: unknown }) {
  return typeof value === 'object' && value !== null ? <pre class="mono trigger-value">{JSON.stringify(value, null, 2)}</pre> : <span class="mono trigger-problem">{String(value)}</span>;
}

/** A key that is an expression is the server's secret and is not shown. */
export function webhookAddress(row: Pick<Trigger, 'namespace' | 'flowId'>, key: string, place: Pick<Place, 'tenant'>): { readonly shown: string; readonly isSecret: boolean } {
  const isSecret = key === '' || key.includes('{{');
  return { isSecret, shown: `/api/v1/${place.tenant}/executions/webhook/${encodeURIComponent(row.namespace)}/${encodeURIComponent(row.flowId)}/${isSecret ? 'KEY' : encodeURIComponent(key)}` };
}
