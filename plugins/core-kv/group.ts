/** The group core.kv. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.kv',
  title: 'KV pairs',
  description: 'Values that namespaces keep between executions, by key.',
  category: 'CORE',
};
