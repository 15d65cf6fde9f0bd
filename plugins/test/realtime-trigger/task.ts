/** RealtimeTrigger: emits as many messages as it is told to, then listens in vain. */
import { Type } from 'typebox';
import { realtimeTrigger } from '../../sdk/index.ts';
import { boolean, integer, optional, properties } from '../../sdk/schema.ts';

export const plugin = realtimeTrigger({
  type: 'io.ensemble.plugin.test.RealtimeTrigger',
  title: 'Emits messages',
  description: 'Emits numbered messages one after the other, each when the one before is on disk.',
  properties: properties({
    count: integer({ title: 'How many messages', minimum: 0 }),
    breaks: optional(boolean({ title: 'Throw at the end', default: false })),
  }),
  outputs: Type.Object({ number: Type.Integer({ title: 'Of the message, from 1' }) }),
  listen: async (context, emit) => {
    for (let number = 1; number <= Number(context.properties['count']); number += 1) await emit({ number });
    context.log('INFO', 'all messages are out');
    if (context.properties['breaks'] === true) throw new Error('the queue has gone away');
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  },
});
