/** Script: a whole Perl script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { perl } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(perl);
