/** An execution as a stream of events, for clients that know no watch protocol: read the rows again after each commit that names them. */
import { currentState } from '../../../core/protocol/entities/execution.ts';
import type { executionsFollow } from '../../../core/protocol/operations/executions.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { loadExecutionByNumber, loadTaskRuns, type Key } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { needExecution, wholeExecution } from '../rooms.ts';

export const follow: Handler<typeof executionsFollow> = ({ rooms, input, caller }) => {
  const { number, id, tenant } = needExecution(rooms, caller, input.executionId);
  const names = (key: Key): boolean => key[0] === tenant && (key[1] === 'x' || key[1] === 't') && key[2] === number;
  return {
    open: (sink) => {
      let sent = '';
      const send = (): boolean => {
        const row = loadExecutionByNumber(rooms.engine, tenant, number);
        if (row === undefined) {
          sink.end();
          return true;
        }
        const ended = isTerminal(currentState(row.histories)) && loadTaskRuns(rooms.engine, row).every((taskRun) => isTerminal(currentState(taskRun.histories)));
        const execution = wholeExecution(rooms, row);
        const text = JSON.stringify(execution);
        if (ended || text !== sent) sink.event(ended ? 'end' : 'progress', execution);
        sent = text;
        if (ended) sink.end();
        return ended;
      };
      sink.event('start', { id });
      if (send()) return () => {};
      const release = rooms.feed.subscribe((message) => {
        if (message.environment === 'engine' && message.keys.some(names)) send();
      });
      return release;
    },
  };
};
