/** Scripts of pages by the page's name, each loaded when its page is shown. The browser's half of `index.ts`. */
import type { PageScript } from './behaviour.ts';

export const pageScripts: Readonly<Record<string, () => Promise<{ readonly script: PageScript }>>> = {
  audit: () => import('./audit/page.ts'),
  compare: () => import('./compare/page.ts'),
  execution: () => import('./execution/page.ts'),
  executions: () => import('./executions/page.ts'),
  flow: () => import('./flow/page.ts'),
  flows: () => import('./flows/page.ts'),
  home: () => import('./home/page.ts'),
  invitation: () => import('./invitation/page.ts'),
  login: () => import('./login/page.ts'),
  logs: () => import('./logs/page.ts'),
  'new-flow': () => import('./new-flow/page.ts'),
  people: () => import('./people/page.ts'),
  plugin: () => import('./plugins/plugin-page.ts'),
  plugins: () => import('./plugins/page.ts'),
  settings: () => import('./settings/page.ts'),
  triggers: () => import('./triggers/page.ts'),
};
