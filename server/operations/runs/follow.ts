/** A log as a stream of events: what is stored, then each line as it is committed. */
import type { logsFollow as definition } from '../../../core/protocol/operations/runs.ts';
import { loadExecution, scanLog } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { logSource, parseLogFilter } from './logs.ts';

export const logsFollow: Handler<typeof definition> = ({ rooms, input, caller }) => {
  const filter = parseLogFilter(input);
  const source = logSource(rooms);
  return {
    open: (sink) => {
      let next = 0;
      const send = (): void => {
        const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
        if (execution === undefined) return;
        for (const entry of scanLog(source, execution, filter, next)) {
          next = (entry.position ?? next) + 1;
          sink.event('progress', entry);
        }
      };
      sink.event('start', {});
      send();
      const number = loadExecution(rooms.engine, caller.tenant, input.executionId)?.number;
      return rooms.feed.subscribe((message) => {
        if (message.environment === 'engine' && message.keys.some((key) => key[0] === caller.tenant && key[1] === 'l' && (number === undefined || key[2] === number))) send();
      });
    },
  };
};
