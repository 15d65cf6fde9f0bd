/**
 * Rows change in place, but do not move under a pointer: the order that was read is held until the reader asks for the new one.
 * What is gone goes; what is new is counted.
 */
export class HeldOrder {
  #held: readonly string[];

  constructor(order: readonly string[]) {
    this.#held = order;
  }

  of(order: readonly string[]): { readonly shown: readonly string[]; readonly unseen: number } {
    // An empty list has nothing that could jump.
    if (this.#held.length === 0) this.#held = order;
    const present = new Set(order);
    const held = new Set(this.#held);
    const shown = this.#held.filter((id) => present.has(id));
    return { shown, unseen: order.filter((id) => !held.has(id)).length };
  }

  adopt(order: readonly string[]): void {
    this.#held = order;
  }
}
