/**
 * What a page is. A page is a folder `client/pages/<name>/`:
 *   load.ts   which operations it asks, as one function; no DOM, no node:
 *   view.tsx  data -> HTML, the same on the server (first load) and in the browser (live updates); exports the page
 *   page.ts   behaviour in the browser, loaded when the page is shown (see behaviour.ts)
 *   page.css, page.test.ts
 * and one line in `index.ts` (server) and in `scripts.ts` (browser).
 */
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import type { Place } from '../components/place.ts';
import type { Crumb, OpenedPage, Section, TabLink } from '../components/shell/frame.ts';
import type { View } from '../components/view.ts';

export type { Place, Viewer } from '../components/place.ts';
export { readOnlyReason, to, toExecution, toFlow } from '../components/place.ts';
export type { Crumb, OpenedPage, PageJson, Section, TabLink } from '../components/shell/frame.ts';

export type Ask = <O extends Operation>(operation: O, input: InputOf<O>) => Promise<OutputOf<O>>;

export interface PageContext extends Place {
  readonly query: URLSearchParams;
  readonly ask: Ask;
}

export interface PageDefinition<Data> {
  /** Also the name of its script and the id of its element: `data-page="flows"`. */
  readonly name: string;
  /** Below `/ui/{tenant}`: `/flows`, `/executions/:namespace/:flowId/:id/:tab?`. A parameter is one segment, percent-decoded. */
  readonly route: string;
  /** Further addresses that mean the same. */
  readonly also?: readonly string[];
  /** `open`: shown without a login, and without the shell's navigation (login, invitations). */
  readonly access?: 'signed-in' | 'open';
  /** The page fills the window and scrolls inside itself (editor, gantt, logs). */
  readonly fill?: boolean;
  /** Asks for the narrow rail. */
  readonly rail?: 'narrow';
  readonly section?: Section;
  title(data: Data, place: Place): string;
  crumbs?(data: Data, place: Place): readonly Crumb[];
  tabs?(data: Data, place: Place): { readonly current: string; readonly links: readonly TabLink[] };
  /** Buttons at the right of the top bar. At most one primary. */
  actions?(data: Data, place: Place): View;
  /** Throws a ProtocolError when it can not be shown: the error page says what and why. */
  load(context: PageContext): Promise<Data>;
  view(data: Data, place: Place): View;
}

/** A page as the registry holds it: the type of its data stays inside. */
export interface Page {
  readonly name: string;
  readonly routes: readonly string[];
  readonly access: 'signed-in' | 'open';
  open(context: PageContext): Promise<OpenedPage>;
}

export function definePage<Data>(definition: PageDefinition<Data>): Page {
  return {
    name: definition.name,
    routes: [definition.route, ...(definition.also ?? [])],
    access: definition.access ?? 'signed-in',
    async open(context) {
      return openedPage(definition, await definition.load(context), placeOf(context));
    },
  };
}

/** Puts loaded data into its page; also how an error becomes one. */
export function openedPage<Data>(definition: PageDefinition<Data>, data: Data, place: Place, status = 200): OpenedPage {
  return {
    name: definition.name,
    status,
    title: definition.title(data, place),
    crumbs: definition.crumbs?.(data, place) ?? [],
    tabs: definition.tabs?.(data, place),
    actions: definition.actions?.(data, place),
    body: definition.view(data, place),
    data,
    place,
    fill: definition.fill ?? false,
    rail: definition.rail,
    section: definition.section,
    bare: definition.access === 'open',
  };
}

function placeOf(context: PageContext): Place {
  const { tenant, path, params, search, viewer, nowMs, zone } = context;
  return { tenant, path, params, search, viewer, nowMs, zone };
}
