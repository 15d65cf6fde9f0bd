/** No two plugins answer to one name, be it canonical or an alias. */
import type { Check } from './check.ts';

export const namesAreUnique: Check = (plugin, all) => {
  const own = [plugin.definition.type, ...(plugin.definition.aliases ?? [])];
  const twice = own.filter((name, index) => own.indexOf(name) !== index);
  const shared = all.filter((other) => other !== plugin).flatMap((other) =>
    [other.definition.type, ...(other.definition.aliases ?? [])].filter((name) => own.includes(name)).map((name) => `the name "${name}" is also that of ${other.place}`));
  return [...twice.map((name) => `the name "${name}" is given twice`), ...shared];
};
