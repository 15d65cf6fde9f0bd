/** Commands: commands, with .NET at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { dotnet } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(dotnet);
