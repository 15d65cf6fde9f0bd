/** Commands: shell commands, one after the other. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { shell } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(shell);
