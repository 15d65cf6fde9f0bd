/** From a committed key to the channels that want it: two look-ups, whatever the number of channels. */
import type { Key } from '../store/index.ts';
import { kindOf, type Interest, type Kind } from './view.ts';

interface Route<Target> {
  readonly all: Set<Target>;
  readonly byNumber: Map<number, Set<Target>>;
}

export class Routes<Target> {
  readonly #byTenant = new Map<string, Map<Kind, Route<Target>>>();

  add(tenant: string, interest: Interest, target: Target): void {
    const kinds = this.#byTenant.get(tenant) ?? new Map<Kind, Route<Target>>();
    this.#byTenant.set(tenant, kinds);
    const route = kinds.get(interest.kind) ?? { all: new Set<Target>(), byNumber: new Map<number, Set<Target>>() };
    kinds.set(interest.kind, route);
    if (interest.number === undefined) {
      route.all.add(target);
      return;
    }
    const targets = route.byNumber.get(interest.number) ?? new Set<Target>();
    route.byNumber.set(interest.number, targets);
    targets.add(target);
  }

  remove(tenant: string, interest: Interest, target: Target): void {
    const kinds = this.#byTenant.get(tenant);
    const route = kinds?.get(interest.kind);
    if (kinds === undefined || route === undefined) return;
    if (interest.number === undefined) {
      route.all.delete(target);
    } else {
      const targets = route.byNumber.get(interest.number);
      targets?.delete(target);
      if (targets?.size === 0) route.byNumber.delete(interest.number);
    }
    if (route.all.size === 0 && route.byNumber.size === 0) kinds.delete(interest.kind);
    if (kinds.size === 0) this.#byTenant.delete(tenant);
  }

  get isEmpty(): boolean {
    return this.#byTenant.size === 0;
  }

  /** Tells every target that wants this committed key. */
  tell(key: Key, note: (target: Target, kind: Kind, rest: Key) => void): void {
    const [tenant, part] = key;
    if (typeof tenant !== 'string') return;
    const kinds = this.#byTenant.get(tenant);
    const kind = kinds === undefined ? undefined : kindOf(part);
    if (kinds === undefined || kind === undefined) return;
    this.tellKind(tenant, kind, key.slice(2), note);
  }

  tellKind(tenant: string, kind: Kind, rest: Key, note: (target: Target, kind: Kind, rest: Key) => void): void {
    const route = this.#byTenant.get(tenant)?.get(kind);
    if (route === undefined) return;
    for (const target of route.all) note(target, kind, rest);
    const number = rest[0];
    if (typeof number === 'number') for (const target of route.byNumber.get(number) ?? []) note(target, kind, rest);
  }
}
