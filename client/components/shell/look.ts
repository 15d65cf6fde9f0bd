/** What a reader chose about the look. It travels as one cookie, so that the server's first byte is right already. Pure. */

export interface Look {
  readonly theme: 'system' | 'light' | 'dark';
  readonly rail: 'wide' | 'narrow';
  readonly density: 'regular' | 'compact' | 'roomy';
  /** Single letters as shortcuts; switched off for people who speak or use a switch. */
  readonly letters: 'on' | 'off';
  /** The reader's time zone. */
  readonly zone: string;
}

export const lookCookie = 'ensemble-look';
export const defaultLook: Look = { theme: 'system', rail: 'wide', density: 'regular', letters: 'on', zone: 'UTC' };

/** Reads the value of the cookie; whatever is unknown in it is the default. */
export function parseLook(text: string | undefined): Look {
  const given = new URLSearchParams(text ?? '');
  const one = <Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word => words.find((word) => word === given.get(name)) ?? otherwise;
  return {
    theme: one('theme', ['system', 'light', 'dark'], 'system'),
    rail: one('rail', ['wide', 'narrow'], 'wide'),
    density: one('density', ['regular', 'compact', 'roomy'], 'regular'),
    letters: one('letters', ['on', 'off'], 'on'),
    zone: /^[A-Za-z0-9_+/-]{1,64}$/.test(given.get('zone') ?? '') ? given.get('zone') ?? 'UTC' : 'UTC',
  };
}

export const lookText = (look: Look): string => new URLSearchParams({ ...look }).toString();

/** The look of a whole Cookie header. */
export function lookOfCookies(header: string | undefined): Look {
  for (const part of (header ?? '').split(/;\s*/)) {
    if (!part.startsWith(`${lookCookie}=`)) continue;
    try {
      return parseLook(decodeURIComponent(part.slice(lookCookie.length + 1)));
    } catch {
      return defaultLook;
    }
  }
  return defaultLook;
}
