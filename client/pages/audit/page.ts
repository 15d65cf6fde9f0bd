import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { pageScript } from '../behaviour.ts';
import type { AuditData } from './view.tsx';

export const script = pageScript<AuditData>((run) => run.own(mountFilterInput(run.root, run.app.go)));
