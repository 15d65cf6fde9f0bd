/** A group is named after its folder, so that a type's page, its folder and its group are found from each other. */
import type { Check } from './check.ts';

export const groupNameIsFolder: Check = ({ group, groupFolder }) => {
  const expected = groupFolder.replaceAll('-', '.');
  return group.name === expected ? [] : [`the group is called "${group.name}" in group.ts: expected "${expected}", the folder's name with dots`];
};
