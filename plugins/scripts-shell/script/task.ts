/** Script: a whole shell script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { shell } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(shell);
