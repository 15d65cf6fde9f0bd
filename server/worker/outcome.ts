/** What a task's run came to: its return value or what it threw, with secrets hidden and outputs of a bearable size. */
import { limits } from '../../core/protocol/limits.ts';
import type { TaskOutcome } from '../../plugins/sdk/index.ts';
import { TaskFailure } from '../../plugins/sdk/values.ts';
import type { Mask } from './mask.ts';

/** Levels of maps and lists in outputs. */
const outputDepthMax = 100;

/** The outcome of what was thrown. Only the message is kept: stacks are nothing for users. */
export function failureOf(thrown: unknown): TaskOutcome {
  const outputs = thrown instanceof TaskFailure ? thrown.outputs : undefined;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { type: 'failed', message: message === '' ? 'The task failed without saying why.' : message, ...(outputs === undefined ? {} : { outputs }) };
}

/** The outcome as it may leave the worker. */
export function checkedOutcome(outcome: TaskOutcome, mask: Mask): TaskOutcome {
  const problem = outcome.outputs === undefined ? undefined : problemOf(outcome.outputs);
  if (problem !== undefined) return { type: 'failed', message: problem };
  return outcome.type === 'failed' ? { ...outcome, message: mask.apply(outcome.message) } : outcome;
}

function problemOf(outputs: Readonly<Record<string, unknown>>): string | undefined {
  const size = measured(outputs, 0, 0);
  if (size === 'deep') return `The outputs of the task are nested more than ${outputDepthMax} levels deep: flatten them, or store them as a file.`;
  return size > limits.outputBytesMax ? `The outputs of the task have more than ${limits.outputBytesMax} bytes: store large values as a file and give out its address.` : undefined;
}

/** About how many bytes a value has as JSON; stops counting once that is too many. */
function measured(value: unknown, size: number, depth: number): number | 'deep' {
  if (depth > outputDepthMax) return 'deep';
  if (size > limits.outputBytesMax) return size;
  if (typeof value === 'string') return size + value.length + 2;
  if (typeof value !== 'object' || value === null) return size + 8;
  let sum = size + 2;
  for (const [name, item] of Object.entries(value)) {
    const next = measured(item, sum + (Array.isArray(value) ? 1 : name.length + 4), depth + 1);
    if (next === 'deep') return next;
    sum = next;
    if (sum > limits.outputBytesMax) break;
  }
  return sum;
}
