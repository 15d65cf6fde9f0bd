/** "Did you mean": the name closest to one that was mistyped. */

/** Undefined when nothing is close enough to be meant. Case counts little, one slip in four letters is forgiven. */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  const wanted = wrong.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 4)) + 1;
  for (const name of names) {
    if (name === wrong || Math.abs(name.length - wanted.length) >= bestDistance) continue;
    const found = distance(wanted, name.toLowerCase(), bestDistance);
    if (found < bestDistance) {
      best = name;
      bestDistance = found;
    }
  }
  return best;
}

/** The type that was meant: the same class in another package, or a similar class. */
export function nearestType(wrong: string, types: readonly string[]): string | undefined {
  const className = lastSegment(wrong);
  const sameClass = types.filter((type) => lastSegment(type).toLowerCase() === className.toLowerCase());
  if (sameClass.length > 0) return sameClass.length === 1 ? sameClass[0] : (nearestName(wrong, sameClass) ?? sameClass[0]);
  const whole = nearestName(wrong, types);
  if (whole !== undefined && nearestName(className, [lastSegment(whole)]) !== undefined) return whole;
  const similar = nearestName(className, types.map(lastSegment));
  return similar === undefined ? undefined : types.find((type) => lastSegment(type) === similar);
}

export const didYouMean = (name: string | undefined): string | undefined => (name === undefined ? undefined : `Did you mean "${name}"?`);

const lastSegment = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** Edit distance with swaps of neighbours counted as one; stops when it can only be `limit` or more. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      current.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? limit;
}
