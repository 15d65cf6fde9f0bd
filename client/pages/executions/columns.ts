/** The columns of the list of executions. Pure. */
import type { KnownColumns } from '../../components/list-settings/list-preferences.ts';
import type { ListColumn } from '../../components/list-settings/list-settings.tsx';

export const executionColumns = [
  { id: 'id', title: 'Id' }, { id: 'flow', title: 'Flow' }, { id: 'namespace', title: 'Namespace' }, { id: 'state', title: 'State' }, { id: 'labels', title: 'Labels' },
  { id: 'start', title: 'Started' }, { id: 'end', title: 'Ended' }, { id: 'duration', title: 'Duration' }, { id: 'by', title: 'By' },
  { id: 'revision', title: 'Revision' }, { id: 'inputs', title: 'Inputs' }, { id: 'task', title: 'Task' },
] as const satisfies readonly ListColumn[];
export type ExecutionColumn = (typeof executionColumns)[number]['id'];

const optional: ReadonlySet<ExecutionColumn> = new Set(['revision', 'inputs', 'task']);
const ofFlows: ReadonlySet<ExecutionColumn> = new Set(['flow', 'namespace']);

/** On a flow's own page its id and namespace are the page's. The choice there is another than the one of the whole list. */
export function knownColumns(ofFlow: boolean): KnownColumns {
  const all = executionColumns.map(({ id }) => id).filter((id) => !ofFlow || !ofFlows.has(id));
  return { all, first: all.filter((id) => !optional.has(id)) };
}
export const listOf = (ofFlow: boolean): string => (ofFlow ? 'flow-executions' : 'executions');
