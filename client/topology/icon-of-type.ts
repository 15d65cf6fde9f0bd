/** The drawing that stands for a type: by its own words, so that a new plugin gets a fitting one without a table. */
import type { IconName } from '../theme/icons.ts';

const byWord: readonly (readonly [RegExp, IconName])[] = [
  [/notif|slack|discord|teams|mail/i, 'task-notify'],
  [/Schedule/, 'clock'],
  [/Webhook/, 'webhook'],
  [/\.trigger\./, 'triggers'],
  [/Pause|Sleep|Wait/, 'pause'],
  [/ForEach|Each|Loop/, 'task-loop'],
  [/\.(If|Switch|Dag|Parallel|Sequential|AllowFailure)$/, 'task-branch'],
  [/Subflow|\.Flow$|Templat/, 'task-flow'],
  [/WorkingDirectory|serdes|Files$/, 'file'],
  [/http/i, 'task-http'],
  [/script|shell|python|node|bash|runner/i, 'task-script'],
  [/jdbc|sql|postgres|mysql|duckdb/i, 'task-sql'],
  [/Log|Echo|\.log\./, 'logs'],
  [/Fail|Assert/, 'task-check'],
  [/Labels/, 'tag'],
  [/output|debug|storage|kv|state|Variables/i, 'task-store'],
  [/\.condition\./, 'filter'],
  [/\.execution\./, 'executions'],
];

export function iconOfType(type: string): IconName {
  return byWord.find(([pattern]) => pattern.test(type))?.[1] ?? 'plugins';
}

/** The last word of a type name, in which people speak of it. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf('.') + 1);
