/**
 * Whoever opens, registers the close in the same statement: `releasers.push(() => store.close())`. Releases run in reverse, one
 * after the other; all of them run even when one fails, and the first error wins. Releasing twice is a bug and throws.
 */
export interface Releasers {
  push(release: () => void | Promise<void>): void;
  release(): Promise<void>;
}

export function createReleasers(): Releasers {
  const releases: (() => void | Promise<void>)[] = [];
  let released = false;
  return {
    push: (release) => {
      if (released) throw new Error('something was opened after its releasers had been released; open it earlier, or release later');
      releases.push(release);
    },
    release: async () => {
      if (released) throw new Error('releasers were released twice; only their owner may release them, and once');
      released = true;
      let failure: { readonly error: unknown } | undefined;
      for (const release of releases.reverse()) {
        try {
          await release();
        } catch (error) {
          failure ??= { error };
        }
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}
