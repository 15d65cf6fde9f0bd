/** Script: a whole Go script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { go } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(go);
