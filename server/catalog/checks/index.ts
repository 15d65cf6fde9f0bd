/** All checks of plugins. Each rule is one small file; a new one is added here. */
import type { Check } from './check.ts';
import { docsNameProperties } from './docs.ts';
import { exampleUsesType } from './example.ts';
import { folderIsTypeName } from './folder-name.ts';
import { groupNameIsFolder } from './group-name.ts';
import { iconIsPlain } from './icon.ts';
import { everythingHasTitle } from './titles.ts';
import { namesAreUnique } from './unique-type.ts';

export type { CheckedPlugin } from './check.ts';
export const checks: readonly Check[] = [groupNameIsFolder, folderIsTypeName, namesAreUnique, everythingHasTitle, docsNameProperties, exampleUsesType, iconIsPlain];
