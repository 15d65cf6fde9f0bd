import { pageScript } from '../behaviour.ts';
import type { TriggerListData } from './list.tsx';
import { mountTriggerList } from './list-behaviour.ts';

export const script = pageScript<TriggerListData>((run) => mountTriggerList(run, run.data));
