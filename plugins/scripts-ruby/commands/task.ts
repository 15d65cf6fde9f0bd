/** Commands: commands, with Ruby at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { ruby } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(ruby);
