/** Commands: commands, with Lua at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { lua } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(lua);
