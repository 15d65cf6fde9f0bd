/** Random flows of all kinds of tasks that the engine knows. The source is JSON, which is YAML. */
import type { Chance } from './chance.ts';

type Fields = Record<string, unknown>;

const core = (name: string): string => `io.kestra.plugin.core.${name}`;
const leafWeights = { log: 10, subflow: 2, labels: 1, variables: 1, exit: 0.3 } as const;
const parentWeights = { sequential: 3, parallel: 4, dag: 3, if: 2, switch: 2, forEach: 4, eachSequential: 1, eachParallel: 2, pause: 3, allowFailure: 2, loopUntil: 2, workingDirectory: 1.5 } as const;

/** A value of this name in an object of ours would look like a promise. */
const held = 'then';

/** A flow's source. Ids are `t1`, `t2`, … in the order of the text. `withItems`: Loop and ForEachItem, too; without them the flows of older seeds stay what they were. */
export function randomFlow(chance: Chance, withItems = false): string {
  const maker = new Maker(chance, withItems);
  const flow: Fields = { id: 'simulated', namespace: 'simulation', tasks: maker.tasks(3) };
  if (chance.is(0.3)) flow['errors'] = maker.tasks(1);
  if (chance.is(0.2)) flow['finally'] = maker.tasks(1);
  if (chance.is(0.15)) flow['afterExecution'] = maker.tasks(0);
  if (chance.is(0.15)) flow['retry'] = maker.retry();
  if (chance.is(0.1)) flow['sla'] = [{ id: 'quick', type: 'MAX_DURATION', duration: `PT${1 + chance.below(20)}S`, behavior: chance.pick(['FAIL', 'CANCEL', 'NONE']), labels: { late: 'yes' } }];
  if (chance.is(0.1)) flow['outputs'] = [{ id: 'state', type: 'STRING', value: '{{ execution.id }}' }];
  return JSON.stringify(flow);
}

class Maker {
  readonly #chance: Chance;
  #count = 0;

  readonly #withItems: boolean;

  constructor(chance: Chance, withItems: boolean) {
    this.#chance = chance;
    this.#withItems = withItems;
  }

  tasks(depth: number): readonly Fields[] {
    return Array.from({ length: 1 + this.#chance.below(3) }, () => this.#task(depth));
  }

  retry(): Fields {
    const chance = this.#chance;
    const behavior = chance.is(0.2) ? { behavior: 'CREATE_NEW_EXECUTION' } : {};
    switch (chance.pick(['constant', 'exponential', 'random'] as const)) {
      case 'constant': return { type: 'constant', interval: 'PT1S', maxAttempts: 2 + chance.below(2), ...behavior };
      case 'exponential': return { type: 'exponential', interval: 'PT1S', maxInterval: 'PT10S', maxAttempts: 3, ...(chance.is(0.5) ? { maxDuration: 'PT20S' } : {}), ...behavior };
      case 'random': return { type: 'random', minInterval: 'PT1S', maxInterval: 'PT5S', maxAttempts: 2, warningOnRetry: chance.is(0.5), ...behavior };
    }
  }

  #id(): string {
    this.#count += 1;
    return `t${this.#count}`;
  }

  #task(depth: number): Fields {
    const chance = this.#chance;
    const task = depth > 0 && chance.is(0.45) ? this.#parent(depth - 1) : this.#leaf();
    if (chance.is(0.08)) task['runIf'] = chance.pick(['{{ false }}', '{{ randomInt(0, 2) == 1 }}', '{{ nothing }}']);
    if (chance.is(0.05)) task['disabled'] = true;
    if (chance.is(0.1)) task['allowFailure'] = true;
    if (chance.is(0.05)) task['allowWarning'] = true;
    if (chance.is(0.15)) task['retry'] = this.retry();
    if (chance.is(0.05)) task['timeout'] = chance.pick(['PT10S', '{{ nothing }}']);
    return task;
  }

  #leaf(): Fields {
    const chance = this.#chance;
    const id = this.#id();
    switch (chance.weighted(leafWeights)) {
      case 'subflow': return { id, type: core('flow.Subflow'), namespace: 'simulation', flowId: chance.is(0.9) ? 'other' : '{{ nothing }}', wait: chance.is(0.8), transmitFailed: chance.is(0.7), ...(chance.is(0.3) ? { restartBehavior: 'NEW_EXECUTION' } : {}) };
      case 'labels': return { id, type: core('execution.Labels'), labels: chance.is(0.8) ? { seen: '{{ task.id }}' } : { 'system.x': 'no' } };
      case 'variables': return { id, type: core('execution.SetVariables'), variables: { x: '{{ task.id }}' } };
      case 'exit': return { id, type: core('execution.Exit'), state: chance.pick(['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED']) };
      default: return { id, type: core('log.Log'), message: 'hi' };
    }
  }

  #parent(depth: number): Fields {
    const chance = this.#chance;
    const id = this.#id();
    const more: Fields = { ...(chance.is(0.25) ? { errors: this.tasks(0) } : {}), ...(chance.is(0.2) ? { finally: this.tasks(0) } : {}) };
    const values = chance.pick([['a'], ['a', 'b'], ['a', 'b', 'c', 'b'], [], '{{ [1, 2, 3] }}', '{{ nothing }}']);
    if (this.#withItems && chance.is(0.3)) return this.#items(id, depth);
    switch (chance.weighted(parentWeights)) {
      case 'parallel': return { id, type: core('flow.Parallel'), tasks: this.tasks(depth), concurrent: chance.below(3), ...more };
      case 'dag': return { id, type: core('flow.Dag'), tasks: this.#dag(depth), concurrent: chance.below(3), ...more };
      case 'if': return { id, type: core('flow.If'), condition: chance.pick(['{{ true }}', '{{ false }}', '{{ randomInt(0, 2) == 1 }}', '{{ nothing }}']), [held]: this.tasks(depth), ...(chance.is(0.5) ? { else: this.tasks(depth) } : {}), ...more };
      case 'switch': return { id, type: core('flow.Switch'), value: chance.pick(['one', 'two', 'three', '{{ randomInt(0, 2) }}']), cases: { one: this.tasks(depth), 0: this.tasks(0) }, ...(chance.is(0.6) ? { defaults: this.tasks(depth) } : {}), ...more };
      case 'forEach': return { id, type: core('flow.ForEach'), values, tasks: this.tasks(depth), concurrencyLimit: chance.below(3), ...more };
      case 'eachSequential': return { id, type: core('flow.EachSequential'), value: values, tasks: this.tasks(depth), ...more };
      case 'eachParallel': return { id, type: core('flow.EachParallel'), value: values, tasks: this.tasks(depth), concurrent: chance.below(3), ...more };
      case 'pause': return { id, type: core('flow.Pause'), ...(chance.is(0.5) ? { pauseDuration: 'PT5S', behavior: chance.pick(['RESUME', 'WARN', 'CANCEL', 'FAIL']) } : {}), ...(chance.is(0.3) ? { timeout: 'PT8S' } : {}), ...(chance.is(0.3) ? { tasks: this.tasks(depth) } : {}), ...more };
      case 'allowFailure': return { id, type: core('flow.AllowFailure'), tasks: this.tasks(depth), ...more };
      case 'loopUntil': return { id, type: core('flow.LoopUntil'), condition: chance.pick(['{{ true }}', '{{ false }}', '{{ randomInt(0, 3) == 1 }}']), tasks: this.tasks(depth), failOnMaxReached: chance.is(0.5), checkFrequency: { interval: 'PT1S', maxIterations: 1 + chance.below(3), maxDuration: 'PT1H' }, ...more };
      case 'workingDirectory': return { id, type: core('flow.WorkingDirectory'), tasks: Array.from({ length: 1 + chance.below(2) }, () => ({ id: this.#id(), type: core('log.Log'), message: 'hi' })), ...more };
      default: return { id, type: core('flow.Sequential'), tasks: this.tasks(depth), ...more };
    }
  }

  #items(id: string, depth: number): Fields {
    const chance = this.#chance;
    const transmitFailed = chance.is(0.7);
    if (chance.is(0.4)) {
      return { id, type: core('flow.ForEachItem'), items: 'kestra:///items', namespace: 'simulation', flowId: 'other', wait: chance.is(0.8), transmitFailed, ...(chance.is(0.3) ? { errors: this.tasks(0) } : {}) };
    }
    const values = chance.pick([['a', 'b', 'c'], [], { x: 1, y: 2 }, 'kestra:///lines', '{{ [1, 2] }}', '{{ nothing }}']);
    return {
      id, type: core('flow.Loop'), values, tasks: this.tasks(Math.min(depth, 1)), concurrencyLimit: chance.below(3), transmitFailed,
      ...(chance.is(0.4) ? { outputs: [{ id: 'o', type: 'STRING', value: 'x' }] } : {}), ...(chance.is(0.3) ? { finally: this.tasks(0) } : {}),
    };
  }

  #dag(depth: number): readonly Fields[] {
    const tasks = this.tasks(depth);
    return tasks.map((task, index) => ({ task, dependsOn: tasks.slice(0, index).filter(() => this.#chance.is(0.5)).map((before) => before['id']) }));
  }
}
