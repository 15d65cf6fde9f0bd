/** Cookies of this server, read and written. */
export const sessionCookie = 'ensemble-session';
export const visitorCookie = 'ensemble-visitor';

export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** HttpOnly: no script reads it. Lax: no other site's form or socket sends it. */
export const setCookie = (name: string, value: string, options: { readonly maxAgeSeconds: number; readonly secure: boolean }): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.maxAgeSeconds}${options.secure ? '; Secure' : ''}`;
