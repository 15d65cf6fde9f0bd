// `@json`, `@csv`, `@base64`, … : texts of values for other languages.
import { base32Bytes, base32Text, base64Bytes, base64Text, urlDecode, utf8Bytes, utf8Text } from '../encoding.ts';
import type { Evaluation } from '../evaluation.ts';
import { spend } from '../evaluation.ts';
import { jsonText } from '../value/json-text.ts';
import { isList } from '../value/kinds.ts';
import { described, JqError, kindOf, normal } from './values.ts';

/** A value as text: texts as they are, others as JSON. */
export function plainText(evaluation: Evaluation, value: unknown): string {
  return typeof value === 'string' ? value : jsonText(evaluation, value);
}

/** The value in a format such as `@csv`; throws JqError for one that does not exist. */
export function formatValue(evaluation: Evaluation, format: string, value: unknown): string {
  const text = (): string => {
    const plain = plainText(evaluation, value);
    spend(evaluation, plain.length / 8);
    return plain;
  };
  switch (format) {
    case '@text': return plainText(evaluation, value);
    case '@json': return jsonText(evaluation, value);
    case '@html': return text().replace(/[<>&'"]/g, (character) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&quot;' })[character] ?? character);
    case '@uri': return utf8Bytes(text()).map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
    case '@urid': return urlDecode(text().replaceAll('+', '%2B')) ?? refused(`${described(evaluation, value)} is not valid percent encoding`);
    case '@base32': return base32Text(utf8Bytes(text()));
    case '@base32d': return utf8Text(base32Bytes(text()) ?? refused(`${described(evaluation, value)} is not valid base32 data`));
    case '@base64': return base64Text(utf8Bytes(text()));
    case '@base64d': return utf8Text(base64Bytes(text()) ?? refused(`${described(evaluation, value)} is not valid base64 data`));
    case '@csv': return row(evaluation, value, ',', (item) => `"${item.replaceAll('"', '""')}"`);
    case '@tsv': return row(evaluation, value, '\t', (item) => item.replace(/[\\\t\n\r]/g, (character) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[character] ?? character));
    case '@sh': return (isList(value) ? value : [value]).map((item) => shellWord(evaluation, normal(item))).join(' ');
    default: return refused(`${format} is not a valid format`);
  }
}

function row(evaluation: Evaluation, value: unknown, separator: string, quote: (text: string) => string): string {
  if (!isList(value)) return refused(`${described(evaluation, value)} cannot be formatted as a row, only an array can`);
  return value
    .map((raw) => {
      const item = normal(raw);
      if (item === null) return '';
      if (typeof item === 'string') return quote(item);
      return typeof item === 'object' ? refused(`${described(evaluation, item)} is not valid in a row`) : plainText(evaluation, item);
    })
    .join(separator);
}

function shellWord(evaluation: Evaluation, value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`;
  return kindOf(value) === 'array' || kindOf(value) === 'object' ? refused(`${described(evaluation, value)} can not be escaped for shell`) : plainText(evaluation, value);
}

function refused(message: string): never {
  throw new JqError(message);
}
