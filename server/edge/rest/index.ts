/** REST. */
export { createRest, type RestOptions } from './rest.ts';
export { problemAnswer, problemBody } from './problem.ts';
