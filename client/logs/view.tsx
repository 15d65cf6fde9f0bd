/** One line of a log, the same for first load, live lines and boxes of last lines. */
import { passesLevel, type LogEntry, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';
import { Icon } from '../components/icon/icon.tsx';
import { segmentsOf } from './ansi.ts';

export interface LogReader {
  readonly name: string;
  readonly color: number;
}

export interface LogLineProps {
  readonly entry: LogEntry;
  /** `14:02:01.402` in the reader's zone. */
  readonly timeText: (ms: number) => string;
  readonly task?: string | undefined;
  readonly current?: boolean;
  readonly search?: string;
  readonly readers?: readonly LogReader[];
  /** A line that stands twice on a page (in a box of last lines) has its own id. */
  readonly prefix?: string;
}

const initials = (name: string): string => name.split(/\s+/).map((part) => part.charAt(0)).join('').slice(0, 2).toUpperCase();

/** Marks what was searched for, without regard to case. */
function Marked({ text, search }: { readonly text: string; readonly search: string }) {
  if (search === '') return <>{text}</>;
  const parts: { readonly text: string; readonly hit: boolean }[] = [];
  const lower = text.toLowerCase();
  const wanted = search.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0 && parts.length < 200; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    parts.push({ text: text.slice(at, at + wanted.length), hit: true });
    from = at + wanted.length;
  }
  parts.push({ text: text.slice(from), hit: false });
  return <>{parts.map((part) => (part.hit ? <mark>{part.text}</mark> : part.text))}</>;
}

export function LogLineView({ entry, timeText, task, current, search, readers, prefix = 'line' }: LogLineProps) {
  const level = entry.level.charAt(0) + entry.level.slice(1).toLowerCase();
  const reader = readers?.[0];
  return (
    <div class="log-line" id={entry.position === undefined ? undefined : `${prefix}-${entry.position}`} data-position={entry.position} data-level={entry.level} data-who={reader?.color} aria-current={current === true ? 'true' : undefined} tabindex={-1}>
      <span class="readers">{reader === undefined ? null : <span class="avatar" data-who={reader.color} data-size="16" title={reader.name}>{initials(reader.name)}</span>}</span>
      <span class="level" title={level}>{entry.level.charAt(0)}</span>
      <time datetime={entry.timestamp}>{timeText(Date.parse(entry.timestamp))}</time>
      <span class="task" title={task ?? entry.taskId}>{task ?? entry.taskId ?? ''}</span>
      <span class="message">{segmentsOf(entry.message).map((segment) => (segment.classes === '' ? <Marked text={segment.text} search={search ?? ''} /> : <span class={segment.classes}><Marked text={segment.text} search={search ?? ''} /></span>))}</span>
    </div>
  );
}

export interface LogProps {
  readonly label: string;
  readonly lines: readonly LogEntry[];
  readonly timeText: (ms: number) => string;
  readonly taskName?: (entry: LogEntry) => string | undefined;
  readonly search?: string;
}

export function LogView({ label, lines, timeText, taskName, search }: LogProps) {
  return (
    <div class="log" role="log" aria-label={label} aria-live="off" tabindex={0}>
      {lines.map((entry) => <LogLineView entry={entry} timeText={timeText} task={taskName?.(entry)} search={search ?? ''} />)}
    </div>
  );
}

const levelWord = (level: string): string => level.charAt(0) + level.slice(1).toLowerCase();
/** Loudest first: what somebody looks for. Between the lines of the first two one can jump. */
const shownLevels: readonly { readonly level: LogLevel; readonly key?: string }[] = [{ level: 'ERROR', key: 'E' }, { level: 'WARN', key: 'W' }, { level: 'INFO' }, { level: 'DEBUG' }, { level: 'TRACE' }];

/** How many lines of each level; the word sets the lowest level that is shown, the arrows go to the previous and next line of it. */
export function LogLevels({ counts, minLevel }: { readonly counts: LogsTopicState['counts']; readonly minLevel: LogLevel }) {
  return (
    <span class="log-levels row" id="log-levels" role="group" aria-label="Levels">
      {shownLevels.filter(({ level, key }) => key !== undefined || counts[level] > 0 || (level === minLevel && level !== 'TRACE')).map(({ level, key }) => (
        <span class={key === undefined ? 'level-nav wide' : 'level-nav'} data-level={level} data-off={passesLevel(level, minLevel) ? undefined : ''}>
          <button type="button" class="level-set" data-action="log-level" data-value={level} aria-pressed={minLevel === level && level !== 'TRACE' ? 'true' : 'false'} title={minLevel === level ? 'Show all levels' : `Show ${levelWord(level)} and above`}><span>{levelWord(level)} <b class="num">{counts[level]}</b></span></button>
          {key === undefined ? null : (
            <>
              <button type="button" data-action="log-previous" data-value={level} aria-label={`Previous ${levelWord(level)}`} title={`Previous (Shift ${key})`}><Icon name="chevron-up" size={12} /></button>
              <button type="button" data-action="log-next" data-value={level} aria-label={`Next ${levelWord(level)}`} title={`Next (${key})`}><Icon name="chevron-down" size={12} /></button>
            </>
          )}
        </span>
      ))}
    </span>
  );
}
