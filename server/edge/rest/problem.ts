/** Errors as REST clients of both generations read them: `message`, `_links`, `_embedded` and the members of RFC 9457 in one object. */
import type { Problem } from '../../../core/protocol/errors.ts';
import { json } from '../headers.ts';
import type { HttpAnswer, HttpRequest } from '../transport/index.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone', 413: 'Request Entity Too Large',
  415: 'Unsupported Media Type', 422: 'Unprocessable Entity', 429: 'Too Many Requests', 500: 'Internal Server Error', 503: 'Service Unavailable',
};

export function problemBody(problem: Problem, path: string): Readonly<Record<string, unknown>> {
  return {
    message: problem.message,
    _links: { self: [{ href: path, templated: false }] },
    ...(problem.errors === undefined ? {} : { _embedded: { errors: problem.errors } }),
    title: titles[problem.status] ?? 'Error', status: problem.status, detail: problem.message, instance: path,
    ...problem.details,
  };
}

export function problemAnswer(problem: Problem, request: Pick<HttpRequest, 'path' | 'headers'>, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return json(problem.status, problemBody(problem, request.path), {
    ...(problem.retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(problem.retryAfterMs / 1000))) }),
    // A browser's own fetch must not open the browser's password dialog over the page.
    ...(problem.status === 401 && request.headers['sec-fetch-site'] === undefined ? { 'www-authenticate': 'Basic realm="Ensemble", charset="UTF-8"' } : {}),
    ...headers,
  });
}
