/** What behaviours and the connection need of the world, so that tests can give them another one. */
export type Release = () => void;

export interface Clock {
  /** Milliseconds since 1970, as this computer believes. */
  nowMs(): number;
}

export interface Timers {
  after(delayMs: number, call: () => void): Release;
  every(intervalMs: number, call: () => void): Release;
}

export interface Storage {
  read(key: string): string | undefined;
  write(key: string, value: string): void;
  remove(key: string): void;
}
