// All functions by name. A function is an entry in one of the families below; a new family is one more line here.
import type { FunctionDefinition } from '../call.ts';
import { contextFunctions } from './context.ts';
import { dataFunctions } from './data.ts';
import { dateFunctions } from './date.ts';
import { pebbleFunctions } from './pebble.ts';
import { randomFunctions } from './random.ts';
import { worldFunctions } from './world.ts';

const families: readonly Readonly<Record<string, FunctionDefinition>>[] = [pebbleFunctions, contextFunctions, dataFunctions, dateFunctions, randomFunctions, worldFunctions];

/** Every function by its name. */
export const functionTable: ReadonlyMap<string, FunctionDefinition> = new Map(families.flatMap((family) => Object.entries(family)));
