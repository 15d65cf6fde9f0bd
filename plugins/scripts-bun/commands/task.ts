/** Commands: commands, with Bun at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { bun } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(bun);
