/** Who did what, what was refused too. A row holds names and ids, never a value that somebody typed into a form. */
import type { AuditEntry, Participant } from '../../core/protocol/entities/participant.ts';
import type { Page } from '../../core/protocol/operation.ts';
import { isoText } from '../../core/protocol/time.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Environment } from '../store/contract.ts';
import { frontKeys } from '../store/keys.ts';
import type { Caller } from './contract.ts';
import type { AuditRow } from './rows.ts';

export interface AuditRecord {
  /** Undefined when nobody is known yet: a failed login, a webhook. */
  readonly caller: Pick<Caller, 'address' | 'door'> & { readonly participant: Pick<Participant, 'id' | 'name' | 'kind'> } | undefined;
  readonly operation: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly outcome: AuditEntry['outcome'];
  readonly reason?: string;
  readonly address?: string;
  readonly door?: AuditEntry['door'];
}

export interface AuditFilter {
  readonly q?: string;
  readonly participant?: string;
  readonly operation?: string;
  readonly page: number;
  readonly size: number;
}

export interface Audit {
  record(record: AuditRecord): void;
  list(filter: AuditFilter): Page<AuditEntry>;
}

const nobody: Pick<Participant, 'id' | 'name' | 'kind'> = { id: 'unknown', name: 'Unknown', kind: 'visitor' };
/** A filter reads at most so many rows back, about 100 ms of the loop. */
const scannedMax = 50_000;
const subjectCharsMax = 300;

export function createAudit(options: { readonly front: Environment; readonly ambient: Ambient; readonly tenant: string }): Audit {
  const { front, ambient, tenant } = options;
  let sequence = 0;
  return {
    record: ({ caller, operation, subject, outcome, reason, address, door }) => {
      const atMs = ambient.clock.nowMs();
      sequence += 1;
      const participant = caller?.participant ?? nobody;
      const from = caller?.address ?? address;
      const row: AuditRow = {
        id: `${atMs}-${sequence}`, at: isoText(atMs), participant: { id: participant.id, name: participant.name, kind: participant.kind }, operation,
        door: door ?? caller?.door ?? 'rest',
        subject: Object.fromEntries(Object.entries(subject).map(([name, value]) => [name, value.slice(0, subjectCharsMax)])), outcome,
        ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }), ...(from === undefined ? {} : { address: from }),
      };
      // The answer does not wait for it: it shares the commit of the turn. A store that refuses has already said so to the operation.
      front.write([{ type: 'put', key: frontKeys.audit(tenant, atMs, sequence), value: row }]).committed.catch((error: unknown) => ambient.logger.error('an audit row was not written', { error, operation }));
    },
    list: (filter) => {
      const prefix = [tenant, 'audit'];
      const offset = (filter.page - 1) * filter.size;
      const filtered = filter.q !== undefined || filter.participant !== undefined || filter.operation !== undefined;
      if (!filtered) {
        const results: AuditEntry[] = [];
        for (const { value } of front.range<AuditRow>({ prefix, reverse: true, offset, limit: filter.size })) results.push(value);
        return { results, total: front.count({ prefix }) };
      }
      const matching: AuditEntry[] = [];
      for (const { value } of front.range<AuditRow>({ prefix, reverse: true, limit: scannedMax })) if (matches(value, filter)) matching.push(value);
      return { results: matching.slice(offset, offset + filter.size), total: matching.length };
    },
  };
}

function matches(row: AuditRow, filter: AuditFilter): boolean {
  if (filter.participant !== undefined && row.participant.id !== filter.participant && row.participant.name !== filter.participant) return false;
  if (filter.operation !== undefined && row.operation !== filter.operation && !row.operation.startsWith(`${filter.operation}.`)) return false;
  const text = filter.q?.trim().toLowerCase() ?? '';
  return text === '' || `${row.participant.name}\n${row.operation}\n${Object.values(row.subject).join('\n')}\n${row.reason ?? ''}`.toLowerCase().includes(text);
}
