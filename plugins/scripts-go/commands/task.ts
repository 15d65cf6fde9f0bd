/** Commands: commands, with Go at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { go } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(go);
