/** YAML of a configuration file as plain data: the YAML library stays in this room. */
import { parse } from 'yaml';

export function parseConfigText(text: string): { readonly value?: unknown; readonly problem?: string } {
  try {
    const value: unknown = parse(text, { maxAliasCount: 100 });
    return { value };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
