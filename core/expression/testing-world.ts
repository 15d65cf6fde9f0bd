// A world for tests: it always answers the same. Production code brings its own.
import type { World } from './world.ts';

/** 2024-05-31T10:20:30.456Z, chance in the middle, no files and no secrets but one. */
export const testingWorld: World = {
  nowMs: () => 1_717_150_830_456,
  random: () => 0.5,
  uuid: () => '00000000-0000-4000-8000-000000000000',
  defaultTimeZone: 'UTC',
  secret: (key) => {
    if (key !== 'token') throw new Error(`Cannot find secret for key '${key}'.`);
    return '{"user":"ada"}';
  },
};
