/** The group test. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'test',
  title: 'Test tasks',
  description: 'Tasks that exist only to test the engine. There when ENSEMBLE_TEST_PLUGINS=1.',
  category: 'TEST',
  testOnly: true,
};
