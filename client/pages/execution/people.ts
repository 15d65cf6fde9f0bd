/** Who looks at this run, and where: what a presence room tells, read with care. Pure. */
import type { Person } from '../../document/index.ts';
import type { GanttWindow } from '../../gantt/index.ts';
import { executionTabs, type ExecutionTab } from './load.ts';
import { saidOf, type Said } from './moment.ts';

export interface Colleague {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly kind: string;
  readonly tab: ExecutionTab | undefined;
  readonly taskRunId: string | undefined;
  /** A line of the log, by position. */
  readonly line: number | undefined;
  /** A path of the outputs. */
  readonly path: readonly string[] | undefined;
  /** Where their pointer is in the time of the Gantt. */
  readonly cursorMs: number | undefined;
  /** The part of the time that they look at; undefined is the whole run. */
  readonly window: GanttWindow | undefined;
  /** What they say of the moment that they look at. */
  readonly said: Said;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const pathPartsMax = 50;

/** Other people's clients write `at`: every member may be anything. */
export function colleagueOf(person: Person): Colleague {
  const at: unknown = person.state['at'];
  const said = isRecord(at) ? at : {};
  const { tab, taskRunId, line, path, cursorMs, window } = said;
  return {
    id: person.user.id, name: person.user.name, color: person.user.color, kind: person.user.kind,
    tab: executionTabs.find((one) => one === tab),
    taskRunId: typeof taskRunId === 'string' ? taskRunId : undefined,
    line: typeof line === 'number' && Number.isInteger(line) && line >= 0 ? line : undefined,
    path: Array.isArray(path) && path.length <= pathPartsMax && path.every((part) => typeof part === 'string') ? path : undefined,
    cursorMs: typeof cursorMs === 'number' && Number.isFinite(cursorMs) ? cursorMs : undefined,
    window: windowOf(window),
    said: saidOf(person.state['moment']),
  };
}

function windowOf(value: unknown): GanttWindow | undefined {
  if (!isRecord(value)) return undefined;
  const { fromMs, toMs, following } = value;
  return typeof fromMs === 'number' && typeof toMs === 'number' && Number.isFinite(fromMs) && Number.isFinite(toMs) && toMs > fromMs ? { fromMs, toMs, following: following === true } : undefined;
}

/** Another tab of mine is not a colleague. */
export const colleaguesOf = (people: readonly Person[], ownId: string): readonly Colleague[] => people.filter((person) => !person.own && person.user.id !== ownId).map(colleagueOf);
