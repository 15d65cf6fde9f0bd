/** What a run was given and gave, in columns: inputs, outputs of the flow, variables, trigger. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { Panel } from '../../components/panel/panel.tsx';
import type { Place } from '../page.ts';
import { Cascader } from './cascader.tsx';
import { columnsOf, expressionOf, treeOfValues, valueAt } from './outputs.ts';
import { ValuePane } from './value-pane.tsx';

export const valueSections = ['inputs', 'outputs', 'variables', 'trigger'] as const;
export type ValueSectionName = (typeof valueSections)[number];
/** What is chosen in each; nothing at first. */
export type ValuePaths = Readonly<Partial<Record<ValueSectionName, readonly string[]>>>;

const titles: Readonly<Record<ValueSectionName, string>> = { inputs: 'Inputs', outputs: 'Outputs of the flow', variables: 'Variables', trigger: 'Trigger' };
/** Under which name an expression finds them. */
const roots: Readonly<Record<ValueSectionName, string>> = { inputs: 'inputs', outputs: 'outputs', variables: 'vars', trigger: 'trigger' };

/** A run that sets none has the variables of its flow. */
export function valuesOf(execution: ExecutionHeader, section: ValueSectionName, flow: Flow | undefined): Readonly<Record<string, unknown>> {
  switch (section) {
    case 'inputs': return execution.inputs ?? {};
    case 'outputs': return execution.outputs ?? {};
    case 'variables': return execution.variables ?? flow?.variables ?? {};
    case 'trigger': return execution.trigger === undefined ? {} : { ...execution.trigger.variables, id: execution.trigger.id, type: execution.trigger.type };
    default: return never(section);
  }
}
function never(value: never): never {
  throw new Error(`not a section: ${String(value)}`);
}

export interface ValueSectionProps {
  readonly section: ValueSectionName;
  readonly execution: ExecutionHeader;
  readonly flow: Flow | undefined;
  readonly path: readonly string[];
  readonly place: Place;
  /** Said when there is nothing; without it the section is left out. */
  readonly empty: string | undefined;
}

export function ValueSection({ section, execution, flow, path, place, empty }: ValueSectionProps) {
  const values = valuesOf(execution, section, flow);
  const count = Object.keys(values).length;
  if (count === 0) return empty === undefined ? <></> : <Panel title={titles[section]} id={`values-${section}`}><p class="panel-body faint">{empty}</p></Panel>;
  const tree = treeOfValues(values);
  const found = path.length === 0 ? undefined : valueAt(tree, path);
  return (
    <Panel title={titles[section]} count={count} id={`values-${section}`}>
      <Cascader columns={columnsOf(tree, path)} path={path} label={titles[section]} id={`columns-${section}`} action="value" previews />
      {found === undefined ? null : <ValuePane found={found} path={path} expression={expressionOf(tree, path, roots[section])} place={place} executionId={execution.id} />}
    </Panel>
  );
}
