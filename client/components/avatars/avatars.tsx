/** Who is here. People are round, bots square; initials or a name are always there, colour is never alone. */
import { Icon } from '../icon/icon.tsx';

export interface Presence {
  readonly id?: string;
  readonly name: string;
  readonly kind?: string;
  /** 1 to 12. */
  readonly color: number;
  readonly idle?: boolean;
}

/** `Maya Lindqvist` -> `ML`, `local` -> `LO`. By characters, not by UTF-16 units. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter((word) => word !== '');
  const first = [...(words[0] ?? '?')];
  const last = words.length > 1 ? [...(words[words.length - 1] ?? '')] : first.slice(1);
  return `${first[0] ?? '?'}${last[0] ?? ''}`.toUpperCase();
}

export function Avatar({ who, size }: { readonly who: Presence; readonly size?: 16 | 20 }) {
  const bot = who.kind === 'bot';
  return <span class="avatar" data-who={who.color} data-size={size} data-bot={bot ? '' : undefined} data-idle={who.idle === true ? '' : undefined} title={who.name}>{bot ? <Icon name="bot" label={who.name} /> : initials(who.name)}</span>;
}

export function Avatars({ people, size, most = 5 }: { readonly people: readonly Presence[]; readonly size?: 16 | 20; readonly most?: number }) {
  const shown = people.slice(0, most);
  const rest = people.slice(most);
  return (
    <span class="avatars" role="group" aria-label={people.length === 0 ? 'Nobody else here' : `Here now: ${people.map((who) => who.name).join(', ')}`}>
      {shown.map((who) => <Avatar who={who} {...(size === undefined ? {} : { size })} />)}
      {rest.length > 0 ? <span class="more" title={rest.map((who) => who.name).join('\n')}>+{rest.length}</span> : null}
    </span>
  );
}
