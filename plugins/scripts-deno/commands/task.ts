/** Commands: commands, with Deno at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { deno } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(deno);
