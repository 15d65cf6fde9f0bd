/** Commands: commands, with R at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { r } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(r);
