/** LoopUntil (WaitFor before 0.21): a sequence that is run again until its condition holds. How often it looks is decided at its start. */
import type { Decided } from '../../protocol/entities/execution.ts';
import { parseDurationMs } from '../../protocol/time.ts';
import { FlowableError, type Flowable, type FlowableContext } from './flowable.ts';
import { sequential } from './lists.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function frequencyOf(context: FlowableContext): NonNullable<Decided['loop']> {
  const { properties } = context.task;
  const given = isRecord(properties['checkFrequency']) ? properties['checkFrequency'] : {};
  // Before 0.23 it looked each second, a hundred times and no longer than an hour.
  const before = context.level === '0.20';
  const span = (name: string, otherwise: number | undefined): number | undefined => {
    const text = given[name] === undefined || given[name] === null ? undefined : context.render(given[name]) ?? '';
    const ms = text === undefined ? otherwise : parseDurationMs(text);
    if (text !== undefined && ms === undefined) throw new FlowableError(`\`checkFrequency.${name}\` must be an ISO duration such as PT5M, found \`${text}\``);
    return ms;
  };
  const rounds = given['maxIterations'] === undefined || given['maxIterations'] === null ? (before ? 100 : undefined) : Number(context.render(given['maxIterations']));
  if (rounds !== undefined && (!Number.isInteger(rounds) || rounds < 1)) throw new FlowableError(`\`checkFrequency.maxIterations\` must be a whole number of 1 or more, found \`${String(given['maxIterations'])}\``);
  const maxDurationMs = span('maxDuration', before ? 3_600_000 : undefined);
  const fails = properties['failOnMaxReached'];
  return {
    intervalMs: span('interval', before ? 1000 : 60_000) ?? 60_000,
    ...(rounds === undefined ? {} : { maxIterations: rounds }), ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    failOnMax: typeof fails === 'string' ? context.render(fails) === 'true' : fails === true,
  };
}

export const loopUntil: Flowable = {
  start: (context) => ({ plan: sequential.start(context).plan, outputs: { iterationCount: 1 }, decided: { loop: frequencyOf(context) } }),
  resume: (context) => sequential.resume(context),
};
