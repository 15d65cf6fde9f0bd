/** Has the person left single keys on? Pages with keys of their own ask at each key, as the shell does. */
import { cookieStorage } from '../../ambient/index.ts';
import { lookCookie, parseLook } from './look.ts';

export const lettersOn = (): boolean => parseLook(cookieStorage.read(lookCookie)).letters === 'on';
