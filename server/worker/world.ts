/** What expressions of a task may ask of the world: time, chance, secrets, KV, files, hashes. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { World } from '../../core/expression/world.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { FileStorage } from '../store/contract.ts';
import { decryptWith, encryptWith } from './encryption.ts';
import type { Mask } from './mask.ts';
import { assertReadable, namespaceFileUri } from './storage-uri.ts';

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
  readonly kvErrorOnMissing: boolean;
  /** A longer file is refused: `read()` gives a text, which has to fit in memory (and inline, in a moment). */
  readonly readBytesMax: number;
  /** Given for an inline task: called instead of doing something slow; throws. */
  readonly refuse?: (what: string) => never;
}

export function worldOf(services: WorldServices, execution: ExecutionRow, mask: Mask): World {
  const { storage } = services;
  const uriOf = (path: string): string => {
    if (path.startsWith('nsfile:///')) return namespaceFileUri(execution.namespace, path.slice('nsfile:///'.length));
    if (!path.includes('://')) return namespaceFileUri(execution.namespace, path);
    return path;
  };
  const sizeOf = (path: string): number | undefined => {
    const uri = uriOf(path);
    assertReadable(uri, execution);
    return storage.sizeBytes(uri);
  };
  const existing = (path: string): number => {
    const size = sizeOf(path);
    if (size === undefined) throw new Error(`There is no file "${path.slice(0, 300)}".`);
    return size;
  };
  return {
    nowMs: services.nowMs,
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
      if (errorOnMissing) throw new Error(`The key "${key}" does not exist in the namespace "${namespace ?? execution.namespace}".`);
      return null;
    },
    read: (path) => {
      const size = existing(path);
      if (size > services.readBytesMax) {
        services.refuse?.(`reading ${size} bytes`);
        throw new Error(`The file "${path.slice(0, 300)}" has ${size} bytes: read() takes at most ${services.readBytesMax}. Let a script read it.`);
      }
      return new TextDecoder().decode(storage.readSync(uriOf(path)));
    },
    fileSize: existing,
    fileExists: (path) => sizeOf(path) !== undefined,
    fileURI: (path) => namespaceFileUri(execution.namespace, path),
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
