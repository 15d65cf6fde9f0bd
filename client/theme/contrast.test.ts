/** Every pair of colours that the components use, in both themes, against WCAG's limits; and charted states for three kinds of colour blindness. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

type Theme = 'light' | 'dark';
const themes: readonly Theme[] = ['light', 'dark'];
const tokens: Record<Theme, Map<string, string>> = { light: new Map(), dark: new Map() };
const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
for (const [, name = '', value = ''] of css.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
  // The first definition is the default one; later ones belong to media queries.
  if (tokens.light.has(name)) continue;
  const both = /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(value);
  const one = /^#\w{6}$/.exec(value);
  if (both?.[1] !== undefined && both[2] !== undefined) {
    tokens.light.set(name, both[1]);
    tokens.dark.set(name, both[2]);
  } else if (one !== null) {
    tokens.light.set(name, value);
    tokens.dark.set(name, value);
  }
}

const colour = (theme: Theme, name: string): string => {
  const value = tokens[theme].get(name);
  if (value === undefined) throw new Error(`tokens.css has no colour --${name}`);
  return value;
};
const channels = (hex: string): readonly number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
const luminance = (hex: string): number => dot([0.2126, 0.7152, 0.0722], channels(hex));
const ratio = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

const surfaces = ['sunken', 'canvas', 'surface', 'raised', 'hover', 'active'];
const resting = ['sunken', 'canvas', 'surface', 'raised', 'hover'];
const states = ['created', 'queued', 'running', 'paused', 'breakpoint', 'restarted', 'retrying', 'killing', 'killed', 'success', 'warning', 'failed', 'cancelled', 'skipped', 'retried'];
const who = Array.from({ length: 12 }, (_, index) => `who-${index + 1}`);

const rules: readonly (readonly [what: string, fronts: readonly string[], grounds: readonly string[], limit: number])[] = [
  ['text', ['text'], [...surfaces, 'accent-tint'], 7],
  ['second text', ['text-2'], [...surfaces, 'accent-tint'], 4.5],
  ['third text', ['text-3'], surfaces, 4.5],
  ['accent as text and focus ring', ['accent'], [...resting, 'accent-tint'], 4.5],
  ['text on the accent', ['on-accent'], ['accent-fill', 'accent-fill-hover'], 4.5],
  ['text on danger', ['on-danger'], ['danger-fill', 'danger-fill-hover'], 4.5],
  ['lines of controls', ['line-strong'], ['sunken', 'canvas', 'surface', 'raised'], 3],
  ...states.flatMap((state) => [
    [`${state} as text and icon`, [`state-${state}`], [...resting, `state-${state}-tint`], 4.5],
    [`${state} as bar`, [`state-${state}-fill`], ['canvas', 'surface', 'raised', 'sunken'], 3],
  ] as const),
  ['the failed pill', ['surface'], ['state-failed'], 4.5],
  ['text on failed', ['text', 'text-2'], ['state-failed-tint'], 4.5],
  ['log levels', ['error', 'warn', 'info', 'debug', 'trace'].map((level) => `level-${level}`), ['surface', 'hover', 'canvas', 'accent-tint'], 4.5],
  ['participants as outlines and cursors', who, ['sunken', 'canvas', 'surface', 'raised'], 3],
  ['initials on participants', ['on-who'], who, 4.5],
  ['code', ['key', 'string', 'number', 'comment', 'expression', 'type'].map((code) => `code-${code}`), ['surface', 'diff-add', 'diff-del', 'sunken'], 4.5],
];

for (const theme of themes) {
  for (const [what, fronts, grounds, limit] of rules) {
    test(`${what} reads at ${limit}:1 or better on every ground it meets, ${theme}`, () => {
      for (const front of fronts) {
        for (const ground of grounds) {
          const value = ratio(colour(theme, front), colour(theme, ground));
          assert.ok(value >= limit, `--${front} on --${ground} is ${value.toFixed(2)}:1`);
        }
      }
    });
  }
}

/** Machado 2009, severity 1.0. */
const sights: Readonly<Record<string, readonly (readonly number[])[]>> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const oklab = (linear: readonly number[]): readonly number[] => {
  const cone = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]].map((row) => Math.cbrt(Math.max(0, dot(row, linear))));
  return [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]].map((row) => dot(row, cone));
};
const charted = ['success', 'warning', 'failed', 'running', 'paused', 'killed', 'queued'];
/** Hue alone; icon, word and texture carry the rest. */
const distanceMin = 0.05;

for (const theme of themes) {
  for (const [sight, matrix] of Object.entries(sights)) {
    test(`the seven charted states stay apart for ${sight} sight, ${theme}`, () => {
      for (const [index, a] of charted.entries()) {
        for (const b of charted.slice(index + 1)) {
          const [x, y] = [a, b].map((name) => oklab(matrix.map((row) => dot(row, channels(colour(theme, `state-${name}-fill`))))));
          if (x === undefined || y === undefined) throw new Error('two colours');
          const distance = Math.hypot(...x.map((value, axis) => value - (y[axis] ?? 0)));
          assert.ok(distance >= distanceMin, `${a} and ${b} are ${distance.toFixed(3)} apart`);
        }
      }
    });
  }
}

test.run();
