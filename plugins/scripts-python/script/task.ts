/** Script: a whole Python script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { python } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(python);
