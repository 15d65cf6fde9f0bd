/** What the shell needs of a page: its data is a page's own. */
import type { IconName } from '../../theme/icons.ts';
import type { Place } from '../place.ts';
import type { View } from '../view.ts';

/** Entries of the main navigation; a page says which one it belongs to. */
export type Section = 'home' | 'flows' | 'executions' | 'logs' | 'triggers' | 'plugins' | 'people' | 'audit' | 'settings';

export interface Crumb {
  readonly text: string;
  readonly href?: string;
}

export interface TabLink {
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly icon?: IconName;
  readonly count?: number;
  /** Why there is nothing behind it. */
  readonly disabled?: string | undefined;
}

/** A loaded page, ready to be put into the shell. */
export interface OpenedPage {
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly crumbs: readonly Crumb[];
  readonly tabs: { readonly current: string; readonly links: readonly TabLink[] } | undefined;
  readonly actions: View | undefined;
  readonly body: View;
  /** JSON: what the browser continues from. */
  readonly data: unknown;
  readonly place: Place;
  readonly fill: boolean;
  readonly rail: 'narrow' | undefined;
  readonly section: Section | undefined;
  readonly bare: boolean;
}

/** What a page's element `#page-data` holds. */
export interface PageJson {
  readonly page: string;
  readonly status: number;
  readonly data: unknown;
  readonly place: Place;
}
