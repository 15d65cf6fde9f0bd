/** The calendar of triggers: a week or a day, what has started and what will, and who has switched off what and why. */
import { Avatar } from '../../../components/avatars/avatars.tsx';
import { Button } from '../../../components/button/button.tsx';
import { FilterBar } from '../../../components/filter-bar/filter-bar.tsx';
import { withQuery } from '../../../components/filter-bar/filters.ts';
import { Icon } from '../../../components/icon/icon.tsx';
import { Empty } from '../../../components/notice/notice.tsx';
import { Panel } from '../../../components/panel/panel.tsx';
import { Switch } from '../../../components/field/field.tsx';
import { Ago } from '../../../components/time/time.tsx';
import { exactWords } from '../../../components/time/words.ts';
import { stateIcon, stateWord } from '../../../components/state-pill/state-words.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../../page.ts';
import { triggerFields } from '../list.tsx';
import { ViewSwitch } from '../view-switch.tsx';
import { kindIcons, startsWords, triggerKey } from '../words.ts';
import { layOut, switchedOff, type CalendarDay, type CalendarEntry } from './layout.ts';
import type { CalendarData } from './load.ts';

/** Entries of a cell; the rest is counted. */
const shownInWeek = 3;

export function CalendarView({ data, place }: { readonly data: CalendarData; readonly place: Place }) {
  const href = (change: Readonly<Record<string, string | undefined>>): string => `${place.path}${withQuery(place.search, change)}`;
  const days = data.days;
  const title = new Intl.DateTimeFormat('en-GB', { timeZone: place.zone, day: 'numeric', month: 'long', year: 'numeric' });
  return (
    <>
      <div class="toolbar"><FilterBar label="Filter triggers" path={place.path} search={place.search} fields={triggerFields(data.namespaces)} /><ViewSwitch current="calendar" place={place} /></div>
      <div class="page-pad">
        <div id="trigger-off"><SwitchedOff data={data} place={place} /></div>
        <section class="panel" aria-label="Calendar">
          <div class="panel-head calendar-head">
            <h2>{data.span === 'day' ? title.format(days[0]) : `${title.format(days[0])} to ${title.format(days[days.length - 1])}`}</h2><span class="grow"></span>
            <nav class="segmented" aria-label="Span"><a href={href({ span: undefined })} aria-current={data.span === 'week' ? 'true' : undefined} data-current={data.span === 'week' ? '' : undefined}>Week</a><a href={href({ span: 'day', date: data.span === 'day' ? undefined : data.today })} aria-current={data.span === 'day' ? 'true' : undefined} data-current={data.span === 'day' ? '' : undefined}>Day</a></nav>
            <span class="row" data-gap="1"><Button kind="quiet" size="small" icon="chevron-left" title={`The ${data.span} before`} href={href({ date: data.before })} /><Button size="small" href={href({ date: undefined })}>Today</Button><Button kind="quiet" size="small" icon="chevron-right" title={`The ${data.span} after`} href={href({ date: data.after })} /></span>
          </div>
          <div id="trigger-calendar"><CalendarGrid data={data} place={place} /></div>
        </section>
      </div>
    </>
  );
}

export function CalendarGrid({ data, place }: { readonly data: CalendarData; readonly place: Place }) {
  const layout = layOut(data.calendar, { zone: place.zone, days: data.days, nowMs: place.nowMs });
  const name = new Intl.DateTimeFormat('en-GB', { timeZone: place.zone, weekday: 'short', day: 'numeric' });
  const words = [`${layout.past} ${layout.past === 1 ? 'start' : 'starts'} so far`, `${layout.coming} to come`, ...(layout.off === 0 ? [] : [`${layout.off} that will not happen, because somebody switched them off`])];
  return (
    <>
      <p class="small dim calendar-words">{words.join(' · ')}{data.calendar.runsCut ? ' · only the newest starts are shown' : ''}{data.calendar.rows.some((row) => row.isCut) ? ' · of triggers with very many dates only the first ones are shown' : ''}</p>
      {data.calendar.total === 0 ? <Empty icon="calendar" title="No trigger fits"><p>Triggers of published flows stand here with their dates.</p><Button href={to(place, '/flows')}>Choose a flow</Button></Empty> : (
        <div class="table-wrap" tabindex={0} role="region" aria-label="Hours">
          <table class="calendar" data-span={data.span} aria-label="Starts by hour">
            <thead><tr><th scope="col"><span class="hidden-text">Hour</span></th>{layout.days.map((day) => <th scope="col" data-today={day.isToday ? '' : undefined}><a href={`${place.path}${withQuery(place.search, { span: 'day', date: dayName(day, place.zone) })}`}>{name.format(day.startMs)}</a> <span class="num faint small" title={`${day.past} started, ${day.coming} to come`}>{day.past + day.coming === 0 ? '' : day.past + day.coming}</span></th>)}</tr></thead>
            <tbody>{Array.from({ length: 24 }, (_, hour) => (
              <tr data-quiet={layout.days.every((day) => (day.hours[hour] ?? []).length === 0) ? '' : undefined}>
                <th scope="row" class="num">{String(hour).padStart(2, '0')}:00</th>
                {layout.days.map((day) => <td data-today={day.isToday ? '' : undefined} data-now={day.isToday && layout.now?.hour === hour ? layout.now.quarter : undefined}><Cell entries={day.hours[hour] ?? []} most={data.span === 'day' ? 200 : shownInWeek} detailed={data.span === 'day'} day={day} place={place} /></td>)}
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </>
  );
}

const dayName = (day: CalendarDay, zone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(day.startMs);

function Cell({ entries, most, detailed, day, place }: { readonly entries: readonly CalendarEntry[]; readonly most: number; readonly detailed: boolean; readonly day: CalendarDay; readonly place: Place }) {
  const rest = entries.slice(most);
  return (
    <>
      {entries.slice(0, most).map((entry) => <Entry entry={entry} detailed={detailed} place={place} />)}
      {rest.length === 0 ? null : <a class="calendar-more small" href={`${place.path}${withQuery(place.search, { span: 'day', date: dayName(day, place.zone) })}`}>{rest.length} more</a>}
    </>
  );
}

function Entry({ entry, detailed, place }: { readonly entry: CalendarEntry; readonly detailed: boolean; readonly place: Place }) {
  const minute = new Intl.DateTimeFormat('en-GB', { timeZone: place.zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(entry.firstMs);
  const time = <span class="num faint">:{minute.slice(3)}</span>;
  const times = entry.count > 1 ? <span class="num faint">×{entry.count}</span> : null;
  if (entry.type === 'past') {
    const { run } = entry;
    const title = `${exactWords(entry.firstMs, place.zone)}: ${run.namespace}.${run.flowId} by ${run.triggerId}${entry.count > 1 ? `, ${entry.count} starts in this hour, ${entry.failed} failed` : `, ${stateWord(run.state)}`}`;
    return <a class="calendar-entry" data-state={run.state} title={title} href={toExecution(place, { namespace: run.namespace, flowId: run.flowId, id: run.executionId })}><Icon name={stateIcon(run.state)} size={12} label={stateWord(run.state)} />{time}<span class="cut">{run.flowId}{detailed ? <span class="faint"> {run.triggerId}</span> : null}</span>{times}</a>;
  }
  const { trigger, on } = entry;
  const why = on ? '' : trigger.sourceDisabled ? '; off in the source' : trigger.switched === undefined ? '; switched off' : `; ${trigger.switched.by} switched it off${trigger.switched.reason === undefined ? '' : `: ${trigger.switched.reason}`}`;
  return <button type="button" class="calendar-entry" data-coming="" data-off={on ? undefined : ''} data-action="details" data-value={triggerKey(trigger)} title={`${exactWords(entry.firstMs, place.zone)}: ${trigger.namespace}.${trigger.flowId} by ${trigger.triggerId}, ${startsWords(trigger)}${why}`}><Icon name={on ? kindIcons[trigger.kind] : 'pause'} size={12} label={on ? 'To come' : 'Switched off'} />{time}<span class="cut">{trigger.flowId}{detailed ? <span class="faint"> {trigger.triggerId}</span> : null}</span>{times}</button>;
}

export function SwitchedOff({ data, place }: { readonly data: CalendarData; readonly place: Place }) {
  const rows = switchedOff(data.calendar);
  const reason = readOnlyReason(place);
  return (
    <Panel title="Switched off" count={rows.length}>
      {rows.length === 0 ? <p class="panel-body dim small">Everything that is published is on.</p> : (
        <ul class="off-list">{rows.map((trigger) => (
          <li class="row">
            <Switch on={false} label={`Trigger ${trigger.triggerId}`} action="switch" value={triggerKey(trigger)} disabled={trigger.sourceDisabled ? 'Its source says `disabled: true`, too' : reason} />
            <span class="off-what"><a class="mono cut" href={toFlow(place, trigger.namespace, trigger.flowId, 'triggers')} title={`${trigger.namespace}.${trigger.flowId}`}>{trigger.flowId}</a> <span class="dim">{trigger.triggerId}</span></span>
            <span class="off-why grow">{trigger.switched === undefined ? <span class="faint">nobody knows by whom</span> : <><Avatar who={{ name: trigger.switched.by, color: colorOf(trigger.switched.by) }} size={16} /> {trigger.switched.by}{trigger.switched.reason === undefined ? <span class="faint">, without a reason</span> : <>: “{trigger.switched.reason}”</>}</>}</span>
            {trigger.switched === undefined ? null : <span class="small faint"><Ago at={trigger.switched.date} nowMs={place.nowMs} zone={place.zone} /></span>}
          </li>
        ))}</ul>
      )}
    </Panel>
  );
}

/** A name that is only a text has a hue all the same: the same one everywhere. */
const colorOf = (name: string): number => ([...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 12) + 1;
