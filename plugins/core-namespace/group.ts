/** The group core.namespace. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.namespace',
  title: 'Namespace files',
  description: 'Files that belong to a namespace: upload, download, delete.',
  category: 'CORE',
};
