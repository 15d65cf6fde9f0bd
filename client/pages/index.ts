/** All pages, for the server. A page's behaviour in the browser is named in `scripts.ts`. */
import { auditPage } from './audit/view.tsx';
import { comparePage } from './compare/view.tsx';
import { executionPage } from './execution/view.tsx';
import { executionsPage } from './executions/view.tsx';
import { flowPage } from './flow/view.tsx';
import { flowsPage } from './flows/view.tsx';
import { homePage } from './home/view.tsx';
import { invitationPage } from './invitation/view.tsx';
import { loginPage } from './login/view.tsx';
import { logsPage } from './logs/view.tsx';
import { newFlowPage } from './new-flow/view.tsx';
import type { Page } from './page.ts';
import { peoplePage } from './people/view.tsx';
import { pluginPage, pluginsPage } from './plugins/view.tsx';
import { settingsPage } from './settings/view.tsx';
import { triggersPage } from './triggers/view.tsx';

export { definePage, openedPage } from './page.ts';
export type { Ask, OpenedPage, Page, PageContext, PageDefinition, Place, Viewer } from './page.ts';
export { findPage, matchRoute } from './route.ts';
export { errorPage, type ErrorData } from './error/view.tsx';

export const pages: readonly Page[] = [
  homePage, flowsPage, flowPage, newFlowPage, executionsPage, executionPage, comparePage, logsPage, triggersPage, pluginsPage, pluginPage, peoplePage, auditPage, settingsPage, loginPage, invitationPage,
];
