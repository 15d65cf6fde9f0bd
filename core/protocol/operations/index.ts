/** All operations, by name. A new one is one definition here and one handler in `server/operations/<resource>/`. */
import type { Operation } from '../operation.ts';
import * as executions from './executions.ts';
import * as flows from './flows.ts';
import * as runs from './runs.ts';
import * as triggers from './triggers.ts';
import * as workspace from './workspace.ts';

export { executions, flows, runs, triggers, workspace };

export const allOperations: readonly Operation[] = [
  ...Object.values(flows), ...Object.values(executions), ...Object.values(runs), ...Object.values(triggers), ...Object.values(workspace),
];
