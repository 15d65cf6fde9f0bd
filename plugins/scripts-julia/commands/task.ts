/** Commands: commands, with Julia at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { julia } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(julia);
