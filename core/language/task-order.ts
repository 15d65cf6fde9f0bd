/** Dependencies between ids, of a Dag's tasks or of inputs. */

/** The ids on circles, in the order of the map: what is left when everything outside circles is taken away, from both ends. */
export function cyclicIds(dependencies: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const waiting = remaining([...dependencies.keys()], (id) => dependencies.get(id) ?? []);
  if (waiting.size === 0) return [];
  const dependents = new Map<string, string[]>();
  for (const id of waiting) for (const on of new Set(dependencies.get(id))) dependents.set(on, [...(dependents.get(on) ?? []), id]);
  const circle = remaining([...waiting], (id) => dependents.get(id) ?? []);
  return [...dependencies.keys()].filter((id) => circle.has(id));
}

/** Ids that never become free when an id is free once all it waits for (among `ids`) was. One pass over all arrows. */
function remaining(ids: readonly string[], waitsFor: (id: string) => readonly string[]): ReadonlySet<string> {
  const left = new Set(ids);
  const counts = new Map<string, number>();
  const waiters = new Map<string, string[]>();
  for (const id of ids) {
    const on = [...new Set(waitsFor(id))].filter((other) => left.has(other));
    counts.set(id, on.length);
    for (const other of on) {
      const list = waiters.get(other);
      if (list === undefined) waiters.set(other, [id]);
      else list.push(id);
    }
  }
  const free = ids.filter((id) => counts.get(id) === 0);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id);
    for (const waiter of waiters.get(id) ?? []) {
      const count = (counts.get(waiter) ?? 0) - 1;
      counts.set(waiter, count);
      if (count === 0) free.push(waiter);
    }
  }
  return left;
}
