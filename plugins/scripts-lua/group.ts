/** The group scripts.lua. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.lua',
  title: 'Lua',
  description: 'Runs Lua scripts, and commands where Lua is at hand.',
  category: 'SCRIPT',
};
