/** Script: a whole Node.js script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { node } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(node);
