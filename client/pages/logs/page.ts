import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageScript } from '../behaviour.ts';
import type { LogListData } from './list.tsx';

export const script = pageScript<LogListData>((run) => {
  run.own(mountFilterInput(run.root, run.app.go));
  run.actions({ refresh: () => run.app.reload() });
});
