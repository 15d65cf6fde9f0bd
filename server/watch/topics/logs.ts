/** `execution/{id}/logs`: the tail of a log, appended to while it grows. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { LogsTopicState } from '../../../core/protocol/topics.ts';
import { loadExecution, loadExecutionNumber, loadLogHead, loadLogLines, type Key } from '../../store/index.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

/** The tail holds at most so many lines and about so many characters: a script may print 200 MB into an open page. */
export const tailLinesMax = 2000;
export const tailCharsMax = 256 * 1024;
/** So much is cut at once when the tail is full, so that a growing log does not cut at every tick. */
const tailKeptShare = 0.75;

export class LogsView implements View<LogsTopicState> {
  readonly #sources: Sources;
  readonly #id: string;
  #row: ExecutionRow | undefined;
  #changed = false;

  constructor(sources: Sources, id: string) {
    this.#sources = sources;
    this.#id = id;
  }

  read(): LogsTopicState {
    this.#changed = false;
    this.#row = loadExecution(this.#sources.engine, this.#sources.tenant, this.#id);
    const head = this.#head();
    if (this.#row === undefined || head.total === 0) return { total: 0, first: 0, lines: [], counts: head.counts };
    const lines = fitting(this.#lines(Math.max(0, head.total - tailLinesMax), tailLinesMax), tailLinesMax, tailCharsMax);
    return { total: head.total, first: head.total - lines.length, lines, counts: head.counts };
  }

  interests(): readonly Interest[] {
    const number = this.#row?.number ?? loadExecutionNumber(this.#sources.engine, this.#sources.tenant, this.#id);
    // The header tells of a deletion.
    return number === undefined ? [{ kind: 'executionId' }] : [{ kind: 'log', number }, { kind: 'execution', number }];
  }

  note(kind: Kind, key: Key): void {
    if (kind !== 'executionId' || key[0] === this.#id) this.#changed = true;
  }

  update(last: LogsTopicState): LogsTopicState {
    if (!this.#changed) return last;
    this.#changed = false;
    if (this.#row === undefined || loadExecutionNumber(this.#sources.engine, this.#sources.tenant, this.#id) === undefined) return this.read();
    const head = this.#head();
    if (head.total === last.total) return last;
    const grown = head.total - last.total;
    // A log that shrank was deleted and begun anew; one that grew by a whole tail shares nothing with the last.
    if (grown < 0 || grown >= tailLinesMax) return this.read();
    const lines = [...last.lines, ...this.#lines(last.total, grown)];
    const isFull = lines.length > tailLinesMax || charsOf(lines) > tailCharsMax;
    const kept = isFull ? fitting(lines, tailLinesMax * tailKeptShare, tailCharsMax * tailKeptShare) : lines;
    return { total: head.total, first: head.total - kept.length, lines: kept, counts: head.counts };
  }

  #head() {
    return loadLogHead({ reader: this.#sources.engine }, this.#row ?? { tenant: this.#sources.tenant, number: -1 });
  }

  #lines(from: number, size: number): LogEntry[] {
    return this.#row === undefined ? [] : loadLogLines({ reader: this.#sources.engine, folder: this.#sources.logs }, this.#row, from, size);
  }
}

const charsOf = (lines: readonly LogEntry[]): number => lines.reduce((sum, line) => sum + line.message.length + 100, 0);

/** The last lines that fit; at least one. */
function fitting(lines: readonly LogEntry[], linesMax: number, charsMax: number): readonly LogEntry[] {
  let chars = 0;
  let from = lines.length;
  while (from > 0 && lines.length - from < linesMax) {
    const line = lines[from - 1];
    chars += (line?.message.length ?? 0) + 100;
    if (chars > charsMax && from < lines.length) break;
    from -= 1;
  }
  return from === 0 ? lines : lines.slice(from);
}
