/** What publishing changes, in words: the two texts compared as flows, not as lines. Pure. */
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import { walkTasks, type FlowModel, type TaskModel, type TriggerModel } from '../../../core/language/index.ts';
import { cronWords } from '../../components/time/cron-words.ts';
import { shortType } from '../../topology/icon-of-type.ts';
import type { IconName } from '../../theme/icons.ts';

export interface Effect {
  readonly icon: IconName;
  readonly text: string;
  readonly detail?: string;
}

type Hunk = DraftAnswer['hunks'][number];

/** The base with the chosen changes only: what the server will publish, for a look ahead. */
export function textWith(baseSource: string, hunks: readonly Hunk[], without: ReadonlySet<string>): string {
  const lines = baseSource === '' ? [] : baseSource.split('\n');
  // From the end, so that the lines before keep their numbers.
  for (const hunk of [...hunks].sort((a, b) => b.baseLine - a.baseLine)) {
    if (!without.has(hunk.id)) lines.splice(hunk.baseLine - 1, hunk.removed.length, ...hunk.added);
  }
  return lines.join('\n');
}

/** `before` is undefined for a flow that was never published. */
export function effectsOf(before: FlowModel | undefined, after: FlowModel): readonly Effect[] {
  if (before === undefined) {
    const count = tasksOf(after).size;
    return [
      { icon: 'play', text: 'It can be run from now on', detail: `${count} ${count === 1 ? 'task' : 'tasks'}` },
      ...after.triggers.map((trigger): Effect => ({ icon: iconOf(trigger), text: `${trigger.id} starts it`, detail: startsWhen(trigger) })),
    ];
  }
  return [...aboutStart(before, after), ...aboutTasks(before, after), ...aboutTriggers(before, after), ...aboutInputs(before, after), ...aboutRest(before, after)];
}

function aboutStart(before: FlowModel, after: FlowModel): readonly Effect[] {
  if (before.disabled === after.disabled) return [];
  return [after.disabled ? { icon: 'pause', text: 'The flow is switched off', detail: 'nothing starts it any more' } : { icon: 'play', text: 'The flow is switched on' }];
}

function tasksOf(flow: FlowModel): ReadonlyMap<string, TaskModel> {
  const found = new Map<string, TaskModel>();
  walkTasks([...flow.tasks, ...flow.errors, ...flow.finally, ...flow.afterExecution], (task) => { found.set(task.id, task); });
  return found;
}

function aboutTasks(before: FlowModel, after: FlowModel): readonly Effect[] {
  const old = tasksOf(before);
  const fresh = tasksOf(after);
  const more = [...fresh.keys()].filter((id) => !old.has(id));
  const less = [...old.keys()].filter((id) => !fresh.has(id));
  const changed = [...fresh.values()].filter((task) => { const was = old.get(task.id); return was !== undefined && own(was) !== own(task); });
  const moved = less.length === 0 && more.length === 0 && [...old.keys()].join('\n') !== [...fresh.keys()].join('\n');
  return [
    ...counted('plus', more, 'task more', 'tasks more'),
    ...counted('minus', less, 'task less', 'tasks less'),
    ...counted('edit', changed.map((task) => task.id), 'task does something else', 'tasks do something else'),
    ...(moved ? [{ icon: 'branch', text: 'Tasks run in another order' } satisfies Effect] : []),
  ];
}

/** A task without its children, which are compared on their own. */
const own = ({ children: _children, errors: _errors, finally: _finally, description: _description, ...task }: TaskModel): string => JSON.stringify(task);

function counted(icon: IconName, ids: readonly string[], one: string, many: string): readonly Effect[] {
  return ids.length === 0 ? [] : [{ icon, text: `${ids.length} ${ids.length === 1 ? one : many}`, detail: ids.slice(0, 6).join(', ') + (ids.length > 6 ? ' …' : '') }];
}

function aboutTriggers(before: FlowModel, after: FlowModel): readonly Effect[] {
  const old = new Map(before.triggers.map((trigger) => [trigger.id, trigger]));
  const effects: Effect[] = [];
  for (const trigger of after.triggers) {
    const was = old.get(trigger.id);
    old.delete(trigger.id);
    if (was === undefined) effects.push({ icon: iconOf(trigger), text: `${trigger.id} starts it from now on`, detail: startsWhen(trigger) });
    else if (was.disabled !== trigger.disabled) effects.push({ icon: iconOf(trigger), text: `${trigger.id} is switched ${trigger.disabled ? 'off' : 'on'}`, detail: startsWhen(trigger) });
    else if (startsWhen(was) !== startsWhen(trigger)) effects.push({ icon: iconOf(trigger), text: `${trigger.id}: ${startsWhen(trigger)}`, detail: `was ${startsWhen(was)}` });
    else if (JSON.stringify(was) !== JSON.stringify(trigger)) effects.push({ icon: iconOf(trigger), text: `${trigger.id} starts it another way` });
  }
  for (const trigger of old.values()) effects.push({ icon: iconOf(trigger), text: `${trigger.id} starts it no more` });
  return effects;
}

const iconOf = (trigger: TriggerModel): IconName => (trigger.kind === 'SCHEDULE' ? 'clock' : trigger.kind === 'WEBHOOK' ? 'webhook' : 'triggers');

function startsWhen(trigger: TriggerModel): string {
  const cron = trigger.properties['cron'];
  return typeof cron === 'string' ? cronWords(cron) : shortType(trigger.type);
}

function aboutInputs(before: FlowModel, after: FlowModel): readonly Effect[] {
  const old = new Map(before.inputs.map((input) => [input.id, input]));
  const effects: Effect[] = [];
  for (const input of after.inputs) {
    const was = old.get(input.id);
    old.delete(input.id);
    const mustGive = input.required && input.defaults === undefined;
    if (was === undefined) effects.push({ icon: 'form', text: `Asks for ${input.id} (${input.type})`, ...(mustGive ? { detail: 'who starts it without gets a refusal' } : {}) });
    else if (was.type !== input.type) effects.push({ icon: 'form', text: `${input.id} is ${input.type}`, detail: `was ${was.type}` });
    else if (mustGive && !(was.required && was.defaults === undefined)) effects.push({ icon: 'form', text: `${input.id} has to be given`, detail: 'who starts it without gets a refusal' });
  }
  for (const input of old.values()) effects.push({ icon: 'form', text: `Asks for ${input.id} no more` });
  return effects;
}

/** Keys that the sentences above speak of, or that run nothing. */
const spokenOf: ReadonlySet<string> = new Set(['id', 'namespace', 'description', 'disabled', 'tasks', 'errors', 'finally', 'afterExecution', 'triggers', 'inputs']);

function aboutRest(before: FlowModel, after: FlowModel): readonly Effect[] {
  const keys = [...new Set([...Object.keys(before.data), ...Object.keys(after.data)])].filter((key) => !spokenOf.has(key) && JSON.stringify(before.data[key]) !== JSON.stringify(after.data[key]));
  return keys.map((key): Effect => ({ icon: key === 'labels' ? 'tag' : 'form', text: `Other ${words[key] ?? key}` }));
}

const words: Readonly<Record<string, string>> = { pluginDefaults: 'defaults of tasks', taskDefaults: 'defaults of tasks', concurrency: 'limit of runs at a time', retry: 'retries' };
