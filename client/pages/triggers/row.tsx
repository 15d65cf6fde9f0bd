/** One trigger of a list, and the row below it with what it has said. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { Button } from '../../components/button/button.tsx';
import { Switch } from '../../components/field/field.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { SelectBox } from '../../components/table/table.tsx';
import { Ago, Moment } from '../../components/time/time.tsx';
import { exactWords } from '../../components/time/words.ts';
import { LogLineView } from '../../logs/view.tsx';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { backfillPercent, isOn, kindIcons, startsWords, triggerKey, triggerRowId } from './words.ts';

/** Columns that stand there only when a row has something to say in them. */
export interface TriggerColumns {
  readonly execution: boolean;
  readonly evaluation: boolean;
}
export const columnsOf = (rows: readonly Trigger[]): TriggerColumns => ({ execution: rows.some((row) => row.executionId !== undefined), evaluation: rows.some((row) => row.evaluateRunningDate !== undefined) });

export interface TriggerRowProps {
  readonly row: Trigger;
  readonly place: Place;
  readonly ofFlow: boolean;
  readonly expanded: boolean;
  readonly columns: TriggerColumns;
}

export function TriggerRowView({ row, place, ofFlow, expanded, columns }: TriggerRowProps) {
  const key = triggerKey(row);
  const readOnly = readOnlyReason(place);
  const on = isOn(row);
  return (
    <tr id={triggerRowId(row)} data-dim={on ? undefined : ''}>
      <td><SelectBox row={key} name={row.triggerId} /></td>
      <td class="tight"><button type="button" class="button" data-kind="quiet" data-size="small" data-only="icon" data-turns="" data-action="expand" data-value={key} aria-expanded={expanded ? 'true' : 'false'} aria-label={`${expanded ? 'Hide' : 'Show'} what ${row.triggerId} has said`} title={expanded ? 'Hide its log' : 'Show its log'}><Icon name="chevron-right" size={12} /></button></td>
      <td data-cell="actions"><Switch on={on} label={`Trigger ${row.triggerId}`} action="switch" value={key} disabled={row.sourceMissing === true ? 'Its flow can not be read any more' : row.sourceDisabled ? 'Its source says `disabled: true`: change it in the editor' : readOnly} /></td>
      <td data-cell="main"><span class="row"><Icon name={kindIcons[row.kind]} size={14} class="faint" /><button type="button" class="link name" data-action="details" data-value={key} title={row.description ?? row.type}>{row.triggerId}</button>{row.sourceMissing === true ? <span title="Its flow can not be read any more, so nothing starts"><Icon name="state-warning" size={14} label="The source is missing" /></span> : null}</span></td>
      {ofFlow ? <td class="wide cut-cell"><span class="dim mono small" title={row.type}>{row.type.slice(row.type.lastIndexOf('.') + 1)}</span></td> : <td data-cell="sub"><a class="mono" href={toFlow(place, row.namespace, row.flowId, 'triggers')}>{row.flowId}</a>{row.locked ? <span class="narrow-only"> · locked</span> : null}</td>}
      {ofFlow ? null : <td class="wide"><span class="dim">{row.namespace}</span></td>}
      <td class="wide cut-cell"><span class="dim" title={row.cron ?? row.type}>{startsWords(row)}</span></td>
      {columns.execution ? <td class="wide">{row.executionId === undefined ? null : <a class="id" href={toExecution(place, { namespace: row.namespace, flowId: row.flowId, id: row.executionId })} title={row.executionId}>{row.executionId.slice(0, 8)}</a>}</td> : null}
      {columns.evaluation ? <td class="wide">{row.evaluateRunningDate === undefined ? null : <span class="small dim" title={`Since ${exactWords(Date.parse(row.evaluateRunningDate), place.zone)}, by worker ${row.workerId ?? ''}`}><Ago at={row.evaluateRunningDate} nowMs={place.nowMs} zone={place.zone} /></span>}</td> : null}
      <td class="end num" data-cell="side">{on && row.nextExecutionDate !== undefined ? <><Moment at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /> <span class="small faint"><Ago at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /></span></> : null}</td>
      <td class="end wide">{row.date === undefined ? null : <span class="small dim" title={row.updatedDate === undefined ? undefined : `Its state changed ${exactWords(Date.parse(row.updatedDate), place.zone)}`}><Ago at={row.date} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
      <td data-cell="note"><Note row={row} place={place} readOnly={readOnly} /></td>
      <td class="end" data-cell="more">
        <span class="row-actions"><Menu id={`menu-${triggerRowId(row)}`} title={`More for ${row.triggerId}`} small>
          <MenuItem icon="info" action="details" value={key}>Details</MenuItem>
          {row.kind === 'SCHEDULE' && row.cron !== undefined ? <MenuItem icon="history" action="backfill" value={key} disabled={readOnly ?? (row.sourceMissing === true ? 'Its flow can not be read' : undefined)}>Backfill executions</MenuItem> : null}
          {row.locked ? <MenuItem icon="unlock" action="unlock" value={key} disabled={readOnly}>Unlock</MenuItem> : null}
          <MenuItem icon="restore" action="restart" value={key} disabled={readOnly}>Restart trigger</MenuItem>
          <hr />
          <MenuItem icon="code" href={toFlow(place, row.namespace, row.flowId, 'editor')}>Open in the editor</MenuItem>
          <MenuItem icon="executions" href={`${to(place, '/executions')}?namespace=${encodeURIComponent(row.namespace)}&flowId=${encodeURIComponent(row.flowId)}`}>Executions of the flow</MenuItem>
        </Menu></span>
      </td>
    </tr>
  );
}

/** The one thing that matters most about it now: a missing source, a backfill, a lock, who switched it off and why, what went wrong. */
function Note({ row, place, readOnly }: { readonly row: Trigger; readonly place: Place; readonly readOnly: string | undefined }) {
  const key = triggerKey(row);
  if (row.sourceMissing === true) return <span class="state" data-state="FAILED"><Icon name="state-failed" />No flow</span>;
  if (row.backfill !== undefined) {
    const { backfill } = row;
    const percent = backfillPercent(backfill);
    const title = `Backfill from ${exactWords(Date.parse(backfill.start), place.zone)} to ${exactWords(Date.parse(backfill.end), place.zone)}, next ${exactWords(Date.parse(backfill.currentDate), place.zone)}`;
    return (
      <span class="row" data-gap="1" title={title}>
        <span class="meter-cell short" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-label={`Backfill of ${row.triggerId}`}><span class="meter"><svg aria-hidden="true"><rect data-state={backfill.paused ? 'PAUSED' : 'RUNNING'} width={`${percent}%`} height="4" /></svg></span></span>
        <span class="num small">{percent} %{backfill.paused ? ' paused' : ''}</span>
        {backfill.paused ? <Button kind="quiet" size="small" icon="play" title="Continue the backfill" action="backfill-unpause" value={key} disabled={readOnly} /> : <Button kind="quiet" size="small" icon="pause" title="Pause the backfill" action="backfill-pause" value={key} disabled={readOnly} />}
        <Button kind="quiet" size="small" icon="close" title="Delete the backfill" action="backfill-delete" value={key} disabled={readOnly} />
      </span>
    );
  }
  if (row.disabled && !row.sourceDisabled) {
    const { switched } = row;
    if (switched === undefined) return <span class="small dim">switched off</span>;
    return <span class="small dim cut trigger-reason" title={`${switched.by} switched it off ${exactWords(Date.parse(switched.date), place.zone)}${switched.reason === undefined ? '' : `: ${switched.reason}`}`}>{switched.by}{switched.reason === undefined ? ' switched it off' : `: “${switched.reason}”`}</span>;
  }
  if (row.sourceDisabled) return <span class="small dim">off in the source</span>;
  if (row.locked) return <span class="row"><span class="state" data-state="WARNING"><Icon name="lock" />Locked</span>{row.executionId === undefined ? null : <a class="id narrow-only" href={toExecution(place, { namespace: row.namespace, flowId: row.flowId, id: row.executionId })} title={`Waits for ${row.executionId}`}>{row.executionId.slice(0, 8)}</a>}<Button size="small" icon="unlock" action="unlock" value={key} disabled={readOnly}>Unlock</Button></span>;
  if (row.problem !== undefined) return <span class="row small cut trigger-reason" title={row.problem}><Icon name="state-warning" size={14} label="Problem" /><span class="cut">{row.problem}</span></span>;
  return null;
}

export interface TriggerLogProps {
  readonly row: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>;
  /** Newest first, as they are asked for; undefined while they are on their way. */
  readonly lines: readonly LogEntry[] | undefined;
  readonly span: number;
  readonly timeText: (ms: number) => string;
}

export const triggerLogId = (row: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>): string => `${triggerRowId(row)}-log`;

export function TriggerLogView({ row, lines, span, timeText }: TriggerLogProps) {
  return (
    <tr class="subrow" id={triggerLogId(row)}><td colspan={span}><div class="sublog" role="log" aria-label={`What ${row.triggerId} has said`}>
      {lines === undefined ? <p class="faint small">Reading its log …</p> : lines.length === 0 ? <p class="faint small">It has said nothing yet. What its evaluations say appears here.</p>
        : [...lines].reverse().map((entry) => <LogLineView entry={entry} timeText={timeText} task={entry.triggerId} />)}
    </div></td></tr>
  );
}
