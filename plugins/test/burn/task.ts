/** Burn: a task that behaves badly, in one of a few ways: to see that others do not suffer. */
import { runnable } from '../../sdk/index.ts';
import { choice, dynamic, duration, optional, properties } from '../../sdk/schema.ts';
import { durationOf, renderedText, requiredText } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.ensemble.plugin.test.Burn',
  title: 'Behave badly',
  description: 'Burns a core, does not listen when it is told to stop, fills the memory, or breaks its thread.',
  properties: properties({
    how: choice(['BUSY', 'DEAF', 'MEMORY', 'BREAK'], { title: 'In which way', description: 'BUSY computes without a break, DEAF waits and does not listen, MEMORY takes memory until there is none, BREAK throws where nobody catches.' }),
    duration: optional(dynamic(duration({ title: 'How long', description: 'For BUSY and DEAF.', default: 'PT10S' }))),
  }),
  runs: 'thread',
  run: async (context) => {
    const how = requiredText(context, 'how');
    const durationMs = durationOf(renderedText(context, 'duration') ?? 'PT10S', 'duration');
    const kept: number[][] = [];
    if (how === 'BREAK') await new Promise(() => context.after(0, () => {
      throw new Error('broken on purpose');
    }));
    if (how === 'DEAF') await new Promise<void>((resolve) => void context.after(durationMs, resolve));
    const untilMs = context.nowMs() + durationMs;
    while (how === 'BUSY' && context.nowMs() < untilMs);
    while (how === 'MEMORY') kept.push(Array.from({ length: 100_000 }, (_, index) => index * 1.5 + kept.length));
    return { type: 'succeeded' };
  },
});
