/** The one WebSocket of a page: calls, watched topics, and whether what is seen is live. */
export { createConnection, type Connection, type ConnectionOptions, type SocketLike } from './connection.ts';
export { openBrowserSocket } from './browser-socket.ts';
export { CallError } from './call-error.ts';
export type { ConnectionStatus } from './status.ts';
export { statusWords } from './status.ts';
export type { TopicListener, TopicChange } from './subscriptions.ts';
export { rowsOf } from './rows.ts';
