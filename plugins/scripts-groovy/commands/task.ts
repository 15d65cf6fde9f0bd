/** Commands: commands, with Groovy at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { groovy } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(groovy);
