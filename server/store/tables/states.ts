/** States: maps that a flow's tasks keep between executions (`state.Set`), of the flow itself or of its namespace. */
import { createHash } from 'node:crypto';
import type { Reader, Write } from '../contract.ts';
import { engineKeys } from '../keys.ts';

export interface StateOwner {
  readonly tenant: string;
  readonly namespace: string;
  /** Empty: of the whole namespace. */
  readonly flowId: string;
  readonly name: string;
  /** Of a task run in a loop, when each value has a state of its own. */
  readonly value?: string;
}

export interface StateRow {
  readonly data: Readonly<Record<string, unknown>>;
  readonly updatedAtMs: number;
}

const plainNamePattern = /^[\w.-]{1,100}$/;

/** The last part of a state's key, and the output `key` of its tasks. Names and values are anybody's texts: what is no plain name goes in as its hash. */
export const stateKeyOf = ({ name, value }: Pick<StateOwner, 'name' | 'value'>): string => `${plainOf(name)}${value === undefined ? '' : `:${plainOf(value)}`}`;

const plainOf = (text: string): string => (plainNamePattern.test(text) ? text : createHash('sha256').update(text).digest('hex').slice(0, 32));
const keyOf = (owner: StateOwner) => engineKeys.state(owner.tenant, owner.namespace, owner.flowId, stateKeyOf(owner));

export const loadState = (reader: Pick<Reader, 'get'>, owner: StateOwner): StateRow | undefined => reader.get<StateRow>(keyOf(owner));
export const stateWrite = (owner: StateOwner, row: StateRow): Write => ({ type: 'put', key: keyOf(owner), value: row });
export const stateRemoval = (owner: StateOwner): Write => ({ type: 'remove', key: keyOf(owner) });
