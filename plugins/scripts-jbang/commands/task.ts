/** Commands: commands, with JBang at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { jbang } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(jbang);
