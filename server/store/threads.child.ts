/** The engine thread of threads.test.ts: commits and says so, as the real one does. */
import { parentPort, workerData } from 'node:worker_threads';
import { openEnvironment } from './index.ts';

const { path, commits } = workerData as { readonly path: string; readonly commits: number };
const environment = openEnvironment({ name: 'engine', path, mode: 'write' });
environment.onCommit((commit) => parentPort?.postMessage({ commit: commit.number, keys: commit.keys }));
parentPort?.postMessage('open');
parentPort?.once('message', async () => {
  for (let number = 1; number <= commits; number += 1) {
    await environment.write([
      { type: 'put', key: ['main', 'x', number], value: { number, id: `e${number}`, [`field${number % 40}`]: number } },
      { type: 'put', key: ['main', 'last'], value: number },
    ]).committed;
  }
  await environment.flush();
  parentPort?.postMessage('done');
  parentPort?.once('message', async () => {
    await environment.close();
    parentPort?.postMessage('closed');
  });
});
