/** All operations, by name. A new one is one definition here and one handler in `server/operations/<resource>/`. */
import type { Operation } from '../operation.ts';
import * as charts from './charts.ts';
import * as executionBulk from './execution-bulk.ts';
import * as executionFacts from './execution-facts.ts';
import * as executions from './executions.ts';
import * as flows from './flows.ts';
import * as instance from './instance.ts';
import * as preferences from './preferences.ts';
import * as namespaces from './namespaces.ts';
import * as runs from './runs.ts';
import * as stats from './stats.ts';
import * as triggers from './triggers.ts';
import * as workspace from './workspace.ts';

export { charts, executionBulk, executionFacts, executions, flows, instance, namespaces, preferences, runs, stats, triggers, workspace };

export const allOperations: readonly Operation[] = [
  ...Object.values(flows), ...Object.values(executions), ...Object.values(runs), ...Object.values(workspace), ...Object.values(preferences), ...Object.values(charts), ...Object.values(namespaces), ...Object.values(triggers),
  ...Object.values(executionBulk), ...Object.values(executionFacts), ...Object.values(stats), ...Object.values(instance),
];
