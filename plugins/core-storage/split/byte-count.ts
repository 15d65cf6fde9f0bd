/** Sizes as people write them: `500`, `10KB`, `1.5 MB`. A kilobyte has 1024 bytes. */
import { clipped, TaskFailure } from '../../sdk/values.ts';

const units: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, KB: 1024, KIB: 1024, M: 1024 ** 2, MB: 1024 ** 2, MIB: 1024 ** 2, G: 1024 ** 3, GB: 1024 ** 3, GIB: 1024 ** 3 };

export function bytesOf(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = match === null ? undefined : units[(match[2] ?? '').toUpperCase()];
  const bytes = match === null || factor === undefined ? 0 : Math.floor(Number(match[1]) * factor);
  if (bytes < 1) throw new TaskFailure(`The property "bytes" is "${clipped(text)}": expected a size such as 10MB.`);
  return bytes;
}
