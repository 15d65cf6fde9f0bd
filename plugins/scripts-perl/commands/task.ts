/** Commands: commands, with Perl at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { perl } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(perl);
