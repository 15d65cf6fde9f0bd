/** What happens when something was started: which tab, and where. Chosen in the settings. Pure. */
import type { PreferenceValue } from '../../core/protocol/entities/preferences.ts';
import { executionTabs, type ExecutionTab } from './execution/load.ts';

export interface AfterStart {
  readonly tab: ExecutionTab;
  readonly opens: 'here' | 'new';
}

export const afterStartNames = { tab: 'execution.tab', opens: 'execution.opens' } as const;

/** Read with care: an older version may have known other tabs. Pure. */
export const afterStart = (values: Readonly<Record<string, PreferenceValue>>): AfterStart => ({
  tab: executionTabs.find((tab) => tab === values[afterStartNames.tab]) ?? 'gantt',
  opens: values[afterStartNames.opens] === 'new' ? 'new' : 'here',
});
