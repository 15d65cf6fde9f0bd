/** Script: a whole .NET script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { dotnet } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(dotnet);
