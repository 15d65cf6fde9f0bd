/** Digest authentication of RFC 7616: from the server's challenge to the header of the second request. */
import { createHash } from 'node:crypto';

export interface DigestLogin {
  readonly username: string;
  readonly password: string;
  /** Makes the client's nonce; together with the password nobody can foresee it. */
  readonly seed: string;
}

export interface DigestRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly body: Uint8Array | undefined;
}

const algorithms: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const strength = ['SHA-512-256', 'SHA-256', 'MD5'];

/** The value of the header `Authorization`; undefined when no challenge is one that this client can answer. */
export function digestHeader(challenges: readonly string[], login: DigestLogin, request: DigestRequest): string | undefined {
  const offered = challenges.flatMap(parametersOf).filter((one) => algorithmOf(one) !== undefined && one['nonce'] !== undefined);
  const rank = (one: Readonly<Record<string, string>>): number => strength.indexOf(algorithmOf(one)?.name ?? '');
  const challenge = offered.sort((left, right) => rank(left) - rank(right))[0];
  const algorithm = challenge === undefined ? undefined : algorithmOf(challenge);
  if (challenge === undefined || algorithm === undefined) return undefined;
  const hash = (text: string | Uint8Array): string => createHash(algorithm.hash).update(text).digest('hex');
  const { realm = '', nonce = '', opaque } = challenge;
  const offers = (challenge['qop'] ?? '').split(',').map((one) => one.trim().toLowerCase());
  const qop = offers.includes('auth') ? 'auth' : offers.includes('auth-int') ? 'auth-int' : undefined;
  const count = '00000001';
  const clientNonce = createHash('sha256').update(`${login.seed} ${nonce} ${login.password}`).digest('hex').slice(0, 32);
  const who = hash(`${login.username}:${realm}:${login.password}`);
  const first = algorithm.isSession ? hash(`${who}:${nonce}:${clientNonce}`) : who;
  const second = hash(qop === 'auth-int' ? `${request.method}:${request.target}:${hash(request.body ?? '')}` : `${request.method}:${request.target}`);
  const response = hash(qop === undefined ? `${first}:${nonce}:${second}` : `${first}:${nonce}:${count}:${clientNonce}:${qop}:${second}`);
  const quoted = (value: string): string => `"${value.replace(/(["\\])/g, '\\$1')}"`;
  return `Digest ${[
    `username=${quoted(login.username)}`, `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(request.target)}`, `response="${response}"`,
    ...(challenge['algorithm'] === undefined ? [] : [`algorithm=${challenge['algorithm']}`]),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(qop === undefined && !algorithm.isSession ? [] : [`cnonce="${clientNonce}"`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${count}`]),
  ].join(', ')}`;
}

function algorithmOf(challenge: Readonly<Record<string, string>>): { readonly name: string; readonly hash: string; readonly isSession: boolean } | undefined {
  const asked = (challenge['algorithm'] ?? 'MD5').toUpperCase();
  const name = asked.replace(/-SESS$/, '');
  const hash = algorithms[name];
  return hash === undefined ? undefined : { name, hash, isSession: asked !== name };
}

/** A header may hold several challenges; only those that are Digest are read. */
function parametersOf(header: string): readonly Readonly<Record<string, string>>[] {
  return header.split(/(?:^|,)\s*(?=[A-Za-z][\w-]*\s+[A-Za-z][\w-]*\s*=)/).filter((one) => /^\s*digest\s/i.test(one)).map((one) => {
    const found: Record<string, string> = {};
    for (const match of one.replace(/^\s*digest\s+/i, '').matchAll(/([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
      found[(match[1] ?? '').toLowerCase()] = match[2] === undefined ? match[3] ?? '' : match[2].replace(/\\(.)/g, '$1');
    }
    return found;
  });
}
