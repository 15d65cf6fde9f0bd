/** What a trigger is and does, in words. Pure. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { cronWords } from '../../components/time/cron-words.ts';
import type { IconName } from '../../theme/icons.ts';

export const kindIcons: Readonly<Record<Trigger['kind'], IconName>> = { SCHEDULE: 'clock', POLLING: 'search', REALTIME: 'triggers', WEBHOOK: 'webhook', FLOW: 'flows' };

export const triggerRowId = (row: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>): string => `trigger-${row.namespace}-${row.flowId}-${row.triggerId}`.replaceAll('.', '-');
export const triggerKey = (row: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>): string => JSON.stringify([row.namespace, row.flowId, row.triggerId]);

export interface TriggerAddress {
  readonly namespace: string;
  readonly flowId: string;
  readonly triggerId: string;
}

export function addressOf(key: string): TriggerAddress {
  const parts: unknown = JSON.parse(key);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every((part) => typeof part === 'string')) throw new Error(`Not the key of a trigger: ${key}`);
  return { namespace: String(parts[0]), flowId: String(parts[1]), triggerId: String(parts[2]) };
}

/** What it does in words: the cron sentence with its zone, or the kind. */
export function startsWords(row: Pick<Trigger, 'kind' | 'cron' | 'timezone' | 'type'>): string {
  if (row.cron !== undefined) return `${cronWords(row.cron)}${row.timezone === undefined ? '' : `, ${row.timezone}`}`;
  switch (row.kind) {
    case 'SCHEDULE': return 'At certain dates';
    case 'POLLING': return 'When it finds something';
    case 'REALTIME': return 'With each message';
    case 'WEBHOOK': return 'When its address is called';
    case 'FLOW': return 'After other flows';
    default: return never(row.kind);
  }
}

export const isOn = (row: Trigger): boolean => !row.disabled && !row.sourceDisabled && row.sourceMissing !== true;

/** How far a backfill has come, in whole percent. */
export function backfillPercent(backfill: NonNullable<Trigger['backfill']>): number {
  const [start, end, current] = [Date.parse(backfill.start), Date.parse(backfill.end), Date.parse(backfill.currentDate)];
  return end <= start ? 100 : Math.max(0, Math.min(100, Math.floor(((current - start) / (end - start)) * 100)));
}

function never(value: never): never {
  throw new Error(`not a kind of trigger: ${String(value)}`);
}
