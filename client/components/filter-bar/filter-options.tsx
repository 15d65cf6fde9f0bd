import type { FilterField } from './filters.ts';

export type Choice =
  | { readonly type: 'field'; readonly field: FilterField }
  | { readonly type: 'value'; readonly field: FilterField; readonly value: string; readonly text: string }
  | { readonly type: 'search'; readonly value: string; readonly text: string };

/** The list under the filter's input. */
export function FilterOptions({ choices, chosen }: { readonly choices: readonly Choice[]; readonly chosen: number }) {
  return (
    <>
      {choices.map((choice, index) => (
        <span class="menu-item" role="option" id={`filter-option-${index}`} data-index={index} aria-selected={index === chosen ? 'true' : 'false'}>
          {choice.type === 'field' ? <><span>{choice.field.title}</span><span class="hint">{choice.field.comparator}{choice.field.placeholder === undefined ? '' : ` ${choice.field.placeholder}`}</span></>
            : choice.type === 'search' ? <span>Search for <b>{choice.text}</b></span>
              : <span>{choice.text}</span>}
        </span>
      ))}
    </>
  );
}
