/** KV pairs of namespaces, as tasks and the API speak of them. */
export const kvTypes = ['STRING', 'NUMBER', 'BOOLEAN', 'DATETIME', 'DATE', 'DURATION', 'JSON'] as const;
export type KvType = (typeof kvTypes)[number];
export const isKvType = (text: string): text is KvType => (kvTypes as readonly string[]).includes(text);

export const kvKeyPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;
/** What is wrong with a key, in a sentence; undefined when nothing is. */
export const kvKeyProblem = (key: string): string | undefined =>
  (kvKeyPattern.test(key) ? undefined : `KV key "${key.slice(0, 200)}" must begin with a letter or digit, hold only letters, digits, ".", "_" and "-", and have at most 255 characters`);

/** A pair without its value: lists never show values. */
export interface KvEntry {
  readonly key: string;
  readonly namespace: string;
  readonly creationDate: string;
  readonly updateDate: string;
  readonly expirationDate?: string;
  readonly description?: string;
}

/** A living pair with its value. */
export interface KvPair {
  readonly key: string;
  readonly type: KvType;
  readonly value: unknown;
}
