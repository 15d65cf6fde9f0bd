import type { Storage } from './contract.ts';

/** A browser may refuse storage (private windows, full disks): then a preference is forgotten, and nothing else happens. */
function storageOf(area: () => globalThis.Storage): Storage {
  return {
    read(key) {
      try {
        return area().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(key, value) {
      try {
        area().setItem(key, value);
      } catch {
        // Forgotten at the next visit: the page still works without it.
      }
    },
    remove(key) {
      try {
        area().removeItem(key);
      } catch {
        // Nothing was kept, so nothing has to go.
      }
    },
  };
}

export const localStore = storageOf(() => localStorage);
export const sessionStore = storageOf(() => sessionStorage);

/** Preferences that the server must know before it renders (theme, rail, zone) travel as a cookie, so that nothing flashes. */
export const cookieStorage: Storage = {
  read(key) {
    for (const part of document.cookie.split('; ')) {
      if (part.startsWith(`${key}=`)) return decodeURIComponent(part.slice(key.length + 1));
    }
    return undefined;
  },
  write(key, value) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and not in every browser; this is the one place that writes cookies
    document.cookie = `${key}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax`;
  },
  remove(key) {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and not in every browser; this is the one place that writes cookies
    document.cookie = `${key}=; Path=/; Max-Age=0; SameSite=Lax`;
  },
};
