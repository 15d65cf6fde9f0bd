/** Who is this, may they. The only room that decides. */
export type { Access, Caller, Credentials, Identified } from './contract.ts';
export { createAccess, type AccessOptions, type AccessRoom, type Changed, type Granted } from './access.ts';
export type { AuditFilter, AuditRecord } from './audit.ts';
export { createPreferences, type PreferenceOptions, type PreferenceStore } from './preferences.ts';
export { cookieOf, sessionCookie, setCookie, visitorCookie } from './cookies.ts';
