/** The group scripts.powershell. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.powershell',
  title: 'PowerShell',
  description: 'Runs PowerShell scripts, and commands where PowerShell is at hand.',
  category: 'SCRIPT',
};
