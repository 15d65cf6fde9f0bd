/** Script: a whole R script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { r } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(r);
