/** Chance from a seed: the same seed gives the same run on every machine. */

export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** An integer from 0 to below `end`. */
  below(end: number): number;
  /** True so often. */
  is(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** One of the keys, as often as its weight says; undefined when all weights are 0. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key | undefined;
}

/** sfc32: 128 bits of state. */
export function chanceOf(seed: number): Chance {
  let [a, b, c, counter] = [0x9e3779b9 ^ seed, 0x243f6a88, Math.floor(seed / 2 ** 32) ^ 0xb7e15162, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next, below, is: (probability) => next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    weighted: (weights) => {
      const entries = Object.entries<number>(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        if (weight > 0 && left < weight) return key as keyof typeof weights;
        left -= weight;
      }
      return undefined;
    },
  };
}
