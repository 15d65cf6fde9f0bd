/** A plugin's folder is the kebab-case of its type's last name: `ForEach` lives in `for-each`. */
import type { Check } from './check.ts';

export const folderIsTypeName: Check = ({ definition, folder }) => {
  const name = definition.type.slice(Math.max(definition.type.lastIndexOf('.'), definition.type.lastIndexOf('$')) + 1);
  const expected = name.replace(/([a-z])([A-Z0-9])/g, '$1-$2').toLowerCase();
  return folder === expected ? [] : [`the folder is called "${folder}": expected "${expected}" for the type "${definition.type}"`];
};
