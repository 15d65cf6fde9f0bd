/** For tests of pages: opens a page with answers given by operation name, and remembers what was asked. */
import type { Page, PageContext, Viewer } from './page.ts';
import { nobody, renderPage } from '../components/shell/index.ts';
import { defaultLook } from '../components/shell/look.ts';
import { findPage } from './route.ts';

export const nowMs = Date.UTC(2026, 10, 24, 13, 3, 24);
export const hostile = '<img src=x onerror=alert(1)>';
export const maya: Viewer = { id: 'maya', name: 'Maya Lindqvist', kind: 'person', role: 'admin', color: 1, open: false };

export interface Opened {
  readonly html: string;
  readonly title: string;
  readonly status: number;
  readonly asked: Readonly<Record<string, unknown>>;
}

export interface OpenOptions {
  readonly pages: readonly Page[];
  /** Below the origin: `/ui/main/flows?q=a`. */
  readonly address: string;
  readonly answers: Readonly<Record<string, (input: unknown) => unknown>>;
  readonly viewer?: Viewer;
}

export async function openAddress({ pages, address, answers, viewer = maya }: OpenOptions): Promise<Opened> {
  const url = new URL(address, 'http://localhost');
  const found = findPage(pages, url.pathname.replace(/^\/ui\/main/, ''));
  if (found === undefined) throw new Error(`no page at ${address}`);
  const asked: Record<string, unknown> = {};
  const ask: PageContext['ask'] = (operation, input) => {
    const answer = answers[operation.name];
    if (answer === undefined) throw new Error(`the page asks ${operation.name}, which the test does not answer`);
    asked[operation.name] = input;
    // The test's answer stands for the server's.
    return Promise.resolve(answer(input) as never);
  };
  const opened = await found.page.open({ tenant: 'main', path: url.pathname, params: found.params, search: url.search, query: url.searchParams, viewer, nowMs, zone: 'UTC', ask });
  const html = renderPage(opened, { manifest: { 'client/theme/mark.svg': '/assets/mark.svg', 'client/theme/index.css': '/assets/index.css', 'client/app.ts': '/assets/app.js' }, look: defaultLook, version: '0.1.0', present: nobody });
  return { html, title: opened.title, status: opened.status, asked };
}

/** The page without its JSON: what a reader sees. */
export const visible = (html: string): string => html.replaceAll(/<script type="application\/json"[^>]*>.*?<\/script>/gs, '');
