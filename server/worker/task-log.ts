/**
 * The log of one task run: drops lines below the task's level, hides secrets, splits long messages, and stops at a number of
 * bytes. Where the lines go (events, a file) is its owner's matter.
 */
import { Buffer } from 'node:buffer';
import { passesLevel, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Mask } from './mask.ts';

export interface TaskLogLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}

export interface TaskLog {
  log(level: LogLevel, message: string): void;
  /** Says how much was left out, if anything was. Call once, at the end. */
  finish(): void;
}

export interface TaskLogOptions {
  readonly minLevel: LogLevel | undefined;
  readonly mask: Mask;
  readonly nowMs: () => number;
  readonly write: (line: TaskLogLine) => void;
  readonly bytesMax?: number;
}

export function createTaskLog(options: TaskLogOptions): TaskLog {
  const bytesMax = options.bytesMax ?? limits.logBytesPerTaskRunMax;
  let bytes = 0;
  let dropped = 0;
  let droppedBytes = 0;
  return {
    log: (level, message) => {
      if (options.minLevel !== undefined && !passesLevel(level, options.minLevel)) return;
      if (dropped > 0 && level !== 'ERROR') {
        dropped += 1;
        droppedBytes += message.length;
        return;
      }
      const size = Buffer.byteLength(message);
      // Errors still get through when the log is full, in reason: they say why the task ended.
      if (bytes + size > bytesMax + (level === 'ERROR' ? limits.logMessageCharsMax * 4 : 0)) {
        dropped += 1;
        droppedBytes += size;
        return;
      }
      bytes += size;
      const atMs = options.nowMs();
      const masked = options.mask.apply(message);
      // As in Kestra, the pieces of a long message are a millisecond apart, so that their order survives sorting.
      for (const [index, piece] of pieces(masked).entries()) options.write({ atMs: atMs + index, level, message: piece });
    },
    finish: () => {
      if (dropped > 0) options.write({ atMs: options.nowMs(), level: 'WARN', message: `The log of this task run is full at ${bytesMax} bytes: ${dropped} more lines (${droppedBytes} bytes) were left out.` });
    },
  };
}

function pieces(message: string): readonly string[] {
  if (message.length <= limits.logMessageCharsMax) return [message];
  const all: string[] = [];
  for (let at = 0; at < message.length; ) {
    let end = Math.min(at + limits.logMessageCharsMax, message.length);
    // Never between the halves of a character beyond the basic plane.
    if (end < message.length && /[\uD800-\uDBFF]/.test(message.charAt(end - 1))) end -= 1;
    all.push(message.slice(at, end));
    at = end;
  }
  return all;
}
