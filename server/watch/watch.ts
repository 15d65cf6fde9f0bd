/**
 * The watch room. A subscription is in one of three states: following (its socket is subscribed to the channel's frames), behind (the
 * socket had too much waiting, so it was taken out and gets one fresh state when it has drained), or gone. A channel steps at most once
 * per tick: the first change at once, later ones together.
 */
import { forbidden, ProtocolError } from '../../core/protocol/errors.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Cursor, PresenceTopicState, WatchAnswer } from '../../core/protocol/topics.ts';
import type { Access, Caller } from '../access/contract.ts';
import type { Ambient, Cancel } from '../ambient/index.ts';
import { dayFormatter, loadExecution, type Feed, type FeedMessage, type Key, type Reader } from '../store/index.ts';
import { Channel } from './channel.ts';
import type { Publisher, Watch, WatchSocket } from './contract.ts';
import { flowOfRoom } from './flow-row.ts';
import { endedFrame, stateFrame } from './frames.ts';
import { Routes } from './routes.ts';
import { parseTopic, permissionOf, type TopicName } from './topic-name.ts';
import { noConsoles } from './console-board.ts';
import { AuditView } from './topics/audit.ts';
import { ConsoleView } from './topics/console.ts';
import { ExecutionView } from './topics/execution.ts';
import { everything, ExecutionsView } from './topics/executions.ts';
import { FlowView } from './topics/flow.ts';
import { FlowsView } from './topics/flows.ts';
import { LogsView } from './topics/logs.ts';
import { PreferencesView } from './topics/preferences.ts';
import { PresenceView } from './topics/presence.ts';
import { StatsView } from './topics/stats.ts';
import { TriggersView } from './topics/triggers.ts';
import type { ConsoleSource, Interest, Kind, PresenceSource, Sources, View } from './view.ts';

export interface WatchOptions {
  readonly front: Reader;
  readonly engine: Reader;
  /** The data folder's `logs`. */
  readonly logs: string;
  readonly feed: Feed;
  readonly publisher: Publisher;
  readonly access: Pick<Access, 'refusal' | 'onRevoked'>;
  readonly ambient: Ambient;
  /** The documents room. */
  readonly present: PresenceSource;
  readonly consoles: ConsoleSource;
}

/** Between two frames of one channel: what a person sees as at once, and a fifth of the frames of a busy execution. */
const tickMs = 50;
/** A channel whose frames are large waits longer: about 1 MB a second for each watcher. */
const bytesPerMs = 1000;
/** A channel whose steps are slow may use at most this share of the loop. */
const stepShareMax = 0.2;
/** How long a channel without watchers is kept, for those whose connection broke. */
const idleMsMax = 60_000;
const idleNotedMax = 5000;
/** Generations of one topic without watchers; a page that is reloaded again and again makes one each time. */
const idleGenerationsMax = 3;

interface Held {
  readonly key: string;
  readonly channel: Channel;
  readonly watchers: Set<Subscription>;
  interests: readonly Interest[];
  nextStepMs: number;
  cancelStep: Cancel | undefined;
  cancelAgain: Cancel | undefined;
  cancelIdle: Cancel | undefined;
}

interface Subscription {
  readonly socket: WatchSocket;
  readonly topic: string;
  readonly held: Held;
  state: 'following' | 'behind' | 'gone';
}

export function createWatch(options: WatchOptions): Watch {
  const { ambient, feed, publisher, access } = options;
  const dayOf = dayFormatter(ambient.clock.timeZone());
  /** Generations of a topic's channel in one scope, newest last. */
  const channels = new Map<string, Held[]>();
  const sockets = new Map<number, Map<string, Subscription>>();
  const routes = new Routes<Held>();
  let channelCount = 0;
  let watcherCount = 0;
  let patchCount = 0;
  const stepTimes = ambient.metrics.histogram('ensemble_watch_step_ms', { help: 'Time to read and diff one topic' });

  // ---- from commits to frames

  const onFeed = (message: FeedMessage): void => {
    if (routes.isEmpty) return;
    const reader = message.environment === 'front' ? options.front : options.engine;
    reader.refresh();
    const atMs = ambient.clock.nowMs();
    for (const key of message.keys) routes.tell(key, (held, kind, rest) => noted(held, () => held.channel.note(kind, rest, atMs)));
  };
  const onPresence = (room: string): void => {
    if (routes.isEmpty) return;
    const atMs = ambient.clock.nowMs();
    const note = (held: Held, kind: Kind, rest: Key): void => noted(held, () => held.channel.note(kind, rest, atMs));
    const [tenant = ''] = room.split('/');
    routes.tellKind(tenant, 'room', [], note);
    const flow = flowOfRoom(room);
    if (flow !== undefined) routes.tellKind(flow.tenant, 'presence', [flow.namespace, flow.id], note);
  };
  const onConsole = (tenant: string, executionId: string): void => {
    if (routes.isEmpty) return;
    const atMs = ambient.clock.nowMs();
    routes.tellKind(tenant, 'console', [executionId], (held, kind, rest) => noted(held, () => held.channel.note(kind, rest, atMs)));
  };
  const noted = (held: Held, note: () => void): void => {
    note();
    if (held.watchers.size > 0) schedule(held);
    else if (held.channel.notedCount > idleNotedMax) discard(held);
  };

  const schedule = (held: Held): void => {
    if (held.cancelStep !== undefined) return;
    const waitMs = held.nextStepMs - ambient.clock.monotonicMs();
    const run = (): void => {
      held.cancelStep = undefined;
      if (held.watchers.size > 0) step(held);
    };
    held.cancelStep = waitMs <= 0 ? ambient.timers.soon(run) : ambient.timers.after(waitMs, run);
  };

  const step = (held: Held): void => {
    held.cancelStep?.();
    held.cancelStep = undefined;
    const beganMs = ambient.clock.monotonicMs();
    let frame: string | undefined;
    try {
      frame = held.channel.step(ambient.clock.nowMs());
      reroute(held);
    } catch (error) {
      // The store cannot be read, or a row is not what its table says: no state is better than a wrong one.
      ambient.logger.error('a watched topic cannot be read and is ended', { error, topic: held.channel.topic });
      for (const subscription of [...held.watchers]) end(subscription, 'The server cannot read this at the moment; its log says why.');
      discard(held);
      return;
    }
    const tookMs = ambient.clock.monotonicMs() - beganMs;
    held.nextStepMs = beganMs + Math.max(tickMs + (frame?.length ?? 0) / bytesPerMs, held.channel.stepIntervalMs, tookMs / stepShareMax);
    stepTimes.observe(tookMs);
    if (frame !== undefined) send(held, frame);
    lookAgain(held);
  };

  const send = (held: Held, frame: string): void => {
    for (const subscription of held.watchers) {
      if (subscription.state !== 'following' || subscription.socket.bufferedBytes() <= limits.watchBufferedBytesMax) continue;
      // A native publish cannot skip one socket, and a frame more would only make its queue longer: it leaves the channel first.
      subscription.socket.unsubscribe(held.channel.id);
      subscription.state = 'behind';
    }
    patchCount += 1;
    publisher.publish(held.channel.id, frame);
  };

  const lookAgain = (held: Held): void => {
    held.cancelAgain?.();
    held.cancelAgain = undefined;
    const atMs = held.channel.againAtMs();
    if (atMs === undefined || held.watchers.size === 0) return;
    held.cancelAgain = ambient.timers.after(Math.max(tickMs, atMs - ambient.clock.nowMs()), () => {
      held.cancelAgain = undefined;
      schedule(held);
    });
  };

  const reroute = (held: Held): void => {
    const next = held.channel.interests();
    if (sameInterests(held.interests, next)) return;
    for (const interest of held.interests) routes.remove(held.channel.tenant, interest, held);
    for (const interest of next) routes.add(held.channel.tenant, interest, held);
    held.interests = next;
  };

  // ---- channels

  const sourcesOf = (tenant: string, allowed: Sources['allowed']): Sources => ({
    front: options.front, engine: options.engine, logs: options.logs, tenant, nowMs: ambient.clock.nowMs, dayOf, present: options.present, consoles: options.consoles, allowed,
  });

  const open = (key: string, topic: string, name: TopicName, caller: Caller, allowed: Sources['allowed']): Held => {
    const sources = { ...sourcesOf(caller.tenant, allowed), participantId: caller.participant.id };
    options.front.refresh();
    options.engine.refresh();
    const channel = new Channel({ topic, tenant: caller.tenant, epoch: ambient.ids.friendly(), view: viewOf(name, sources) });
    const held: Held = {
      key, channel, watchers: new Set(), interests: channel.interests(), nextStepMs: 0, cancelStep: undefined, cancelAgain: undefined, cancelIdle: undefined,
    };
    for (const interest of held.interests) routes.add(caller.tenant, interest, held);
    channels.set(key, [...(channels.get(key) ?? []), held]);
    channelCount += 1;
    const idle = (channels.get(key) ?? []).filter((other) => other !== held && other.watchers.size === 0);
    for (const old of idle.slice(0, Math.max(0, idle.length - idleGenerationsMax))) discard(old);
    return held;
  };

  const discard = (held: Held): void => {
    const generations = channels.get(held.key);
    if (generations === undefined || !generations.includes(held)) return;
    for (const cancel of [held.cancelStep, held.cancelAgain, held.cancelIdle]) cancel?.();
    held.cancelStep = held.cancelAgain = held.cancelIdle = undefined;
    for (const interest of held.interests) routes.remove(held.channel.tenant, interest, held);
    const rest = generations.filter((other) => other !== held);
    if (rest.length === 0) channels.delete(held.key);
    else channels.set(held.key, rest);
    channelCount -= 1;
  };

  /** Brings a channel up to the last commit before somebody joins, so that nobody is answered with less than they wrote themselves. */
  const caughtUp = (held: Held): Held | undefined => {
    if (held.channel.isDirty) step(held);
    return channels.get(held.key)?.includes(held) === true ? held : undefined;
  };

  // ---- subscriptions

  const leave = (subscription: Subscription): void => {
    if (subscription.state === 'gone') return;
    const { held, socket } = subscription;
    if (subscription.state === 'following') socket.unsubscribe(held.channel.id);
    forget(subscription);
  };
  const forget = (subscription: Subscription): void => {
    const { held, socket, topic } = subscription;
    subscription.state = 'gone';
    held.watchers.delete(subscription);
    watcherCount -= 1;
    const topics = sockets.get(socket.id);
    if (topics?.get(topic) === subscription) topics.delete(topic);
    if (topics?.size === 0) sockets.delete(socket.id);
    if (held.watchers.size > 0) return;
    for (const cancel of [held.cancelStep, held.cancelAgain]) cancel?.();
    held.cancelStep = held.cancelAgain = undefined;
    held.cancelIdle ??= ambient.timers.after(idleMsMax, () => discard(held));
  };
  const end = (subscription: Subscription, reason: string): void => {
    leave(subscription);
    subscription.socket.send(endedFrame(subscription.topic, reason));
  };

  const refusalOf = (caller: Caller, name: TopicName): string | undefined => {
    const { permission, namespace } = permissionOf(name);
    return access.refusal(caller, permission, namespace ?? namespaceOfExecution(caller, name));
  };
  const namespaceOfExecution = (caller: Caller, name: TopicName): string | undefined =>
    (isOfExecution(name) ? loadExecution(options.engine, caller.tenant, name.id)?.namespace : undefined);

  /** Which rows the caller may be shown. Who may read everywhere shares frames with all who may; a narrower view is a channel of its own. */
  const scopeOf = (caller: Caller, name: TopicName): { readonly isEverywhere: boolean; readonly allowed: Sources['allowed'] } => {
    const { permission, rows = permission } = permissionOf(name);
    const isEverywhere = access.refusal(caller, rows) === undefined;
    return { isEverywhere, allowed: isEverywhere ? everything : (namespace) => access.refusal(caller, rows, namespace) === undefined };
  };

  const watch = (socket: WatchSocket, topic: string, since: Cursor | undefined): WatchAnswer => {
    const { caller } = socket;
    const name = parseTopic(topic, ambient.clock.nowMs());
    if (isOfExecution(name)) options.engine.refresh();
    const refusal = refusalOf(caller, name);
    if (refusal !== undefined) throw forbidden(refusal);
    const topics = sockets.get(socket.id) ?? new Map<string, Subscription>();
    const before = topics.get(topic);
    if (before === undefined && topics.size >= limits.subscriptionsPerSocketMax) {
      throw new ProtocolError({ status: 429, message: `One connection may watch ${limits.subscriptionsPerSocketMax} topics at once; unwatch one first` });
    }
    const { isEverywhere, allowed } = scopeOf(caller, name);
    const isOwn = name.type === 'preferences' || !isEverywhere;
    const key = JSON.stringify([caller.tenant, isOwn ? caller.participant.id : '', topic]);
    const generations = channels.get(key) ?? [];
    const resumed = since === undefined ? undefined : generations.find((other) => other.channel.epoch === since.epoch);
    const newest = resumed ?? generations[generations.length - 1];
    let held = newest === undefined ? undefined : caughtUp(newest);
    if (held !== undefined && resumed === undefined && !held.channel.isFresh()) held = undefined;
    held ??= open(key, topic, name, caller, allowed);
    if (before !== undefined) leave(before);

    const subscription: Subscription = { socket, topic, held, state: 'following' };
    held.cancelIdle?.();
    held.cancelIdle = undefined;
    held.watchers.add(subscription);
    watcherCount += 1;
    const own = sockets.get(socket.id) ?? new Map<string, Subscription>();
    own.set(topic, subscription);
    sockets.set(socket.id, own);
    // State, subscription and answer in one breath: no commit fits in between.
    socket.subscribe(held.channel.id);
    lookAgain(held);
    return held.channel.answer(since);
  };

  const drained = (socket: WatchSocket): void => {
    for (const subscription of sockets.get(socket.id)?.values() ?? []) {
      if (subscription.state !== 'behind') continue;
      if (socket.bufferedBytes() > limits.watchBufferedBytesMax / 4) return;
      const { channel } = subscription.held;
      socket.send(stateFrame(channel.topic, channel.cursor, channel.state));
      socket.subscribe(channel.id);
      subscription.state = 'following';
    }
  };

  const revoked = ({ participantId, credentialId }: { readonly participantId: string; readonly credentialId?: string }): void => {
    for (const topics of [...sockets.values()]) {
      for (const subscription of [...topics.values()]) {
        const { caller } = subscription.socket;
        if (caller.participant.id !== participantId || (credentialId !== undefined && caller.credential.id !== credentialId)) continue;
        const refusal = refusalOf(caller, parseTopic(subscription.topic, ambient.clock.nowMs()));
        if (refusal !== undefined) end(subscription, refusal);
      }
    }
  };

  const releases = [feed.subscribe(onFeed), options.present.onPresence(onPresence), options.consoles.onEntry(onConsole), access.onRevoked(revoked)];
  const figures = () => ({ topics: channelCount, watchers: watcherCount, patches: patchCount });
  ambient.metrics.gauge('ensemble_watch_topics', { help: 'Topics that are held', read: () => channelCount });
  ambient.metrics.gauge('ensemble_watch_watchers', { help: 'Subscriptions of all sockets', read: () => watcherCount });

  return {
    watch,
    unwatch: (socket, topic) => {
      const subscription = sockets.get(socket.id)?.get(topic);
      if (subscription !== undefined) leave(subscription);
    },
    present: (caller): PresenceTopicState => {
      options.engine.refresh();
      return new PresenceView(sourcesOf(caller.tenant, scopeOf(caller, { type: 'presence' }).allowed)).read();
    },
    drained,
    // A closed socket may not be touched any more: its native subscriptions went with it.
    closed: (socket) => {
      for (const subscription of [...(sockets.get(socket.id)?.values() ?? [])]) forget(subscription);
    },
    figures,
    close: () => {
      for (const release of releases.reverse()) release();
      for (const generations of [...channels.values()]) for (const held of generations) discard(held);
      sockets.clear();
    },
  };
}

function viewOf(name: TopicName, sources: Sources): View<unknown> {
  switch (name.type) {
    case 'execution': return new ExecutionView(sources, name.id) as View<unknown>;
    case 'logs': return new LogsView(sources, name.id) as View<unknown>;
    case 'console': return new ConsoleView(sources, name.id) as View<unknown>;
    case 'executions': return new ExecutionsView(sources, name.filter, name.page) as View<unknown>;
    case 'flows': return new FlowsView(sources, name.filter) as View<unknown>;
    case 'flow': return new FlowView(sources, name.namespace, name.id) as View<unknown>;
    case 'triggers': return new TriggersView(sources, name.filter) as View<unknown>;
    case 'stats': return new StatsView(sources) as View<unknown>;
    case 'audit': return new AuditView(sources) as View<unknown>;
    case 'presence': return new PresenceView(sources) as View<unknown>;
    case 'preferences': return new PreferencesView(sources) as View<unknown>;
    default: {
      const unknown: never = name;
      throw new Error(`not a topic: ${JSON.stringify(unknown)}`);
    }
  }
}

const isOfExecution = (name: TopicName): name is Extract<TopicName, { readonly type: 'execution' | 'logs' | 'console' }> => name.type === 'execution' || name.type === 'logs' || name.type === 'console';

function sameInterests(a: readonly Interest[], b: readonly Interest[]): boolean {
  return a.length === b.length && a.every((interest, index) => interest.kind === b[index]?.kind && interest.number === b[index]?.number);
}

/** The fresh state of a topic, read once: what REST answers where it has the same figures (`GET /stats`). */
export function readTopic(options: Pick<WatchOptions, 'front' | 'engine' | 'logs' | 'ambient' | 'present'> & Partial<Pick<WatchOptions, 'consoles'>>, tenant: string, topic: string): unknown {
  const nowMs = options.ambient.clock.nowMs();
  options.front.refresh();
  options.engine.refresh();
  const sources: Sources = {
    front: options.front, engine: options.engine, logs: options.logs, tenant, nowMs: options.ambient.clock.nowMs,
    dayOf: dayFormatter(options.ambient.clock.timeZone()), present: options.present, consoles: options.consoles ?? noConsoles, allowed: everything,
  };
  return viewOf(parseTopic(topic, nowMs), sources).read();
}
