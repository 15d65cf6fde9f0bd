/** The group scripts.perl. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.perl',
  title: 'Perl',
  description: 'Runs Perl scripts, and commands where Perl is at hand.',
  category: 'SCRIPT',
};
