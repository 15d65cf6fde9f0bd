/** A log as a stream of events: what is stored, then each line as it is committed. */
import type { logsFollow as definition } from '../../../core/protocol/operations/runs.ts';
import { loadExecution, scanLog } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { logSource, parseLogFilter } from './logs.ts';

const pieceLines = 500;
const waitingBytesMax = 256 * 1024;
const waitMs = 20;

export const logsFollow: Handler<typeof definition> = ({ rooms, input, caller }) => {
  const filter = parseLogFilter(input);
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
        const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
        if (execution === undefined) return;
        let sent = 0;
        for (const entry of scanLog(source, execution, filter, next)) {
          next = (entry.position ?? next) + 1;
          sink.event('progress', entry);
          sent += 1;
          // A long log is sent as fast as its reader takes it, and between two pieces others have their turn.
          if (sink.bufferedBytes() > waitingBytesMax) cancel = rooms.ambient.timers.after(waitMs, later);
          else if (sent >= pieceLines) cancel = rooms.ambient.timers.soon(later);
          if (cancel !== undefined) return;
        }
      };
      sink.event('start', {});
      send();
      const number = loadExecution(rooms.engine, caller.tenant, input.executionId)?.number;
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
