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

/** An address in a message; what ends a sentence or a bracket is not part of it. */
const address = /https?:\/\/[^\s"'<>`]+[^\s"'<>`.,;:!?)\]}]/g;

/** Addresses become links; what was searched for is marked. Text stays text. */
function Message({ text, search }: { readonly text: string; readonly search: string }) {
  if (!text.includes('://')) return <Marked text={text} search={search} />;
  const parts: { readonly text: string; readonly href?: string }[] = [];
  let from = 0;
  for (const match of text.matchAll(address)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    parts.push({ text: match[0], href: match[0] });
  }
  parts.push({ text: text.slice(from) });
  return <>{parts.map((part) => (part.href === undefined ? <Marked text={part.text} search={search} /> : <a class="link" href={part.href} target="_blank" rel="noopener noreferrer"><Marked text={part.text} search={search} /></a>))}</>;
}

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

/** More than one colleague on a line: the first is drawn, the others are named. */
const namesOf = (readers: readonly LogReader[]): string => readers.map((reader) => reader.name).join(', ');

export function LogLineView({ entry, timeText, task, current, search, readers = [], prefix = 'line' }: LogLineProps) {
  const level = entry.level.charAt(0) + entry.level.slice(1).toLowerCase();
  const reader = readers[0];
  const name = task ?? entry.taskId ?? '';
  const atMs = Date.parse(entry.timestamp);
  return (
    <div class="log-line" id={entry.position === undefined ? undefined : `${prefix}-${entry.position}`} data-position={entry.position} data-level={entry.level} data-who={reader?.color} aria-current={current === true ? 'true' : undefined} tabindex={-1}>
      <span class="readers">{reader === undefined ? null : <span class="avatar" data-who={reader.color} data-size="16" title={namesOf(readers)}>{readers.length > 1 ? `+${readers.length}` : initials(reader.name)}</span>}</span>
      <span class="level" title={level}>{entry.level.charAt(0)}</span>
      <time datetime={entry.timestamp} title={entry.timestamp}>{timeText(atMs)}</time>
      {entry.taskRunId === undefined || name === '' ? <span class="task" title={name === '' ? 'Of the flow' : name}>{name}</span>
        : <button type="button" class="task" tabindex={-1} data-action="task-view" data-value={JSON.stringify([entry.taskRunId, 'log'])} title={`${name}${entry.attemptNumber === undefined || entry.attemptNumber === 0 ? '' : `, attempt ${entry.attemptNumber + 1}`}`}>{name}</button>}
      <span class="message">{segmentsOf(entry.message).map((segment) => (segment.classes === '' ? <Message text={segment.text} search={search ?? ''} /> : <span class={segment.classes}><Message text={segment.text} search={search ?? ''} /></span>))}</span>
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

/** At the head of a group that has older lines than are shown. */
export function LogEarlier({ id }: { readonly id: string }) {
  return <button type="button" class="log-earlier small" data-action="log-earlier" data-value={id}><Icon name="chevron-up" size={12} />Earlier lines</button>;
}

/** At the foot of a group that was opened somewhere in its middle. */
export function LogLater({ id }: { readonly id: string }) {
  return <button type="button" class="log-earlier small" data-action="log-later" data-value={id}><Icon name="chevron-down" size={12} />To the last lines</button>;
}

const levelWord = (level: string): string => level.charAt(0) + level.slice(1).toLowerCase();
/** Loudest first: what somebody looks for. Keys go between the lines of the first two. */
const shownLevels: readonly { readonly level: LogLevel; readonly key?: string }[] = [{ level: 'ERROR', key: 'E' }, { level: 'WARN', key: 'W' }, { level: 'INFO' }, { level: 'DEBUG' }, { level: 'TRACE' }];

/**
 * How many lines of each level; the word sets the lowest level that is shown, the arrows go to the previous and next line of it.
 * `cursor` is the level of the line one stands on: its chip lets go of it.
 */
export function LogLevels({ counts, minLevel, cursor }: { readonly counts: LogsTopicState['counts']; readonly minLevel: LogLevel; readonly cursor?: LogLevel | undefined }) {
  return (
    <span class="log-levels row" id="log-levels" role="group" aria-label="Levels">
      {shownLevels.filter(({ level, key }) => key !== undefined || counts[level] > 0 || (level === minLevel && level !== 'TRACE')).map(({ level, key }) => {
        const off = !passesLevel(level, minLevel);
        const keyed = (words: string): string => (key === undefined ? words : `${words} (${words.startsWith('Previous') ? `Shift ${key}` : key})`);
        return (
          <span class={key === undefined ? 'level-nav wide' : 'level-nav'} data-level={level} data-off={off ? '' : undefined} data-here={cursor === level ? '' : undefined}>
            <button type="button" class="level-set" data-action="log-level" data-value={level} aria-pressed={minLevel === level && level !== 'TRACE' ? 'true' : 'false'} title={minLevel === level ? 'Show all levels' : `Show ${levelWord(level)} and above`}><span>{levelWord(level)} <b class="num">{counts[level].toLocaleString('en-US')}</b></span></button>
            {counts[level] === 0 || off ? null : (
              <>
                <button type="button" data-action="log-previous" data-value={level} aria-label={`Previous ${levelWord(level)}`} title={keyed(`Previous ${levelWord(level)}`)}><Icon name="chevron-up" size={12} /></button>
                <button type="button" data-action="log-next" data-value={level} aria-label={`Next ${levelWord(level)}`} title={keyed(`Next ${levelWord(level)}`)}><Icon name="chevron-down" size={12} /></button>
                {cursor === level ? <button type="button" data-action="log-uncursor" aria-label="Leave the chosen line" title="Leave the chosen line (Esc)"><Icon name="close" size={12} /></button> : null}
              </>
            )}
          </span>
        );
      })}
    </span>
  );
}
