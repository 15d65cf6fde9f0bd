/** Script: a whole Julia script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { julia } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(julia);
