/** A diagnostic as one sentence with its line and whose it is. Pure. */
import type { Diagnostic } from '../../../core/protocol/entities/flow.ts';

export const problemWords = (one: Diagnostic): string => `line ${one.line}: ${one.message}${one.author === undefined ? '' : ` (written by ${one.author.name})`}`;
