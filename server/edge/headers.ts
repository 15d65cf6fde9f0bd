/** Headers that stand on every answer, and answers made of data. */
import type { HttpAnswer } from './transport/index.ts';

/** The one policy of all pages: a navigation by htmx keeps the first page's, so there is only one. Inline styles are Monaco's need. */
export const contentSecurityPolicy = [
  "default-src 'self'", "script-src 'self'", "worker-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'",
  "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'",
].join('; ');

const always: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Adds them; what a handler has set itself stays (a downloaded file has a stricter policy). */
export function secured(answer: HttpAnswer, encrypted: boolean): HttpAnswer {
  return { ...answer, headers: { ...always, ...(encrypted ? { 'strict-transport-security': 'max-age=31536000' } : {}), ...answer.headers } };
}

export const json = (status: number, value: unknown, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }, body: { type: 'bytes', bytes: JSON.stringify(value) },
});
export const text = (status: number, value: string, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers }, body: { type: 'bytes', bytes: value },
});
export const html = (status: number, value: string, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', vary: 'HX-Request', ...headers }, body: { type: 'bytes', bytes: value },
});
export const redirect = (location: string, status: 301 | 302 | 303 | 308 = 302): HttpAnswer => ({ status, headers: { location, 'cache-control': 'no-store' }, body: { type: 'empty' } });
export const empty = (status: number, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({ status, headers, body: { type: 'empty' } });
