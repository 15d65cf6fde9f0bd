/** Script: a whole Deno script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { deno } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(deno);
