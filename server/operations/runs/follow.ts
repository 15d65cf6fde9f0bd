/** A log as a stream of events: what is stored, then each line as it is committed. */
import type { logsFollow as definition } from '../../../core/protocol/operations/runs.ts';
import { scanLog } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { lineTest } from './log-filter.ts';
import { logSource, readable } from './logs.ts';

const pieceLines = 500;
const waitingBytesMax = 256 * 1024;
const waitMs = 20;

export const logsFollow: Handler<typeof definition> = ({ rooms, input, caller }) => {
  const { scan, holds } = lineTest(input, rooms.ambient.clock.nowMs());
  const source = logSource(rooms);
  return {
    open: (sink) => {
      let next = 0;
      let cancel: (() => void) | undefined;
      const later = (): void => {
        cancel = undefined;
        send();
      };
      const send = (): void => {
        if (cancel !== undefined) return;
        const execution = readable(rooms, caller, input.executionId);
        if (execution === undefined) return;
        let sent = 0;
        for (const entry of scanLog(source, execution, scan, next)) {
          next = (entry.position ?? next) + 1;
          sent += 1;
          if (holds(entry)) sink.event('progress', entry);
          // A long log is sent as fast as its reader takes it, and between two pieces others have their turn.
          if (sink.bufferedBytes() > waitingBytesMax) cancel = rooms.ambient.timers.after(waitMs, later);
          else if (sent >= pieceLines) cancel = rooms.ambient.timers.soon(later);
          if (cancel !== undefined) return;
        }
      };
      sink.event('start', {});
      send();
      const number = readable(rooms, caller, input.executionId)?.number;
      const release = rooms.feed.subscribe((message) => {
        if (message.environment === 'engine' && message.keys.some((key) => key[0] === caller.tenant && key[1] === 'l' && (number === undefined || key[2] === number))) send();
      });
      return () => {
        release();
        cancel?.();
      };
    },
  };
};
