/** What the watch room says on its own on an RPC socket: JSON-RPC notifications, encoded once for all receivers. */
import type { Cursor, PatchNotification } from '../../core/protocol/topics.ts';

export const patchFrame = (notification: PatchNotification): string => JSON.stringify({ jsonrpc: '2.0', method: 'patch', params: notification });

/** To a consumer that was too slow for the patches. */
export const stateFrame = (topic: string, cursor: Cursor, state: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method: 'state', params: { topic, epoch: cursor.epoch, seq: cursor.seq, type: 'state', state } });

/** The subscription is over: a right was taken away. */
export const endedFrame = (topic: string, reason: string): string => JSON.stringify({ jsonrpc: '2.0', method: 'ended', params: { topic, reason } });
