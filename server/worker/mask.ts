/** Hides the secrets of one task in everything it writes: one star per character, and long masks say what they are. */
const maskPrefix = '**masked*';
/** Lines of a multi-line secret are hidden by themselves only when they are long enough to mean something. */
const lineCharsMin = 8;
/** Shorter values of a JSON secret (true, EU, 443) would mask half of every log. */
const leafCharsMin = 4;

export interface Mask {
  add(secret: string): void;
  apply(text: string): string;
  /** Characters of the longest secret: what a splitter has to keep together. */
  longestChars(): number;
}

export function createMask(secrets: readonly string[]): Mask {
  // Longest first, so that a secret inside another does not leave the rest of the longer one visible.
  let known: { readonly secret: string; readonly stars: string }[] = [];
  const add = (secret: string): void => {
    const lines = secret.includes('\n') ? secret.split(/\r?\n/).filter((line) => line.trim().length >= lineCharsMin) : [];
    for (const text of [secret, ...lines, ...leavesOf(secret)]) {
      if (text.trim() === '' || known.some((entry) => entry.secret === text)) continue;
      known.push({ secret: text, stars: starsOf(text.length) });
    }
    known = known.sort((left, right) => right.secret.length - left.secret.length);
  };
  for (const secret of secrets) add(secret);
  return {
    add,
    apply: (text) => {
      let masked = text;
      for (const { secret, stars } of known) if (masked.includes(secret)) masked = masked.replaceAll(secret, () => stars);
      return masked;
    },
    longestChars: () => known[0]?.secret.length ?? 0,
  };
}

const starsOf = (length: number): string => (length < maskPrefix.length ? '*'.repeat(length) : maskPrefix + '*'.repeat(length - maskPrefix.length));

/** A secret that is a JSON document is mostly used in parts: `json(secret('x')).password` must not stand in a log either. */
function leavesOf(secret: string): readonly string[] {
  if (!/^\s*[[{]/.test(secret)) return [];
  const leaves: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') { if (value.length >= leafCharsMin) leaves.push(value); }
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) walk(one);
  };
  try {
    walk(JSON.parse(secret));
  } catch {
    // It only looked like JSON: then it is one text.
    return [];
  }
  return leaves;
}
