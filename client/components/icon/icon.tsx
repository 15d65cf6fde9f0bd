/** One drawing of the sprite. Decorative unless it gets a `label`: then it is an image with that name. */
import { iconSprite, type IconName } from '../../theme/icons.ts';

export interface IconProps {
  readonly name: IconName;
  readonly size?: 12 | 14 | 20;
  readonly label?: string;
  readonly class?: string;
  /** A state gives the icon the state's colour. */
  readonly state?: string;
}

export function Icon({ name, size, label, class: more, state }: IconProps) {
  return (
    <svg class={more === undefined ? 'icon' : `icon ${more}`} data-size={size} data-state={state} aria-hidden={label === undefined ? 'true' : undefined} role={label === undefined ? undefined : 'img'} aria-label={label}>
      <use href={`${iconSprite}#${name}`} />
    </svg>
  );
}
