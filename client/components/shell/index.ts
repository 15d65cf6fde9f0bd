/** What the server's pages need of the shell. */
export { renderPage } from './document.tsx';
export { lookCookie, lookOfCookies, parseLook, defaultLook, type Look } from './look.ts';
export { nobody } from './present.ts';
export type { ShellData } from './shell.tsx';
