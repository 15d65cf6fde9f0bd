/** What the browser knows of the world: clock, timers, chance, storage. The only place that asks for it. */
export type { Clock, Timers, Release, Storage } from './contract.ts';
export { chance, clock, timers, zone } from './browser.ts';
export { cookieStorage, sessionStore, localStore } from './storage.ts';
