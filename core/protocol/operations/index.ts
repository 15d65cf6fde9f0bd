/** All operations, by name. A new one is one definition here and one handler in `server/operations/<resource>/`. */
import type { Operation } from '../operation.ts';
import * as executions from './executions.ts';
import * as flows from './flows.ts';
import * as namespaces from './namespaces.ts';
import * as runs from './runs.ts';
import * as workspace from './workspace.ts';

export { executions, flows, namespaces, runs, workspace };

export const allOperations: readonly Operation[] = [
  ...Object.values(flows), ...Object.values(executions), ...Object.values(runs), ...Object.values(namespaces), ...Object.values(workspace),
];
