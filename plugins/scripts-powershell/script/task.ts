/** Script: a whole PowerShell script as one text. */
import { scriptTask } from '../../sdk/script/definitions.ts';
import { powershell } from '../../sdk/script/languages.ts';

export const plugin = scriptTask(powershell);
