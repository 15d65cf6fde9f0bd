import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageScript } from '../behaviour.ts';

export const script = pageScript<unknown>((run) => run.own(mountFilterInput(run.root, run.app.go)));
