// What an expression may ask of the world. The caller brings it; this folder reads neither clock nor chance nor disk.

/** Where the time comes from. */
export interface Clock {
  nowMs(): number;
}

/** What `http()` asks for. */
export interface HttpCall {
  readonly uri: string;
  /** Upper case; default GET. */
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What `subflow()` starts. */
export interface SubflowCall {
  readonly namespace: string;
  readonly flowId: string;
  readonly revision?: number;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Digests that `World.hash` has to know. */
export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';

/**
 * What functions that need the world may use, all synchronous. A member that is absent makes its function fail with a sentence.
 * A member may throw any Error: its message becomes that of the ExpressionError.
 */
export interface World {
  /** Milliseconds since 1970, for `now()`. */
  readonly nowMs: () => number;
  /** A number in [0,1), for `randomInt()`, `nanoId()`. */
  readonly random: () => number;
  readonly uuid: () => string;
  /** A friendly id: 22 characters of base62. */
  readonly id?: () => string;
  /** IANA name; default 'UTC'. */
  readonly defaultTimeZone?: string;
  /** The secret's text; throws "Cannot find secret for key 'x'." when there is none. */
  readonly secret?: (key: string, namespace?: string) => string;
  /** The stored value, or null when it is missing and that is no error. */
  readonly kv?: (key: string, namespace: string | undefined, errorOnMissing: boolean) => unknown;
  /** What `kv()` does about a missing key when the expression does not say; default false, as in language level 0.20. */
  readonly kvErrorOnMissing?: boolean;
  /** The text of a file: a path in the namespace (the flow's own when left out), or an address with its scheme. */
  readonly read?: (path: string, namespace?: string) => string;
  /** Bytes. */
  readonly fileSize?: (path: string, namespace?: string) => number;
  readonly fileExists?: (path: string, namespace?: string) => boolean;
  /** The URI of a namespace file; when absent it is built from `flow.namespace`. */
  readonly fileURI?: (path: string, namespace?: string) => string;
  /** ERROR log lines of this execution. */
  readonly errorLogs?: () => unknown[];
  readonly encrypt?: (key: string, plaintext: string) => string;
  readonly decrypt?: (key: string, encrypted: string) => string;
  /** Hexadecimal, lower case; core has no cryptography. */
  readonly hash?: (algorithm: HashAlgorithm, text: string) => string;
  /** The body of the answer, JSON parsed; a world that may not wait throws `Deferred`. */
  readonly http?: (call: HttpCall) => unknown;
  /** The execution of the flow when it has ended: `id`, `state`, `outputs`; a world that may not wait throws `Deferred`. */
  readonly subflow?: (call: SubflowCall) => unknown;
}
