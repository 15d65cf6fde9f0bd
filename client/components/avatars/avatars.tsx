/** Who is here. People are round, bots square; initials or a name are always there, colour is never alone. */
import { Icon } from '../icon/icon.tsx';

export interface Presence {
  readonly id?: string;
  readonly name: string;
  readonly kind?: string;
  /** 1 to 12. */
  readonly color: number;
  readonly idle?: boolean;
  /** I follow them, or they follow me. */
  readonly follow?: 'following' | 'leading';
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
  return <span class="avatar" data-who={who.color} data-size={size} data-bot={bot ? '' : undefined} data-idle={who.idle === true ? '' : undefined} data-following={who.follow === 'following' ? '' : undefined} data-leading={who.follow === 'leading' ? '' : undefined} title={who.name}>{bot ? <Icon name="bot" label={who.name} /> : initials(who.name)}</span>;
}

export interface AvatarsProps {
  readonly people: readonly Presence[];
  readonly size?: 16 | 20;
  readonly most?: number;
  /** What a click on a person does; the value is their id. Left out for oneself. */
  readonly action?: { readonly name: string; readonly title: (who: Presence) => string; readonly except: string };
}

export function Avatars({ people, size, most = 5, action }: AvatarsProps) {
  const shown = people.slice(0, most);
  const rest = people.slice(most);
  return (
    <span class="avatars" role="group" aria-label={people.length === 0 ? 'Nobody else here' : `Here now: ${people.map((who) => who.name).join(', ')}`}>
      {shown.map((who) => {
        const isButton = action !== undefined && who.id !== undefined && who.id !== action.except;
        const { follow, ...plain } = who;
        // A button has the ring itself: a morph leaves alone what is inside of the focused one.
        const avatar = <Avatar who={isButton ? plain : who} {...(size === undefined ? {} : { size })} />;
        return !isButton ? avatar : <button type="button" class="avatar-button" data-who={who.color} data-following={follow === 'following' ? '' : undefined} data-leading={follow === 'leading' ? '' : undefined} data-action={action.name} data-value={who.id} aria-label={action.title(who)} aria-pressed={follow === 'following'}>{avatar}</button>;
      })}
      {rest.length > 0 ? <span class="more" title={rest.map((who) => who.name).join('\n')}>+{rest.length}</span> : null}
    </span>
  );
}
