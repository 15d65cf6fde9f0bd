/** The names of the drawings in icons.svg. `icons.test.ts` holds both lists together. */
export const iconNames = [
  'state-created', 'state-queued', 'state-running', 'state-paused', 'state-breakpoint', 'state-restarted', 'state-retrying',
  'state-retried', 'state-killing', 'state-killed', 'state-success', 'state-warning', 'state-failed', 'state-cancelled', 'state-skipped',
  'home', 'flows', 'executions', 'logs', 'namespaces', 'blueprints', 'plugins', 'triggers', 'workers', 'stats', 'audit', 'settings',
  'people', 'inbox', 'play', 'play-fill', 'pause', 'stop', 'replay', 'step-back', 'step-forward', 'plus', 'minus', 'close', 'check',
  'search', 'filter', 'save-view', 'star', 'star-fill', 'copy', 'download', 'upload', 'edit', 'trash', 'link', 'external', 'more',
  'chevron-right', 'chevron-left', 'chevron-down', 'chevron-up', 'sort', 'arrow-down', 'arrow-right', 'expand', 'fit', 'orient',
  'panel-left', 'split', 'code', 'form', 'book', 'comment', 'comment-plus', 'history', 'clock', 'calendar', 'webhook', 'lock', 'unlock',
  'eye', 'follow', 'present', 'bot', 'bell', 'help', 'info', 'theme', 'command', 'live', 'catching-up', 'offline', 'publish', 'revision',
  'restore', 'key', 'tag', 'file', 'menu', 'branch', 'task-sql', 'task-http', 'task-script', 'task-loop', 'task-branch', 'task-flow',
  'task-notify', 'task-store', 'task-check', 'mark',
] as const;
export type IconName = (typeof iconNames)[number];

/**
 * Where the sprite is served: same origin, so that the strict policy allows `<use>`, and under the name that the build gives to its
 * bytes, so that it stays in the cache (icons must be there when the server is not). `icons.test.ts` holds name and bytes together.
 */
export const iconSprite = '/assets/icons-078f3c20.svg';
