/** Script: a whole Lua script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { lua } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(lua);
