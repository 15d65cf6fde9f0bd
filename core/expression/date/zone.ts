// Time zones by name. Only this file and moment.ts know luxon.
import { FixedOffsetZone, IANAZone } from 'luxon';
import type { Zone } from 'luxon';

export type { Zone };

/** The zone of an IANA name, of an offset (`+02:00`) or of `UTC+2`; undefined when there is none. */
export function zoneNamed(name: string): Zone | undefined {
  if (name === 'Z' || name === 'UTC' || name === 'GMT' || name === 'UT') return FixedOffsetZone.utcInstance;
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?$/.exec(name);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    return minutes > 18 * 60 ? undefined : FixedOffsetZone.instance(offset[1] === '-' ? -minutes : minutes);
  }
  return ianaZone(name);
}

// Asking whether a zone exists costs 100 us; a server meets a handful of names. Bounded, because names come from users.
const knownZones = new Map<string, Zone | undefined>();
const knownZonesMax = 1000;

function ianaZone(name: string): Zone | undefined {
  if (knownZones.has(name)) return knownZones.get(name);
  if (knownZones.size >= knownZonesMax) knownZones.clear();
  const zone = IANAZone.isValidZone(name) ? IANAZone.create(name) : undefined;
  knownZones.set(name, zone);
  return zone;
}

/** `+02:00`, `Z` … in the widths of Java's letters X and x: 1 `+02`, 2 `+0200`, 3 `+02:00`. */
export function offsetText(offsetMinutes: number, width: number, zeroAsZ: boolean): string {
  if (offsetMinutes === 0 && zeroAsZ) return 'Z';
  const minutes = Math.abs(Math.trunc(offsetMinutes));
  const hour = String(Math.floor(minutes / 60)).padStart(2, '0');
  const minute = String(minutes % 60).padStart(2, '0');
  const sign = offsetMinutes < 0 ? '-' : '+';
  if (width === 1) return minute === '00' ? sign + hour : sign + hour + minute;
  return width === 2 || width === 4 ? sign + hour + minute : `${sign + hour}:${minute}`;
}
