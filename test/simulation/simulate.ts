/** One run from a seed: a random flow, a random world, then a quiet one in which everything has to end. */
import type { Command } from '../../core/engine/index.ts';
import { currentState } from '../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import { chanceOf, type Chance } from './chance.ts';
import { randomFlow } from './random-flow.ts';
import { Shell } from './shell.ts';

export interface Simulated {
  readonly steps: number;
  /** How often what happened, to prove that a run reached what it is about. */
  readonly counts: ReadonlyMap<string, number>;
  readonly shell: Shell;
}

/** What goes wrong says the seed, the flow and everything that was done. */
export class SimulationError extends Error {
  readonly seed: number;

  constructor(seed: number, shell: Shell | undefined, cause: unknown) {
    const fault = cause instanceof Error && cause.cause instanceof Error ? `\n${cause.cause.stack ?? ''}` : '';
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}${fault}\n${shell === undefined ? '' : `${shell.source}\n${shell.trace.slice(-60).join('\n')}`}`, { cause });
    this.name = 'SimulationError';
    this.seed = seed;
  }
}

/** From this seed on flows have tasks with a child execution for each item. */
export const seedsWithItems = 2_000_000;
const quietStepsMax = 3000;

/** `forgets`: a kind of command that this world loses, for the test of the laws themselves. */
export function simulate(seed: number, forgets?: Command['type']): Simulated {
  const chance = chanceOf(seed);
  let shell: Shell | undefined;
  try {
    shell = new Shell(randomFlow(chance, seed >= seedsWithItems), chance, forgets);
    shell.commit();
    if (chance.is(0.1)) queued(shell, chance);
    else shell.send({ type: 'begun', atMs: shell.nowMs });
    const isRough = chance.is(0.7);
    const rounds = 10 + chance.below(120);
    for (let round = 0; round < rounds; round += 1) act(shell, chance, isRough);
    quieten(shell, chance);
    shell.checkReplay();
    return { steps: shell.steps, counts: shell.counts, shell };
  } catch (error) {
    throw new SimulationError(seed, shell, error);
  }
}

/** Over the limit of its flow at first: it waits, or it never runs. */
function queued(shell: Shell, chance: Chance): void {
  if (chance.is(0.3)) shell.send({ type: 'refused', atMs: shell.nowMs, state: chance.pick(['CANCELLED', 'FAILED'] as const) });
  else shell.send({ type: 'queued', atMs: shell.nowMs });
}

function act(shell: Shell, chance: Chance, isRough: boolean): void {
  if (chance.is(0.3)) shell.tick();
  const action = chance.weighted({
    commit: shell.isDirty ? 30 : 0, job: shell.jobCount > 0 ? 25 : 0, answer: shell.answerCount > 0 ? 20 : 0, child: shell.openChildCount > 0 ? 8 : 0, due: shell.dueCount > 0 ? 8 : 0,
    repeat: 4, crash: isRough ? 3 : 0, replay: 1, person: isRough ? 3 : 0.3,
  });
  switch (action) {
    case 'commit': shell.commit(); return;
    case 'job': shell.moveJob(); return;
    case 'answer': shell.answer(); return;
    case 'child': shell.moveChild(); return;
    case 'due': shell.due(); return;
    case 'repeat': shell.repeat(); return;
    case 'crash': shell.crash(); return;
    case 'replay': shell.checkReplay(); return;
    case 'person': person(shell, chance); return;
    default: return;
  }
}

/** Somebody presses a button. What the API refuses at its door is not sent. */
function person(shell: Shell, chance: Chance): void {
  const atMs = shell.nowMs;
  const { state } = shell.state;
  switch (chance.weighted({ kill: 2, pause: 4, resume: state === 'PAUSED' ? 8 : 1, force: 1, labels: 1, restart: 6, state: 3, status: 1, breakpoint: state === 'BREAKPOINT' ? 5 : 0, begin: state === 'QUEUED' ? 10 : 0 })) {
    case 'kill': shell.send({ type: 'killRequested', atMs }); return;
    case 'pause': shell.send({ type: 'pauseRequested', atMs }); return;
    case 'resume': shell.send({ type: 'resumed', atMs, inputs: {}, ...(chance.is(0.2) ? { state: 'FAILED' as const } : {}) }); return;
    case 'force': shell.send({ type: 'forced', atMs }); return;
    case 'labels': shell.send({ type: 'labelsSet', atMs, labels: [{ key: 'by', value: 'hand' }] }); return;
    case 'restart': restarted(shell, shell.send({ type: 'restartRequested', atMs }).type === 'advanced'); return;
    case 'state': {
      if (!shell.isOver || state === 'KILLED') return;
      const runs = [...shell.state.all()].filter((row) => isTerminal(currentState(row.histories)));
      if (runs.length > 0) restarted(shell, shell.send({ type: 'taskRunStateChanged', atMs, taskRunId: chance.pick(runs).id, state: chance.pick(['SUCCESS', 'FAILED', 'WARNING'] as const) }).type === 'advanced');
      return;
    }
    case 'status': shell.send({ type: 'statusChanged', atMs, state: chance.pick(['SUCCESS', 'FAILED', 'KILLED'] as const) }); return;
    case 'breakpoint': shell.send({ type: 'breakpointResumed', atMs, breakpoints: [] }); return;
    case 'begin': shell.send({ type: 'begun', atMs, unqueued: true }); return;
    default: return;
  }
}

function restarted(shell: Shell, isTaken: boolean): void {
  if (isTaken) shell.send({ type: 'begun', atMs: shell.nowMs });
}

/** The world answers everything and nobody interferes: then the execution ends. */
function quieten(shell: Shell, chance: Chance): void {
  for (let count = 0; count < quietStepsMax; count += 1) {
    if (shell.isDirty) shell.commit();
    if (shell.answerCount > 0) shell.answer();
    else if (shell.jobCount > 0) shell.moveJob();
    else if (shell.openChildCount > 0) shell.moveChild();
    else if (shell.isOver) return;
    else if (shell.dueCount > 0) shell.due();
    else if (shell.state.state === 'PAUSED') shell.send({ type: 'resumed', atMs: shell.nowMs, inputs: {} });
    else if (shell.state.state === 'BREAKPOINT') shell.send({ type: 'breakpointResumed', atMs: shell.nowMs, breakpoints: [] });
    else if (['CREATED', 'QUEUED', 'RESTARTED'].includes(shell.state.state)) shell.send({ type: 'begun', atMs: shell.nowMs });
    else throw new Error(`A law is broken: nothing is left to happen and the execution is ${shell.state.state}: ${shell.state.ordered().map((row) => `${row.taskId}/${row.value ?? ''} ${currentState(row.histories)}`).join(', ')}`);
    if (chance.is(0.2)) shell.tick();
  }
  throw new Error(`A law is broken: after ${quietStepsMax} quiet steps the execution is still ${shell.state.state}`);
}
