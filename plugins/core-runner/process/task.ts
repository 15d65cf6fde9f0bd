/** Process: the commands of a script run on the server's machine. */
import { taskRunner } from '../../sdk/index.ts';
import { properties } from '../../sdk/schema.ts';
import { openProcessPlace } from '../../sdk/script/runner.ts';

export const plugin = taskRunner({
  type: 'io.kestra.plugin.core.runner.Process',
  title: 'Run on this machine',
  description: 'Runs the commands as a process of the machine the server runs on, in a directory of their own and in their own process group. Of the server\'s environment they see only PATH, HOME, LANG, TZ and TMPDIR: no secrets, no keys.',
  properties: properties({}),
  open: openProcessPlace,
});
