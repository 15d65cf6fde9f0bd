/** What expressions of a task may ask of the world: time, chance, secrets, KV, files, hashes. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { World } from '../../core/expression/world.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { FileStorage } from '../store/contract.ts';
import { decryptWith, encryptWith } from './encryption.ts';
import { createLocalFiles } from './local-files.ts';
import type { Mask } from './mask.ts';
import { readableFiles } from './readable-files.ts';

/** Thrown by an inline task's expression that asks for something slow; the task then runs in a thread. */
export class NeedsThread extends Error {
  constructor(what: string) {
    super(`${what} is not done in the engine's thread`);
    this.name = 'NeedsThread';
  }
}

/** The text of a secret; throws when there is none. */
export type Secrets = (key: string) => string;

export interface WorldServices {
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly friendlyId: () => string;
  readonly bytes: (count: number) => Uint8Array;
  readonly timeZone: string;
  readonly secrets: Secrets;
  /** The stored value; undefined when there is none or its time is over. */
  readonly kv: (tenant: string, namespace: string, key: string) => unknown;
  readonly storage: FileStorage;
  /** Folders below which `file:///` addresses may be read. Default: none. */
  readonly localPaths?: readonly string[];
  /** The id of the execution that started another one. */
  readonly startedBy?: (tenant: string, executionId: string) => string | undefined;
  readonly kvErrorOnMissing: boolean;
  /** A longer file is refused: `read()` gives a text, which has to fit in memory (and inline, in a moment). */
  readonly readBytesMax: number;
  /** Given for an inline task: called instead of doing something slow; throws. */
  readonly refuse?: (what: string) => never;
}

export function worldOf(services: WorldServices, execution: ExecutionRow, mask: Mask): World {
  const files = readableFiles({
    storage: services.storage, local: createLocalFiles(services.localPaths ?? []), execution,
    startedBy: (executionId) => services.startedBy?.(execution.tenant, executionId),
  });
  const existing = (path: string, namespace?: string): number => {
    const size = files.sizeBytes(files.uriOf(path, namespace));
    if (size === undefined) throw new Error(`There is no file "${path.slice(0, 300)}".`);
    return size;
  };
  return {
    nowMs: services.nowMs,
    // A task thread brings its own; where nothing may wait there are none.
    ...(services.refuse === undefined ? {} : { http: () => services.refuse?.('http()'), subflow: () => services.refuse?.('subflow()'), errorLogs: () => services.refuse?.('errorLogs()') ?? [] }),
    random: services.random,
    uuid: services.uuid,
    id: services.friendlyId,
    defaultTimeZone: services.timeZone,
    kvErrorOnMissing: services.kvErrorOnMissing,
    secret: (key) => {
      const secret = services.secrets(key);
      mask.add(secret);
      return secret;
    },
    kv: (key, namespace, errorOnMissing) => {
      const value = services.kv(execution.tenant, namespace ?? execution.namespace, key);
      if (value !== undefined) return value;
      if (errorOnMissing) throw new Error(`The key '${key}' does not exist in the namespace '${namespace ?? execution.namespace}'.`);
      return null;
    },
    read: (path, namespace) => {
      const size = existing(path, namespace);
      if (size > services.readBytesMax) {
        services.refuse?.(`reading ${size} bytes`);
        throw new Error(`The file "${path.slice(0, 300)}" has ${size} bytes: read() takes at most ${services.readBytesMax}. Let a script read it.`);
      }
      return new TextDecoder().decode(files.readSync(files.uriOf(path, namespace)));
    },
    fileSize: existing,
    fileExists: (path, namespace) => files.sizeBytes(files.uriOf(path, namespace)) !== undefined,
    fileURI: (path, namespace) => files.uriOf(path, namespace),
    encrypt: (key, plaintext) => encryptWith(key, plaintext, services.bytes),
    decrypt: decryptWith,
    hash: (algorithm, text) => createHash(algorithm).update(text, 'utf8').digest('hex'),
  };
}

/** Secrets from `SECRET_<NAME>` variables: base64, perhaps wrapped in lines. Names are compared in upper case. */
export function secretsOf(encoded: Readonly<Record<string, string>>): Secrets {
  const byName = new Map(Object.entries(encoded).map(([name, value]) => [name.toUpperCase().replace(/^SECRET_/, ''), value]));
  return (key) => {
    const value = byName.get(key.toUpperCase());
    if (value === undefined) throw new Error(`Cannot find secret for key '${key}'.`);
    return Buffer.from(value.replace(/\s+/g, ''), 'base64').toString('utf8');
  };
}
