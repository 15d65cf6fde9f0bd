import { Icon } from '../icon/icon.tsx';
import type { Choice } from './filter-choices.ts';

/** The list under the filter's input. */
export function FilterOptions({ choices, chosen }: { readonly choices: readonly Choice[]; readonly chosen: number }) {
  return (
    <>
      {choices.map((choice, index) => (
        <span class="menu-item" role="option" id={`filter-option-${index}`} data-index={index} aria-selected={index === chosen ? 'true' : 'false'} aria-checked={choice.type === 'value' && choice.many ? (choice.isChosen ? 'true' : 'false') : undefined} data-apply={choice.type === 'apply' ? '' : undefined}>
          <Words choice={choice} />
        </span>
      ))}
    </>
  );
}

function Words({ choice }: { readonly choice: Choice }) {
  switch (choice.type) {
    case 'field': return <><span>{choice.field.title}</span><span class="hint">{choice.field.comparator}{choice.field.placeholder === undefined ? '' : ` ${choice.field.placeholder}`}</span></>;
    case 'comparator': return <span>{choice.comparator?.words ?? choice.field.comparator}</span>;
    case 'value': return <>{choice.many ? <span class="option-box">{choice.isChosen ? <Icon name="check" size={12} /> : null}</span> : null}<span>{choice.option.text}</span></>;
    case 'apply': return <b>{choice.count === 0 ? 'Remove this filter' : `Apply ${choice.count} ${choice.count === 1 ? 'value' : 'values'}`}</b>;
    case 'search': return <span>Search for <b>{choice.value}</b></span>;
  }
}
