/** Pages: a load through the operations, a view, the shell around it. The same HTML for a first load and for htmx, which takes the frame out of it. */
import { ProtocolError, type Problem } from '../../../core/protocol/errors.ts';
import type { Participant } from '../../../core/protocol/entities/participant.ts';
import type { PresenceTopicState } from '../../../core/protocol/topics.ts';
import type { Caller } from '../../access/contract.ts';
import type { Ambient } from '../../ambient/index.ts';
import type { Operations } from '../../operations/index.ts';
import { errorPage, findPage, pages, type OpenedPage, type Place } from '../../../client/pages/index.ts';
import { lookOfCookies, nobody, renderPage } from '../../../client/components/shell/index.ts';
import { html, redirect } from '../headers.ts';
import type { HttpAnswer, HttpRequest } from '../transport/index.ts';

export interface PagesOptions {
  readonly operations: Operations;
  readonly ambient: Pick<Ambient, 'clock' | 'logger'>;
  readonly tenant: string;
  readonly manifest: Readonly<Record<string, string>>;
  readonly version: string;
  /** Open workspace without people. */
  readonly isOpen: () => boolean;
  /** Why nothing can be changed in the whole workspace; undefined as a rule. */
  readonly readOnly: () => string | undefined;
  /** Who is where, as far as the caller may know. */
  readonly present: (caller: Caller) => PresenceTopicState;
}

/** What stands in a place for somebody who is not known: they see open pages only. */
const stranger: Participant = { id: '', name: 'Guest', kind: 'visitor', role: 'viewer', color: 1 };

export interface PageRequest {
  readonly request: HttpRequest;
  /** Undefined for somebody who is not known. */
  readonly caller: Caller | undefined;
  /** A caller for operations that ask for no identity. */
  readonly anonymous: Caller;
  /** Cookies to set with the answer (a new visitor of an open workspace). */
  readonly cookies: readonly string[];
}

export function createPages(options: PagesOptions): (page: PageRequest) => Promise<HttpAnswer> {
  const { operations, ambient, tenant } = options;
  return async ({ request, caller, anonymous, cookies }) => {
    const path = decodedPath(request.path);
    const look = lookOfCookies(request.headers['cookie']);
    const viewer = { ...(caller?.participant ?? stranger), open: options.isOpen() };
    const place: Place = { tenant, path: request.path, params: {}, search: request.query, viewer, nowMs: ambient.clock.nowMs(), zone: look.zone };
    const readOnly = options.readOnly();
    const answer = (opened: OpenedPage): HttpAnswer => html(opened.status, renderPage(opened, { manifest: options.manifest, look, version: options.version, ...(readOnly === undefined ? {} : { readOnly }), present: caller === undefined ? nobody : options.present(caller) }), cookies.length === 0 ? {} : { 'set-cookie': cookies });
    const prefix = `/ui/${tenant}`;
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return answer(errorPage({ status: 404, message: `There is no workspace at ${request.path}`, errors: [] }, place, caller !== undefined));
    const found = findPage(pages, request.path.slice(prefix.length));
    if (found === undefined) return answer(errorPage({ status: 404, message: `There is no page at ${request.path}`, errors: [] }, place, caller !== undefined));
    if (caller === undefined && found.page.access === 'signed-in') {
      const from = `${request.path}${request.query === '' ? '' : `?${request.query}`}`;
      return redirect(`${prefix}/login?from=${encodeURIComponent(from)}`);
    }
    try {
      const opened = await found.page.open({
        ...place, params: found.params, query: new URLSearchParams(request.query),
        ask: (operation, input) => operations.call(operation, input, caller ?? anonymous),
      });
      return answer(opened);
    } catch (error) {
      const problem: Problem = error instanceof ProtocolError ? error.problem : { status: 500, message: 'This page could not be made. The server\'s log says why.' };
      if (!(error instanceof ProtocolError)) ambient.logger.error('a page could not be made', { error, path: request.path });
      return answer(errorPage({ status: problem.status, message: problem.message, errors: problem.errors ?? [] }, { ...place, params: found.params }, caller !== undefined));
    }
  };
}

function decodedPath(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    // A broken percent sign names no page; the raw path is only compared.
    return path;
  }
}
