/** Script: a whole Groovy script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { groovy } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(groovy);
