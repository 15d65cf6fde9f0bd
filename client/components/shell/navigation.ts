/** The main navigation, as data: the rail, the bottom bar of phones, the palette and the letters after G are made from it. */
import type { Participant } from '../../../core/protocol/entities/participant.ts';
import type { Section } from './frame.ts';
import type { IconName } from '../../theme/icons.ts';

export interface NavigationEntry {
  readonly section: Section;
  readonly title: string;
  readonly icon: IconName;
  /** Below `/ui/{tenant}`. */
  readonly path: string;
  readonly group: 'main' | 'library' | 'administration';
  /** After G. */
  readonly key?: string;
  /** In the bottom bar of phones, with its short name. */
  readonly phone?: string;
  readonly only?: Participant['role'];
}

export const navigation: readonly NavigationEntry[] = [
  { section: 'home', title: 'Home', icon: 'home', path: '/dashboards', group: 'main', key: 'h', phone: 'Home' },
  { section: 'flows', title: 'Flows', icon: 'flows', path: '/flows', group: 'main', key: 'f', phone: 'Flows' },
  { section: 'executions', title: 'Executions', icon: 'executions', path: '/executions', group: 'main', key: 'e', phone: 'Runs' },
  { section: 'logs', title: 'Logs', icon: 'logs', path: '/logs', group: 'main', key: 'l', phone: 'Logs' },
  { section: 'plugins', title: 'Plugins', icon: 'plugins', path: '/plugins', group: 'library', key: 'p' },
  { section: 'triggers', title: 'Triggers', icon: 'triggers', path: '/admin/triggers', group: 'administration', key: 't' },
  { section: 'people', title: 'People', icon: 'people', path: '/admin/people', group: 'administration' },
  { section: 'audit', title: 'Audit log', icon: 'audit', path: '/admin/audit-logs', group: 'administration', only: 'admin' },
  { section: 'settings', title: 'Settings', icon: 'settings', path: '/settings', group: 'administration', phone: 'Settings' },
];

/** Letters after G. */
export const goKeys: ReadonlyMap<string, string> = new Map(navigation.flatMap((entry) => (entry.key === undefined ? [] : [[entry.key, entry.path] as const])));
