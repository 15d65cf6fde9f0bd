/**
 * How late what arrives is. Patches carry the time of their commit by the server's clock, which may differ from ours by hours;
 * so the smallest difference seen is taken for "half a round trip", and a patch is as late as it exceeds that.
 */
const windowCount = 64;

export class LagMeter {
  readonly #differences: number[] = [];
  #roundTripMs = 0;
  #lagMs = 0;

  roundTrip(ms: number): void {
    this.#roundTripMs = ms;
    // Without traffic the last patch says nothing about now; the round trip does.
    this.#lagMs = ms / 2;
  }

  patch(committedAtMs: number, nowMs: number): void {
    const difference = nowMs - committedAtMs;
    this.#differences.push(difference);
    if (this.#differences.length > windowCount) this.#differences.shift();
    const least = Math.min(...this.#differences);
    this.#lagMs = difference - least + this.#roundTripMs / 2;
  }

  get lagMs(): number {
    return this.#lagMs;
  }
}
