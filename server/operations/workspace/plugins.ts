/** The catalog of installed types. */
import { ProtocolError, illegalArgument } from '../../../core/protocol/errors.ts';
import type { pluginsCatalog, pluginsGet, pluginsIcons, pluginsList, pluginsSchema } from '../../../core/protocol/operations/workspace.ts';
import { flowJsonSchema } from '../../../core/language/index.ts';
import type { Handler } from '../handler.ts';

export const list: Handler<typeof pluginsList> = ({ rooms }) => rooms.catalog.summaries();

export const get: Handler<typeof pluginsGet> = ({ rooms, input }) => {
  const page = rooms.catalog.page(input.type);
  if (page === undefined) throw new ProtocolError({ status: 404, message: `Class '${input.type}' doesn't exists` });
  return page;
};

export const catalog: Handler<typeof pluginsCatalog> = ({ rooms }) => rooms.catalog.names().map((name) => rooms.catalog.resolve(name)).filter((info) => info !== undefined);

export const icons: Handler<typeof pluginsIcons> = ({ rooms }) => rooms.catalog.icons();

export const schema: Handler<typeof pluginsSchema> = ({ rooms, input }) => {
  const type = input.type.toLowerCase();
  if (!['flow', 'task', 'trigger', 'plugindefault'].includes(type)) throw illegalArgument(`schema type "${input.type}" is none of flow, task, trigger, plugindefault`);
  const whole = flowJsonSchema(rooms.catalog, type);
  return input.arrayOf === true ? { type: 'array', items: whole } : whole;
};
