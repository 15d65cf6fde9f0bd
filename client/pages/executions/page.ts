import { pageScript } from '../behaviour.ts';
import type { ExecutionListData } from './list.tsx';
import { mountExecutionList } from './list-behaviour.ts';

export const script = pageScript<ExecutionListData>((run) => mountExecutionList(run, run.data));
