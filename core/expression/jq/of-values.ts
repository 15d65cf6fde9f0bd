// Builtins whose arguments are values rather than filters.
import type { Evaluation } from '../evaluation.ts';
import type { Builtin } from './evaluate.ts';
import { valuesOf } from './evaluate.ts';

/** A function of the input and the values of the arguments. */
export type ValueFunction = (evaluation: Evaluation, input: unknown, ...args: readonly unknown[]) => unknown;

/** A builtin whose arguments are values: it runs for every combination of them. */
export function ofValues(apply: ValueFunction): Builtin {
  return (machine, closures, input, emit) => {
    const collect = (index: number, args: readonly unknown[]): void => {
      const closure = closures[index];
      if (closure === undefined) emit({ value: apply(machine.evaluation, input.value, ...args), path: undefined });
      else valuesOf(machine, closure, input.value, (value) => collect(index + 1, [...args, value]));
    };
    collect(0, []);
  };
}
