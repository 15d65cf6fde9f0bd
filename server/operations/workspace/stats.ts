/** Home's figures: the state of the topic `stats`, read once. */
import type { statsGet } from '../../../core/protocol/operations/workspace.ts';
import type { StatsTopicState } from '../../../core/protocol/topics.ts';
import { readTopic } from '../../watch/index.ts';
import type { Handler } from '../handler.ts';

export const stats: Handler<typeof statsGet> = ({ rooms, caller }) =>
  // The topic table promises this shape for this topic.
  readTopic({ front: rooms.front, engine: rooms.engine, logs: rooms.logsPath, ambient: rooms.ambient, present: rooms.documents }, caller.tenant, 'stats') as StatsTopicState;
