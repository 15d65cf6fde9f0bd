/**
 * Texts at rest that only expressions may read: AES-256-GCM, written as base64 of nonce (12 bytes), cipher text and tag
 * (16 bytes), inside `{"type":"io.kestra.datatype:aes_encrypted","value":…}`. The same form serves `encrypt()` of expressions.
 */
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export const encryptedType = 'io.kestra.datatype:aes_encrypted';
const nonceBytes = 12;
const tagBytes = 16;
const keyCharsMin = 16;

export interface EncryptedText {
  readonly type: typeof encryptedType;
  readonly value: string;
}

export interface Encryption {
  /** False when the server has no key: then wrapped texts hold the plain text, and SECRET inputs are refused. */
  readonly configured: boolean;
  wrap(plaintext: string): EncryptedText & Readonly<Record<string, unknown>>;
  unwrap(encrypted: EncryptedText): string;
  /** The value with every encrypted text inside replaced by its plain text; `onSecret` hears each, for masking. The same value when there is none. */
  unwrapDeep(value: unknown, onSecret: (plaintext: string) => void): unknown;
}

/** `key`: base64 of 16, 24 or 32 bytes is the key itself; any other text of 16 characters or more is hashed to one. */
export function createEncryption(key: string | undefined, bytes: (count: number) => Uint8Array = randomBytes): Encryption {
  const secret = key === undefined || key.trim() === '' ? undefined : keyBytes(key.trim(), 'The encryption key of the server (ENSEMBLE_ENCRYPTION_KEY or encryptionKey)');
  const unwrap = (encrypted: EncryptedText): string => (secret === undefined ? encrypted.value : opened(secret, encrypted.value));
  const unwrapDeep = (value: unknown, onSecret: (plaintext: string) => void): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isEncryptedText(value)) {
      const plaintext = unwrap(value);
      onSecret(plaintext);
      return plaintext;
    }
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => unwrapDeep(item, onSecret));
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    const entries = Object.entries(value);
    const members = entries.map(([name, item]): [string, unknown] => [name, unwrapDeep(item, onSecret)]);
    return members.some(([, item], index) => item !== entries[index]?.[1]) ? Object.fromEntries(members) : value;
  };
  return {
    configured: secret !== undefined,
    wrap: (plaintext) => ({ type: encryptedType, value: secret === undefined ? plaintext : sealed(secret, plaintext, bytes) }),
    unwrap,
    unwrapDeep,
  };
}

export function isEncryptedText(value: unknown): value is EncryptedText {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === encryptedType && 'value' in value && typeof value.value === 'string';
}

/** `encrypt(key, plaintext)` of expressions. */
export const encryptWith = (key: string, plaintext: string, bytes: (count: number) => Uint8Array = randomBytes): string => sealed(keyBytes(key.trim(), 'The key given to encrypt()'), plaintext, bytes);
/** `decrypt(key, encrypted)` of expressions. */
export const decryptWith = (key: string, encrypted: string): string => opened(keyBytes(key.trim(), 'The key given to decrypt()'), encrypted);

function keyBytes(key: string, what: string): Uint8Array {
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(key)) {
    const decoded = Buffer.from(key, 'base64');
    if (decoded.byteLength === 16 || decoded.byteLength === 24 || decoded.byteLength === 32) return decoded;
  }
  if (key.length < keyCharsMin) throw new Error(`${what} has ${key.length} characters: expected base64 of 16, 24 or 32 random bytes (openssl rand -base64 32), or a text of ${keyCharsMin} characters or more.`);
  return createHash('sha256').update(key, 'utf8').digest();
}

const algorithmOf = (key: Uint8Array) => `aes-${key.byteLength === 16 ? 128 : key.byteLength === 24 ? 192 : 256}-gcm` as const;

function sealed(key: Uint8Array, plaintext: string, bytes: (count: number) => Uint8Array): string {
  const nonce = bytes(nonceBytes);
  const cipher = createCipheriv(algorithmOf(key), key, nonce, { authTagLength: tagBytes });
  return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function opened(key: Uint8Array, encrypted: string): string {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.byteLength < nonceBytes + tagBytes) throw new Error('The encrypted text cannot be read: it is too short to be one.');
  const decipher = createDecipheriv(algorithmOf(key), key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(bytes.byteLength - tagBytes));
  try {
    return decipher.update(bytes.subarray(nonceBytes, bytes.byteLength - tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new Error('The encrypted text cannot be read: it was changed, or encrypted with another key.', { cause });
  }
}
