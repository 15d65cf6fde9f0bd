/** The server about itself. */
import { filterNames, functionNames, signatures } from '../../../core/expression/index.ts';
import type { instance } from '../../../core/protocol/operations/index.ts';
import type { pebbleFilters, pebbleFunctions, servicesActive, servicesSearch, ServiceInstance, usagesGet } from '../../../core/protocol/operations/instance.ts';
import { isoText } from '../../../core/protocol/time.ts';
import { dayFormatter, listFlowRecords, loadDayCounts } from '../../store/index.ts';
import type { Handler, HandlersOf, Rooms } from '../handler.ts';
import { pageOf } from '../rooms.ts';

const filters: Handler<typeof pebbleFilters> = () => filterNames;
const functions: Handler<typeof pebbleFunctions> = () =>
  functionNames.map((name) => ({ name, arguments: (signatures.functions.get(name)?.parameters ?? []).map((parameter) => ({ name: parameter })) }));

const usageDays = 30;
const dayMs = 86_400_000;

const usages: Handler<typeof usagesGet> = ({ rooms, caller }) => {
  const records = [...listFlowRecords(rooms.front, caller.tenant)];
  const countEach = (types: readonly string[]): Readonly<Record<string, number>> => {
    const counts = new Map<string, number>();
    for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const from = dayFormatter(rooms.ambient.clock.timeZone())(rooms.ambient.clock.nowMs() - usageDays * dayMs);
  return {
    uuid: rooms.config.instanceId, version: rooms.config.version,
    flows: {
      count: records.length, namespacesCount: new Set(records.map(({ namespace }) => namespace)).size,
      taskTypeCount: countEach(records.flatMap(({ taskTypes }) => taskTypes)), triggerTypeCount: countEach(records.flatMap(({ triggers }) => triggers.map(({ type }) => type))),
    },
    executions: { dailyExecutionsCount: Object.entries(loadDayCounts(rooms.engine, caller.tenant, from)).map(([date, counts]) => ({ date, counts, count: Object.values(counts).reduce((sum, count) => sum + count, 0) })) },
  };
};

/** One process does all: it is its own only service. */
function own(rooms: Rooms): ServiceInstance {
  const { instanceId, version, publicUrl } = rooms.config;
  const now = isoText(rooms.ambient.clock.nowMs());
  return { id: instanceId, type: 'STANDALONE', state: 'RUNNING', server: { id: instanceId, type: 'STANDALONE', version, hostname: hostOf(publicUrl) }, createdAt: now, updatedAt: now };
}
function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return 'localhost';
  }
}

const wants = (listed: readonly string[] | undefined, value: string): boolean => listed === undefined || listed.length === 0 || listed.some((one) => one.toUpperCase() === value);
const search: Handler<typeof servicesSearch> = ({ rooms, input }) => {
  const service = own(rooms);
  return pageOf(wants(input.state, service.state) && wants(input.type, service.type) ? [service] : [], input);
};
const active: Handler<typeof servicesActive> = ({ rooms }) => [own(rooms)];

export const instanceHandlers: HandlersOf<typeof instance> = { pebbleFilters: filters, pebbleFunctions: functions, usagesGet: usages, servicesSearch: search, servicesActive: active };
