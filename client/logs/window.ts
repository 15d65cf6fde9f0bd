/**
 * The part of a log that is in the page: consecutive matching lines by position, and how far the log was read for them. Pure, so that
 * a log of millions of lines is a few rules here and a few elements in the page.
 */
import type { LogEntry } from '../../core/protocol/entities/log-entry.ts';
import type { LogsTopicState } from '../../core/protocol/topics.ts';

export interface LogWindow {
  readonly lines: readonly LogEntry[];
  /** No matching line comes before the first one. */
  readonly atStart: boolean;
  /** Every matching line below position `readTo` that comes after the last one is here: what arrives is appended. */
  readonly atEnd: boolean;
  /** The positions below this were looked at; only meaningful at the end. */
  readonly readTo: number;
}

/** What changes in the page: lines added and taken away at either end. */
export interface WindowChange {
  readonly window: LogWindow;
  readonly added: readonly LogEntry[];
  /** How many were let go at the other end. */
  readonly dropped: number;
}

/** More lines than fit on a screen many times over; a scroll to either end loads on. */
export const windowLinesMax = 900;

export const positionOf = (entry: LogEntry | undefined): number => entry?.position ?? -1;
export const firstPosition = (window: LogWindow): number => positionOf(window.lines[0]);
export const lastPosition = (window: LogWindow): number => positionOf(window.lines[window.lines.length - 1]);

/** A page that was read back from the end. */
export function windowAtEnd(lines: readonly LogEntry[], options: { readonly total: number; readonly asked: number }): LogWindow {
  const kept = lines.slice(-windowLinesMax);
  return { lines: kept, atStart: lines.length < options.asked && kept.length === lines.length, atEnd: true, readTo: options.total };
}

/** Two pages around a place: the lines before it and from it on. */
export function windowAround(before: readonly LogEntry[], after: readonly LogEntry[], options: { readonly total: number; readonly asked: number }): LogWindow {
  return { lines: [...before, ...after], atStart: before.length < options.asked, atEnd: after.length < options.asked, readTo: options.total };
}

/** So much of the tail is drawn at once: drawing all that a window may hold would be felt. */
export const tailLinesShown = 300;

/** The topic's tail as a window, when nothing is filtered. */
export const windowOfTail = (state: Pick<LogsTopicState, 'first' | 'lines' | 'total'>): LogWindow => ({ lines: state.lines.slice(-tailLinesShown), atStart: state.first === 0 && state.lines.length <= tailLinesShown, atEnd: true, readTo: state.total });

export function prepended(window: LogWindow, older: readonly LogEntry[], asked: number): WindowChange {
  const first = firstPosition(window);
  const added = first < 0 ? older : older.filter((entry) => positionOf(entry) < first);
  const all = [...added, ...window.lines];
  const dropped = Math.max(0, all.length - windowLinesMax);
  return { window: { lines: all.slice(0, all.length - dropped), atStart: older.length < asked, atEnd: window.atEnd && dropped === 0, readTo: window.readTo }, added, dropped };
}

export function appended(window: LogWindow, newer: readonly LogEntry[], options: { readonly total: number; readonly asked: number }): WindowChange {
  const last = lastPosition(window);
  const added = newer.filter((entry) => positionOf(entry) > last);
  return { ...grown(window, added), window: { ...grown(window, added).window, atEnd: newer.length < options.asked, readTo: options.total } };
}

/**
 * Lines of the topic's tail that are not in the page yet. `gap`: so much has arrived that some of it is no longer in the tail, so the
 * end has to be read anew.
 */
export function arrived(window: LogWindow, state: LogsTopicState, matches: (entry: LogEntry) => boolean): { readonly type: 'gap' } | { readonly type: 'lines'; readonly lines: readonly LogEntry[] } {
  if (state.first > window.readTo) return { type: 'gap' };
  return { type: 'lines', lines: state.lines.filter((entry) => positionOf(entry) >= window.readTo && matches(entry)) };
}

/** Lines that arrived at the end of a window that stands there. */
export function grown(window: LogWindow, added: readonly LogEntry[], readTo = window.readTo): WindowChange {
  const all = [...window.lines, ...added];
  const dropped = Math.max(0, all.length - windowLinesMax);
  return { window: { lines: all.slice(dropped), atStart: window.atStart && dropped === 0, atEnd: window.atEnd, readTo }, added, dropped };
}
