/** What crosses between the front and the engine's thread. Batched both ways: one message a loop turn. */
import type { Problem } from '../../core/protocol/errors.ts';
import type { FeedMessage } from '../store/contract.ts';
import type { Executor } from './contract.ts';

/** Methods of the proxy that are calls with an answer. */
export type CallName = Exclude<keyof Executor, 'onFeed' | 'close' | 'flowChanged'>;

export type ToEngine =
  | { readonly type: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'flowChanged'; readonly tenant: string; readonly namespace: string; readonly flowId: string; readonly frontCommit: number }
  | { readonly type: 'close' };

export type FromEngine =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly problem: Problem }
  | { readonly type: 'feed'; readonly message: FeedMessage }
  /** Its store can not be written any more: nothing is decided until the next start. */
  | { readonly type: 'halted'; readonly reason: string }
  | { readonly type: 'closed' };
