/** Script: a whole JBang script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { jbang } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(jbang);
