/** The group scripts.dotnet. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.dotnet',
  title: '.NET',
  description: 'Runs .NET scripts, and commands where .NET is at hand.',
  category: 'SCRIPT',
};
