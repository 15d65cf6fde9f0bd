/** Script: a whole Ruby script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { ruby } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(ruby);
