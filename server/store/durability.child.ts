/** Killed by durability.test.ts: writes pairs of rows as fast as it can and says on stdout which were committed and which flushed. */
import { writeSync } from 'node:fs';
import { openEnvironment } from './index.ts';

const path = process.argv[2] ?? '';
const environment = openEnvironment({ name: 'front', path, mode: 'write' });
let next = (environment.get<number>(['last']) ?? -1) + 1;

function more(): void {
  for (let count = 0; count < 3; count += 1) {
    const number = next;
    next += 1;
    // Both rows and `last` belong to one commit: after a crash either all are there or none.
    const written = environment.write([
      { type: 'put', key: ['left', number], value: { number, message: 'x'.repeat(number % 3000) } },
      { type: 'put', key: ['right', number], value: { number } },
      { type: 'put', key: ['last'], value: number },
    ]);
    void written.committed.then(() => writeSync(1, `c${number}\n`));
    void written.flushed.then(() => writeSync(1, `f${number}\n`));
  }
  setImmediate(more);
}
more();
