/** Commands: commands, with Python at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { python } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(python);
