/** What people do to a trigger: the switch, the lock, backfills. The state that is left is what the store holds from the next commit on. */
import type { Problem } from '../../core/protocol/errors.ts';
import type { Reply, TriggerCommand } from '../executor/contract.ts';
import { isLocked, type TriggerRow } from '../store/index.ts';
import { datesOf, nextDateMs, withoutBackfill } from './clock-trigger.ts';
import type { Polling } from './polling.ts';
import { findTrigger, messageOf, released, withNext, withProblem, type Room } from './room.ts';
import { nameOf } from './table.ts';

export interface CommandRooms {
  readonly room: Room;
  readonly polling: Polling;
  /** Forgets the row and derives it anew from the flow, as long as that has it. */
  readonly rederive: () => void;
}

const refuse = (status: Problem['status'], message: string): { readonly ok: false; readonly problem: Problem } => ({ ok: false, problem: { status, message } });

export function commandTrigger(rooms: CommandRooms, row: TriggerRow, command: TriggerCommand, by: string): Reply<TriggerRow> {
  const { room, polling } = rooms;
  const nowMs = room.ambient.clock.nowMs();
  const put = (next: TriggerRow): Reply<TriggerRow> => {
    const stamped = { ...next, updatedAtMs: nowMs };
    room.table.put(stamped);
    return { ok: true, value: stamped };
  };
  const found = findTrigger(room, row);
  /** When it goes on: a schedule with the next date, not with those it slept through; a polling one at once. */
  const goesOn = (): number | undefined => {
    switch (row.kind) {
      case 'SCHEDULE': return found === undefined ? row.nextAtMs : nextDateMs(room, found, nowMs);
      case 'POLLING': case 'REALTIME': return nowMs;
      default: return row.nextAtMs;
    }
  };
  switch (command.type) {
    case 'setDisabled': {
      const reason = command.reason?.trim() ?? '';
      const switched = { by, atMs: nowMs, ...(reason === '' ? {} : { reason: reason.slice(0, 1000) }) };
      const because = reason === '' ? '' : `: ${reason.slice(0, 1000)}`;
      if (row.disabled !== command.disabled) room.table.log(row, 'INFO', `${by} has switched it ${command.disabled ? 'off' : 'on'}${because}`);
      if (command.disabled) {
        polling.stop(row);
        const { evaluateRunningAtMs: _over, ...rest } = row;
        return put({ ...rest, disabled: true, switched });
      }
      if (!row.disabled) return put(row);
      return put(row.backfill !== undefined && !row.backfill.paused ? { ...row, disabled: false, switched } : withNext({ ...row, disabled: false, switched }, goesOn()));
    }
    case 'unlock': {
      if (!isLocked(row)) return refuse(409, 'Illegal state: Trigger is not locked');
      polling.stop(row);
      room.table.log(row, 'INFO', `${by} has unlocked it`);
      return put(row.kind === 'POLLING' && row.nextAtMs === undefined ? withNext(released(row), nowMs) : released(row));
    }
    case 'restart': {
      polling.stop(row);
      room.table.log(row, 'INFO', `${by} has restarted it`);
      const fresh = withProblem(released(row), undefined);
      return put(row.backfill !== undefined && !row.backfill.paused ? fresh : withNext(fresh, goesOn()));
    }
    case 'delete': {
      rooms.rederive();
      return { ok: true, value: room.table.get(nameOf(row)) ?? row };
    }
    case 'backfill': {
      if (row.kind !== 'SCHEDULE' || row.cron === undefined) return refuse(422, `Illegal argument: only a Schedule has dates to backfill; ${row.triggerId} is a ${row.type.slice(row.type.lastIndexOf('.') + 1)}`);
      if (row.backfill !== undefined && command.onlyNew === true) return refuse(409, `Illegal state: Trigger ${row.triggerId} has a backfill already; delete it first`);
      if (found === undefined) return refuse(409, 'Illegal state: the flow of the trigger can not be read');
      const endMs = command.endMs ?? nowMs;
      if (command.startMs > endMs) return refuse(422, 'Illegal argument: the start of the backfill is after its end');
      let first: number | undefined;
      try {
        first = datesOf(room, found)?.wanted.next(command.startMs - 1);
      } catch (error) {
        return refuse(400, `Bad Request: the first date can not be computed: ${messageOf(error)}`);
      }
      if (first === undefined || first > endMs) return refuse(400, `Bad Request: the schedule has no date from ${new Date(command.startMs).toISOString()} to ${new Date(endMs).toISOString()}`);
      const goesOnAt = row.backfill !== undefined && !row.backfill.paused ? row.backfill.previousNextAtMs : row.nextAtMs;
      room.table.log(row, 'INFO', `${by} has started a backfill from ${new Date(command.startMs).toISOString()} to ${new Date(endMs).toISOString()}`);
      return put(withNext({
        ...row,
        backfill: {
          startMs: command.startMs, endMs, currentMs: first, paused: command.paused === true,
          ...(command.inputs === undefined ? {} : { inputs: command.inputs }), ...(command.labels === undefined ? {} : { labels: command.labels }),
          ...(goesOnAt === undefined ? {} : { previousNextAtMs: goesOnAt }),
        },
      }, command.paused === true ? goesOnAt : first));
    }
    case 'pauseBackfill': {
      if (row.backfill === undefined) return refuse(400, 'Bad Request: No backfill found');
      if (row.backfill.paused) return put(row);
      room.table.log(row, 'INFO', `${by} has paused the backfill`);
      return put(withNext({ ...row, backfill: { ...row.backfill, paused: true } }, row.backfill.previousNextAtMs ?? goesOn()));
    }
    case 'continueBackfill': {
      if (row.backfill === undefined) return refuse(400, 'Bad Request: No backfill found');
      if (!row.backfill.paused) return put(row);
      room.table.log(row, 'INFO', `${by} has continued the backfill`);
      const { previousNextAtMs: _before, ...backfill } = row.backfill;
      return put(withNext({ ...row, backfill: { ...backfill, paused: false, ...(row.nextAtMs === undefined ? {} : { previousNextAtMs: row.nextAtMs }) } }, backfill.currentMs));
    }
    case 'deleteBackfill': {
      if (row.backfill === undefined) return refuse(400, 'Bad Request: No backfill found');
      room.table.log(row, 'INFO', `${by} has deleted the backfill`);
      return put(withoutBackfill(row, goesOn()));
    }
    default: return never(command);
  }
}

function never(value: never): never {
  throw new Error(`not a command: ${JSON.stringify(value)}`);
}
