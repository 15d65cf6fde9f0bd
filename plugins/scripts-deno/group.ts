/** The group scripts.deno. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.deno',
  title: 'Deno',
  description: 'Runs Deno scripts, and commands where Deno is at hand.',
  category: 'SCRIPT',
};
