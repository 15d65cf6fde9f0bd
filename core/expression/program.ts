// What a template is compiled to: closures over the tree, so that rendering does not look at the tree again.
import type { Evaluation } from './evaluation.ts';
import type { Output } from './output.ts';

/** Gives the value of an expression or throws. */
export type Evaluate = (evaluation: Evaluation) => unknown;

/** Writes a piece of the template. */
export type Emit = (evaluation: Evaluation, output: Output) => void;

/** An expression in two forms: `soft` answers `missing` where `strict` throws that something is missing. */
export interface Expression {
  readonly strict: Evaluate;
  readonly soft: Evaluate;
}

/** A macro that was defined in the template. */
export interface Macro {
  readonly parameters: readonly { readonly name: string; readonly defaultValue: Evaluate | undefined }[];
  readonly emit: Emit;
}

/** A template ready to render, opaque to users of this room. */
export class Program {
  readonly source: string;
  readonly emit: Emit;
  /** Set when the template is exactly one `{{ expression }}`: it is rendered without an output in between. */
  readonly single: Evaluate | undefined;

  constructor(source: string, emit: Emit, single: Evaluate | undefined) {
    this.source = source;
    this.emit = emit;
    this.single = single;
  }
}
