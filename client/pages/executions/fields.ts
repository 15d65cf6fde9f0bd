/** What executions are filtered by. Pure. */
import { stateTypes } from '../../../core/protocol/states.ts';
import { datesField, namespaceOptions, relativeField, type FilterField } from '../../components/filter-bar/filters.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';

export const labelField: FilterField = { name: 'labels', title: 'label', comparator: 'has', many: true, others: [{ op: 'NOT_EQUALS', words: 'has not' }], placeholder: 'key:value' };

const choice = [{ op: 'NOT_IN', words: 'not in', many: true }] as const;
const name = [{ op: 'EQUALS', words: 'is' }, { op: 'NOT_EQUALS', words: 'is not' }, { op: 'CONTAINS', words: 'contains' }, { op: 'STARTS_WITH', words: 'begins with' }, { op: 'ENDS_WITH', words: 'ends with' }] as const;

export function executionFields(namespaces: readonly string[], ofFlow: boolean): readonly FilterField[] {
  return [
    { name: 'state', title: 'state', comparator: 'in', many: true, others: choice, options: stateTypes.map((state) => ({ value: state, text: stateWord(state) })) },
    ...(ofFlow ? [] : [
      { name: 'namespace', title: 'namespace', comparator: 'starts with', others: name, options: namespaceOptions(namespaces) },
      { name: 'flowId', title: 'flow', comparator: 'is', others: name.slice(1), placeholder: 'its id' },
      { name: 'scope', title: 'scope', comparator: 'in', many: true, preset: 'USER', options: [{ value: 'USER', text: 'user' }, { value: 'SYSTEM', text: 'system' }] },
    ]),
    { ...relativeField, preset: 'P30D' },
    datesField,
    labelField,
    { name: 'childFilter', title: 'child', comparator: 'is', options: [{ value: 'MAIN', text: 'started by itself' }, { value: 'CHILD', text: 'started by another execution' }] },
    { name: 'triggerExecutionId', title: 'started by', comparator: 'is', placeholder: 'id of an execution' },
  ];
}
