// Runs the shared conformance cases against render() when they are there (they live outside of the repository).
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { World } from './index.ts';
import { ExpressionError, render } from './index.ts';

interface Case {
  readonly id: string;
  readonly template: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly expect?: string;
  readonly expectRegex?: string;
  readonly expectJson?: unknown;
  readonly expectJsonAnyOrder?: readonly unknown[];
  readonly expectNot?: string;
  readonly error?: string;
  readonly optional?: boolean;
}

const casesUrl = new URL('../../../shared/conformance/expressions.json', import.meta.url);
const passCountMin = 236;

const world: World = {
  nowMs: () => Date.parse('2024-05-31T10:20:30.456Z'),
  random: () => 0.5,
  uuid: randomUUID,
  id: () => '3ZkcTIHvhOgIcWp2HZzMCs',
  hash: (algorithm, text) => createHash(algorithm).update(text, 'utf8').digest('hex'),
  secret: (key) => {
    if (key !== 'my_secret') throw new Error(`Cannot find secret for key '${key}'.`);
    return '{"secretKey":"secretValue"}';
  },
  kv: () => null,
  read: (path) => {
    throw new Error(`Unable to read the file ${path}`);
  },
  fileSize: (path) => {
    throw new Error(`Unable to read the file ${path}`);
  },
  encrypt: (key, plaintext) => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64').length === 32 ? Buffer.from(key, 'base64') : createHash('sha256').update(key).digest(), iv);
    return Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  },
  decrypt: (key, encrypted) => {
    const bytes = Buffer.from(encrypted, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64').length === 32 ? Buffer.from(key, 'base64') : createHash('sha256').update(key).digest(), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  },
};

/** What is wrong with the answer to a case, or null. */
function problemOf(item: Case): string | null {
  let got: string;
  try {
    got = render(item.template, { variables: item.variables ?? {}, world });
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) return `threw ${String(thrown)}`;
    if (item.error === undefined) return `error: ${thrown.message}`;
    return thrown.message.toLowerCase().includes(item.error.toLowerCase()) ? null : `expected an error naming "${item.error}", got "${thrown.message}"`;
  }
  if (item.error !== undefined) return `expected an error, got "${got}"`;
  if (item.expect !== undefined && got !== item.expect) return `expected ${JSON.stringify(item.expect)}, got ${JSON.stringify(got)}`;
  if (item.expectRegex !== undefined && !new RegExp(item.expectRegex, 's').test(got)) return `expected /${item.expectRegex}/, got ${JSON.stringify(got)}`;
  if (item.expectNot !== undefined && got === item.expectNot) return `must differ from ${item.expectNot}`;
  if (item.expectJson !== undefined) return sameJson(item.expectJson, JSON.parse(got)) ? null : `expected ${JSON.stringify(item.expectJson)}, got ${got}`;
  if (item.expectJsonAnyOrder !== undefined) return sameJson([...item.expectJsonAnyOrder].sort(), [...JSON.parse(got)].sort()) ? null : `got ${got}`;
  return null;
}

function sameJson(left: unknown, right: unknown): boolean {
  try {
    assert.equal(left, right);
    return true;
  } catch {
    return false;
  }
}

if (existsSync(casesUrl)) {
  test('the conformance cases of the expression language hold', () => {
    const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(casesUrl, 'utf8'));
    const failures = cases.map((item) => ({ item, problem: problemOf(item) })).filter(({ problem }) => problem !== null);
    const report = failures.map(({ item, problem }) => `${item.id}${item.optional === true ? ' (optional)' : ''}: ${problem ?? ''}`).join('\n');
    assert.ok(cases.length - failures.length >= passCountMin, `${cases.length - failures.length} of ${cases.length} passed\n${report}`);
    assert.is(failures.filter(({ item }) => item.optional !== true).length, 0, report);
  });
} else {
  test.skip('the conformance cases are not on this machine', () => {});
}

test.run();
