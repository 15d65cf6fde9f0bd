/** Merges the commits of both environments for the watch room, in the order in which each environment made them. */
import type { Environment, FeedMessage } from './contract.ts';

export interface Feed {
  publish(message: FeedMessage): void;
  /** Answers its own release. */
  subscribe(listener: (message: FeedMessage) => void): () => void;
}

export function createFeed(): Feed {
  const listeners = new Set<(message: FeedMessage) => void>();
  return {
    publish: (message) => {
      for (const listener of [...listeners]) listener(message);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Publishes every commit of an environment of this thread: no caller can forget to, or publish what was not committed. */
export const feedFrom = (environment: Environment, feed: Feed): (() => void) =>
  environment.onCommit((commit) => feed.publish({ environment: environment.name, commit: commit.number, keys: commit.keys }));
