/** Commands: commands, with PowerShell at hand. */
import { commandsTask } from '../../sdk/script/definitions.ts';
import { powershell } from '../../sdk/script/languages.ts';

export const plugin = commandsTask(powershell);
