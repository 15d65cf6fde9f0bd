/** Commands: commands, with PHP at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { php } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(php);
