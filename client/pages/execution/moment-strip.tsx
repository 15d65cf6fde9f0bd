/** The line under the transport: who sees what, who holds the playhead, and what can be done about it. */
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import type { Mode, Watcher } from './moment.ts';

export interface StripProps {
  readonly mode: Mode;
  readonly followers: readonly Watcher[];
  readonly asker: Watcher | undefined;
  readonly watchers: readonly Watcher[];
  readonly timeText: (ms: number) => string;
}

const namesOf = (people: readonly Watcher[]): string => {
  const names = people.map((one) => one.name);
  return names.length < 2 ? names[0] ?? '' : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
};

/** Whom one looks at alone, in words: colleagues at another moment who follow nobody. */
function elsewhere({ watchers, timeText }: Pick<StripProps, 'watchers' | 'timeText'>): string {
  const past = watchers.filter((one) => one.atMs !== null && one.follows === null);
  return past.length === 0 ? '' : ` ${past.slice(0, 3).map((one) => `${one.name} looks at ${timeText(one.atMs ?? 0)}`).join('; ')}.`;
}

export function MomentStrip(props: StripProps) {
  const { mode, followers, asker, watchers, timeText } = props;
  if (mode.state === 'following') {
    const leader = watchers.find((one) => one.id === mode.id);
    const name = mode.name === '' ? 'a colleague' : mode.name;
    return (
      <div class="follow-strip" id="moment-strip" data-who={leader?.color} role="status">
        {leader === undefined ? <Icon name="follow" /> : <Avatar who={leader} size={20} />}
        <span class="cut"><b>You follow {name}.</b>{leader === undefined ? ' They are not here now.' : mode.atMs === undefined ? ' You both see the present.' : ` You both see the run as it was at ${timeText(mode.atMs)}.`}</span>
        <span class="grow"></span>
        {mode.asks ? <span class="faint">{name} was asked: silence for 10 s hands it over</span> : leader === undefined ? null : <Button kind="quiet" size="small" action="moment-ask">Ask for the playhead</Button>}
        <Button size="small" action="moment-alone" title="Key: Esc">Look alone</Button>
      </div>
    );
  }
  if (asker !== undefined) {
    return (
      <div class="follow-strip" id="moment-strip" data-who={asker.color} role="status">
        <Avatar who={asker} size={20} /><span class="cut"><b>{asker.name} asks for the playhead.</b> After 10 s it goes over by itself.</span><span class="grow"></span>
        <Button kind="quiet" size="small" action="moment-keep" value={asker.id}>Keep it</Button><Button size="small" action="moment-give" value={asker.id}>Hand over</Button>
      </div>
    );
  }
  if (mode.state === 'live' && followers.length === 0) return <div id="moment-strip" hidden></div>;
  const verb = followers.length === 1 ? 'sees' : 'see';
  return (
    <div class="notice" data-kind="past" id="moment-strip" role="status">
      <Icon name={mode.state === 'live' ? 'follow' : 'history'} />
      <span class="cut">
        {mode.state === 'live' ? <><b>{namesOf(followers)} {followers.length === 1 ? 'follows' : 'follow'} you.</b> Drag the time and they see what you see.</>
          : followers.length > 0 ? <><b>You hold the playhead.</b> {namesOf(followers)} {verb} the run as it was at {timeText(mode.atMs)}.{elsewhere(props)}</>
            : <><b>You see the run as it was at {timeText(mode.atMs)}.</b> Commands act on the present.{elsewhere(props)}</>}
      </span>
      <span class="grow"></span>
      {followers.length === 1 ? <Button kind="quiet" size="small" action="moment-give" value={followers[0]?.id ?? ''}>Hand over</Button> : followers.length > 1 ? followers.slice(0, 3).map((one) => <Button kind="quiet" size="small" action="moment-give" value={one.id}>Hand over to {one.name}</Button>) : null}
    </div>
  );
}
