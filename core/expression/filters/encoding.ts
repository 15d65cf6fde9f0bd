// Filters that encode, decode and digest texts.
import type { Call, Filter } from '../call.ts';
import { refuse } from '../call.ts';
import { base64Bytes, base64Text, urlDecode, urlEncode, utf8Bytes, utf8Text } from '../encoding.ts';
import { spend, spendText } from '../evaluation.ts';
import { kindOf } from '../value/kinds.ts';
import type { HashAlgorithm } from '../world.ts';
import { notNull, onText } from './input.ts';

/** Encodings and digests, by name. */
export const encodingFilters = {
  base64decode: { parameters: [], doc: 'The text of a Base64 text.', apply: onText((text, call) => utf8Text(paid(call, base64Bytes(text) ?? refuse(call, 'expects Base64')))) },
  base64encode: { parameters: [], doc: 'The Base64 of a text.', apply: onText((text, call) => base64Text(paid(call, utf8Bytes(text)))) },
  md5: { parameters: [], doc: 'The MD5 digest in hexadecimal.', apply: digest('md5') },
  sha1: { parameters: [], doc: 'The SHA-1 digest in hexadecimal.', apply: digest('sha1') },
  sha256: { parameters: [], doc: 'The SHA-256 digest in hexadecimal.', apply: digest('sha256') },
  sha512: { parameters: [], doc: 'The SHA-512 digest in hexadecimal.', apply: digest('sha512') },
  urldecode: { parameters: [], doc: 'Decodes %20 and + of a URL.', apply: onText((text, call) => urlDecode(text) ?? refuse(call, `expects two hexadecimal digits after each "%" in \`${text}\``)) },
  urlencode: { parameters: [], doc: 'Encodes a text for the query of a URL.', apply: onText((text, call) => urlEncode(paidText(call, text))) },
} satisfies Readonly<Record<string, Filter>>;

function digest(algorithm: HashAlgorithm): Filter['apply'] {
  return notNull((input, call) => {
    if (typeof input !== 'string') return refuse(call, `expects a text, found ${kindOf(input)}`);
    const { hash } = call.evaluation.world;
    if (hash === undefined) return refuse(call, 'is not available here: this renderer was given no digests');
    spendText(call.evaluation, input.length);
    return hash(algorithm, input);
  });
}

function paid(call: Call, bytes: readonly number[]): readonly number[] {
  spend(call.evaluation, bytes.length / 8);
  return bytes;
}

function paidText(call: Call, text: string): string {
  spend(call.evaluation, text.length / 8);
  return text;
}
