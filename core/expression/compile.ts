// Text to a program, and the editor's view of the same: tree and problems.
import { compileTemplate } from './compile-template.ts';
import { ExpressionError, positionOf } from './error.ts';
import { filterTable } from './filters/index.ts';
import { functionTable } from './functions/index.ts';
import type { Program } from './program.ts';
import type { ParsedTemplate } from './template-parser.ts';
import { parseTemplateNodes } from './template-parser.ts';
import { testTable } from './tests/index.ts';
import { unknownNames } from './unknown-names.ts';

/** Whether a text may contain anything to render; cheap. */
export function hasExpression(text: string): boolean {
  return text.includes('{') && (text.includes('{{') || text.includes('{%') || text.includes('{#'));
}

/** Compiles a template; throws an ExpressionError of kind 'syntax' naming the first problem. */
export function compileProgram(template: string): Program {
  const { ast, problems } = parseTemplateNodes(template);
  const [problem] = problems;
  if (problem !== undefined) {
    const { line, column } = positionOf(template, problem.offset);
    throw new ExpressionError(`${problem.message} (line ${line}, column ${column})`, { kind: 'syntax', template, offset: problem.offset });
  }
  return compileTemplate(template, ast);
}

/** The tree and all problems of a template, names of filters, functions and tests that do not exist included; never throws. */
export function parseTemplate(template: string): ParsedTemplate {
  const { ast, problems } = parseTemplateNodes(template);
  const unknown = unknownNames(ast, { filters: filterTable, functions: functionTable, tests: testTable });
  return { ast, problems: [...problems, ...unknown].sort((a, b) => a.offset - b.offset) };
}
