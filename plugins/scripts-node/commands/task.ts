/** Commands: commands, with Node.js at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { node } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(node);
