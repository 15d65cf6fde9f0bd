/** Script: a whole Bun script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { bun } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(bun);
