/** What log lines are filtered by. Pure. */
import { logLevels } from '../../../core/protocol/entities/log-entry.ts';
import { datesField, namespaceOptions, relativeField, type FilterField } from '../../components/filter-bar/filters.ts';

export const logFields = (namespaces: readonly string[], ofFlow: boolean): readonly FilterField[] => [
  { name: 'minLevel', title: 'level', comparator: 'at least', preset: 'INFO', options: [...logLevels].reverse().map((level) => ({ value: level, text: level })) },
  ...(ofFlow ? [] : [
    { name: 'namespace', title: 'namespace', comparator: 'starts with', options: namespaceOptions(namespaces) },
    { name: 'flowId', title: 'flow', comparator: 'is', placeholder: 'its id' },
  ]),
  { name: 'triggerId', title: 'trigger', comparator: 'is', placeholder: 'its id' },
  { ...relativeField, preset: 'P7D' },
  datesField,
];

/** Lists of log lines have no columns to choose. */
export const logColumns = { all: [], first: [] } as const;
export const logListOf = (ofFlow: boolean): string => (ofFlow ? 'flow-logs' : 'logs');
