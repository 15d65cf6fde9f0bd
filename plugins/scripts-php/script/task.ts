/** Script: a whole PHP script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { php } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(php);
