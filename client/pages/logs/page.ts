import { pageScript } from '../behaviour.ts';
import { mountListPeople } from '../list-people.ts';
import { mountLogList } from './list-behaviour.ts';
import type { LogListData } from './list.tsx';

export const script = pageScript<LogListData>((run) => {
  mountLogList(run, run.data);
  mountListPeople(run, 'logs', { rowOf: () => undefined, elementOf: () => null });
});
