/** Backfills: a schedule over dates of the past. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { triggersBackfillChange, triggersBackfillCreate } from '../../../core/protocol/operations/triggers.ts';
import type { TriggerCommand } from '../../executor/contract.ts';
import type { Handler } from '../handler.ts';
import { parseDateMs } from '../rooms.ts';
import { command, mayUpdate, needAllowed } from './change.ts';

interface BackfillInput {
  readonly start: string;
  readonly end?: string | null | undefined;
  readonly inputs?: Readonly<Record<string, unknown>> | null | undefined;
  readonly labels?: Readonly<Record<string, unknown>> | readonly { readonly key: string; readonly value: unknown }[] | null | undefined;
  readonly paused?: boolean | undefined;
}

export function backfillCommand(given: BackfillInput, onlyNew: boolean): TriggerCommand {
  return {
    type: 'backfill', startMs: parseDateMs('backfill.start', given.start), paused: given.paused === true, onlyNew,
    ...(given.end === undefined || given.end === null || given.end === '' ? {} : { endMs: parseDateMs('backfill.end', given.end) }),
    ...(given.inputs === undefined || given.inputs === null ? {} : { inputs: given.inputs }),
    ...(given.labels === undefined || given.labels === null ? {} : { labels: labelsOf(given.labels) }),
  };
}

function labelsOf(given: Readonly<Record<string, unknown>> | readonly { readonly key: string; readonly value: unknown }[]): readonly Label[] {
  const pairs: readonly (readonly [string, unknown])[] = Array.isArray(given) ? given.map((one: { readonly key: string; readonly value: unknown }) => [one.key, one.value] as const) : Object.entries(given);
  return pairs.map(([key, value]) => {
    if (key.startsWith('system.')) throw illegalArgument(`label "${key}" begins with "system.", which only the server may use`);
    return { key, value: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}

export const create: Handler<typeof triggersBackfillCreate> = async ({ rooms, input, caller }) => {
  needAllowed(rooms, caller, input.body, mayUpdate);
  return command(rooms, caller, input.body, backfillCommand(input.body.backfill, true));
};

export const change: Handler<typeof triggersBackfillChange> = async ({ rooms, input, caller }) => {
  needAllowed(rooms, caller, input.body, mayUpdate);
  switch (input.action) {
    case 'pause': return command(rooms, caller, input.body, { type: 'pauseBackfill' });
    case 'unpause': return command(rooms, caller, input.body, { type: 'continueBackfill' });
    case 'delete': return command(rooms, caller, input.body, { type: 'deleteBackfill' });
  }
};
