// UTF-8, Base64, Base32 and percent encoding without Node or DOM.

/** The UTF-8 bytes of a text; a lone surrogate becomes "?" as in Java. */
export function utf8Bytes(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code >= 0xd800 && code <= 0xdfff) bytes.push(0x3f);
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return bytes;
}

/** The text of UTF-8 bytes; bytes that are no UTF-8 become U+FFFD. */
export function utf8Text(bytes: readonly number[]): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
    const rest = bytes.slice(at + 1, at + length);
    const valid = length > 0 && rest.length === length - 1 && rest.every((byte) => (byte & 0xc0) === 0x80);
    const code = rest.reduce((bits, byte) => (bits << 6) | (byte & 0x3f), length === 1 ? first : first & (0x7f >> length));
    const usable = valid && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code >= (length === 3 ? 0x800 : length === 4 ? 0x10000 : 0);
    pieces.push(usable ? String.fromCodePoint(code) : '\uFFFD');
    at += usable ? length : 1;
  }
  return pieces.join('');
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The Base64 text of bytes, padded. */
export function base64Text(bytes: readonly number[]): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const characters = [bits >> 18, (bits >> 12) & 0x3f, (bits >> 6) & 0x3f, bits & 0x3f].map((index) => base64Alphabet.charAt(index)).join('');
    const missingCount = Math.max(0, at + 3 - bytes.length);
    pieces.push(characters.slice(0, 4 - missingCount) + '='.repeat(missingCount));
  }
  return pieces.join('');
}

/** The bytes of a Base64 text (standard or URL alphabet), or undefined when it is none. */
export function base64Bytes(text: string): readonly number[] | undefined {
  const digits = text.replace(/\s+/g, '').replace(/=+$/, '').replace(/-/g, '+').replace(/_/g, '/');
  if (digits.length % 4 === 1) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let bitCount = 0;
  for (const digit of digits) {
    const value = base64Alphabet.indexOf(digit);
    if (value === -1) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes.push((bits >> bitCount) & 0xff);
    }
  }
  return bytes;
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The Base32 text of bytes, padded. */
export function base32Text(bytes: readonly number[]): string {
  let text = '';
  let bits = 0;
  let bitCount = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    bitCount += 8;
    for (; bitCount >= 5; bitCount -= 5) text += base32Alphabet.charAt((bits >> (bitCount - 5)) & 0x1f);
  }
  if (bitCount > 0) text += base32Alphabet.charAt((bits << (5 - bitCount)) & 0x1f);
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

/** The bytes of a Base32 text, or undefined when it is none. */
export function base32Bytes(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let bitCount = 0;
  for (const digit of text.replace(/=+$/, '').toUpperCase()) {
    const value = base32Alphabet.indexOf(digit);
    if (value === -1) return undefined;
    bits = ((bits << 5) | value) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes.push((bits >> bitCount) & 0xff);
    }
  }
  return bytes;
}

/** The percent encoding of a form: letters, digits and `.-*_` stay, a blank becomes "+". */
export function urlEncode(text: string): string {
  return utf8Bytes(text)
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9.*_-]/.test(character)) return character;
      return character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

/** The text of a percent encoding, or undefined when a "%" is not followed by two hexadecimal digits. */
export function urlDecode(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replace(/\+/g, ' ').replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => utf8Text((run.match(/[0-9A-Fa-f]{2}/g) ?? []).map((digits) => Number.parseInt(digits, 16))));
}
