/**
 * The simulation by hand: `node --import tsx test/simulation/run.ts [--steps 1000000] [--seed 1] [--one SEED]`.
 * Prints each seed that fails, once a kind of failure, and ends with the figure.
 */
import { parseArgs } from 'node:util';
import { simulate, SimulationError } from './simulate.ts';

const { values } = parseArgs({ options: { steps: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' }, one: { type: 'string' } } });

if (values.one !== undefined) {
  const { steps, shell } = simulate(Number(values.one));
  process.stdout.write(`${shell.source}\n${shell.trace.join('\n')}\nseed ${values.one}: ${steps} steps, no law is broken\n`);
} else {
  const started = performance.now();
  const failures = new Map<string, { readonly seed: number; readonly message: string; count: number }>();
  let [steps, runs] = [0, 0];
  for (let seed = Number(values.seed); steps < Number(values.steps); seed += 1) {
    runs += 1;
    try {
      steps += simulate(seed).steps;
    } catch (error) {
      if (!(error instanceof SimulationError)) throw error;
      steps += 20;
      const kind = (error.message.split('\n')[0] ?? '').replace(/^seed \d+: /, '').replace(/\bt\d+(\/\w*)?/g, 'a task').replace(/: (CREATED|.* >).*/, '').slice(0, 160);
      const known = failures.get(kind);
      if (known === undefined) failures.set(kind, { seed: error.seed, message: error.message, count: 1 });
      else known.count += 1;
    }
  }
  for (const [kind, { seed, count }] of failures) process.stdout.write(`${count} times: ${kind}\n  for example --one ${seed}\n`);
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${steps} steps in ${runs} runs, ${seconds.toFixed(1)} s: ${failures.size === 0 ? 'no law is broken' : `${failures.size} kinds of failures`}\n`);
  process.exitCode = failures.size === 0 ? 0 : 1;
}
