import { flows, workspace } from '../../../core/protocol/operations/index.ts';
import type { StatsTopicState } from '../../../core/protocol/topics.ts';
import type { PageContext } from '../page.ts';

export interface TutorialFlow {
  readonly namespace: string;
  readonly id: string;
  readonly description?: string;
}

/** The first steps: shown until something has run. */
export interface WelcomeData {
  /** The tutorial flows that exist already; empty before the first click. */
  readonly flows: readonly TutorialFlow[];
}

export interface HomeData {
  readonly stats: StatsTopicState;
  readonly welcome?: WelcomeData;
}

/** Kestra's flows of a real team are there before anything has run here: then Home is Home. */
const tutorialFlowCountMax = 3;

export async function loadHome({ ask, path }: PageContext): Promise<HomeData> {
  const stats = await ask(workspace.statsGet, {});
  const ran = Object.values(stats.executionsByState).some((count) => count > 0);
  if (!path.endsWith('/welcome') && (ran || stats.flows > tutorialFlowCountMax)) return { stats };
  const found = await ask(flows.flowsOfNamespace, { namespace: 'tutorial' });
  if (!path.endsWith('/welcome') && found.length < stats.flows) return { stats };
  return { stats, welcome: { flows: found.map(({ namespace, id, description }) => ({ namespace, id, ...(description === undefined ? {} : { description }) })) } };
}
