// Words of the calendar by locale, and the formats of styles. Making them asks ICU, which takes 50 to 100 us; a server meets a handful.
import { Info } from 'luxon';

/** Which words: months and weekdays have a form that stands alone and one inside a date. */
export type WordKind = 'months' | 'monthsInDate' | 'weekdays' | 'weekdaysInDate' | 'meridiems' | 'eras';

/** How long a word is. */
export type WordLength = 'long' | 'short' | 'narrow';

const keptMax = 500;
const words = new Map<string, readonly string[]>();
const styles = new Map<string, Intl.DateTimeFormat>();

/** The words of a kind in a locale; throws RangeError for a locale that is none. */
export function calendarWords(kind: WordKind, length: WordLength, locale: string): readonly string[] {
  return kept(words, `${kind} ${length} ${locale}`, () => wordsOf(kind, length, locale));
}

/** The format of a style in a locale and zone; throws RangeError for a locale that is none. */
export function styledFormat(locale: string, dateStyle: 'full' | 'long' | 'medium' | 'short', timeStyle: 'full' | 'long' | 'medium' | 'short', timeZone: string): Intl.DateTimeFormat {
  return kept(styles, `${dateStyle} ${timeStyle} ${timeZone} ${locale}`, () => new Intl.DateTimeFormat(locale, { dateStyle, timeStyle, timeZone }));
}

function wordsOf(kind: WordKind, length: WordLength, locale: string): readonly string[] {
  switch (kind) {
    case 'months': return Info.months(length, { locale });
    case 'monthsInDate': return Info.monthsFormat(length, { locale });
    case 'weekdays': return Info.weekdays(length, { locale });
    case 'weekdaysInDate': return Info.weekdaysFormat(length, { locale });
    case 'meridiems': return Info.meridiems({ locale });
    case 'eras': return Info.eras(length === 'narrow' ? 'short' : length, { locale });
  }
}

/** Bounded, because locales and zones come from users. */
function kept<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (known.size >= keptMax) known.clear();
  known.set(key, made);
  return made;
}
