/** The lines of a script: log lines, and those of the form `::{"outputs":{…},"metrics":[…],"logs":[…]}::`, which hand on values. */
import { isLogLevel, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { parseJsonText } from '../../../core/protocol/json.ts';
import type { TaskContext } from '../index.ts';
import { clipped, isMap, messageOf, textOf } from '../values.ts';

export type Stream = 'stdout' | 'stderr';

/** A line of this form on the error stream is said by our own part of a script: not logged, it becomes the message of the failure. */
const problemMark = '::ensemble-problem ';

/** A command that says why the script cannot go on, and ends it. The text may not hold a single quote. */
export const sayProblem = (message: string, exitCode: number): string => `printf '%s\\n' '${problemMark}${message.replaceAll("'", '"')}' >&2; exit ${exitCode}`;

export interface ProtocolReader {
  readonly vars: Readonly<Record<string, unknown>>;
  count(stream: Stream): number;
  /** The last line of the error stream, for a message that says more than an exit code. */
  lastError(): string;
  /** What our own part of the script said. */
  problem(): string | undefined;
  onLine(stream: Stream, line: string): void;
}

/** Turns lines into log lines, values and metrics. Lines of the error stream have the level ERROR, in flows of level 0.20 WARN. */
export function protocolReader(context: TaskContext): ProtocolReader {
  const vars: Record<string, unknown> = {};
  const counts = { stdout: 0, stderr: 0 };
  const errorLevel: LogLevel = context.languageLevel === '0.20' ? 'WARN' : 'ERROR';
  let problem: string | undefined;
  let lastError = '';
  return {
    vars,
    count: (stream) => counts[stream],
    lastError: () => lastError,
    problem: () => problem,
    onLine: (stream, line) => {
      if (stream === 'stderr' && line.startsWith(problemMark)) {
        problem = line.slice(problemMark.length);
        return;
      }
      counts[stream] += 1;
      const trimmed = line.trim();
      if (trimmed.startsWith('::{') && trimmed.endsWith('}::')) return readProtocolLine(context, trimmed.slice(2, -2), vars);
      if (stream === 'stderr' && trimmed !== '') lastError = trimmed;
      context.log(stream === 'stdout' ? 'INFO' : errorLevel, line);
    },
  };
}

function readProtocolLine(context: TaskContext, json: string, vars: Record<string, unknown>): void {
  let parsed: unknown;
  try {
    parsed = parseJsonText(json);
  } catch (thrown) {
    context.log('WARN', `A line ::{…}:: of the script is no JSON (${messageOf(thrown)}): ${clipped(json)}`);
    return;
  }
  if (!isMap(parsed)) return;
  // `__proto__` as a name must become a member like any other, not the prototype.
  const keep = (name: string, value: unknown): void => void Object.defineProperty(vars, name, { value, enumerable: true, configurable: true, writable: true });
  if (isMap(parsed['outputs'])) for (const [name, value] of Object.entries(parsed['outputs'])) keep(name, value);
  if (isMap(parsed['encryptedOutputs'])) for (const [name, value] of Object.entries(parsed['encryptedOutputs'])) keep(name, context.encrypt(textOf(value)));
  if (Array.isArray(parsed['metrics'])) for (const metric of parsed['metrics']) readMetric(context, metric);
  if (Array.isArray(parsed['logs'])) for (const line of parsed['logs']) if (isMap(line)) {
    const level = textOf(line['level']).toUpperCase();
    context.log(isLogLevel(level) ? level : 'INFO', textOf(line['message']));
  }
}

function readMetric(context: TaskContext, metric: unknown): void {
  const value = isMap(metric) ? Number(metric['value']) : Number.NaN;
  if (!isMap(metric) || typeof metric['name'] !== 'string' || !Number.isFinite(value)) {
    context.log('WARN', `A metric of the script is left out: expected {"name", "type": "counter" | "timer" | "gauge", "value"}, found ${clipped(JSON.stringify(metric) ?? 'nothing')}`);
    return;
  }
  const type = metric['type'] === 'timer' || metric['type'] === 'gauge' ? metric['type'] : 'counter';
  const tags = isMap(metric['tags']) ? Object.fromEntries(Object.entries(metric['tags']).map(([name, tag]) => [name, textOf(tag)])) : undefined;
  // Scripts give timers in seconds; metrics keep milliseconds.
  context.metric({ type, name: metric['name'], value: type === 'timer' ? value * 1000 : value, ...(tags === undefined ? {} : { tags }) });
}
