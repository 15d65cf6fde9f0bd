/** The group scripts.shell. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.shell',
  title: 'Shell',
  description: 'Runs shell commands and scripts, with files in and out, outputs and metrics.',
  category: 'SCRIPT',
};
