/** Webhooks: a call from outside starts an execution, when the key is right and the conditions hold. */
import type { FlowIndex } from '../../core/engine/index.ts';
import { render } from '../../core/expression/index.ts';
import type { Reply, WebhookCall } from '../executor/contract.ts';
import { begin, isTrue, keyOf, mayStart, messageOf, renderingOf, withProblem, type Begun, type FoundTrigger, type Room } from './room.ts';
import { isOn, nameOf } from './table.ts';

export interface WebhookStart extends Begun {
  /** The caller wants the answer at the end of the execution. */
  readonly wait: boolean;
  readonly answer: { readonly outputs: boolean; readonly contentType?: string; readonly code?: number };
}

/** The trigger that a key belongs to, when it is on. */
export function findWebhook(room: Room, call: Pick<WebhookCall, 'namespace' | 'flowId' | 'key'>, index: FlowIndex): Reply<FoundTrigger> {
  const model = index.flow.triggers.find((one) => {
    if (one.kind !== 'WEBHOOK' || one.disabled) return false;
    const row = room.table.get(`${call.namespace}/${call.flowId}/${one.id}`);
    if (row !== undefined && !isOn(row)) return false;
    try {
      const rendering = renderingOf(room, { index }, {});
      return sameText(render(String(one.properties['key'] ?? ''), rendering.options), call.key);
    } catch (error) {
      room.ambient.logger.warn('the key of a webhook can not be rendered', { trigger: one.id, reason: messageOf(error) });
      if (row !== undefined) room.table.log(row, 'ERROR', `Its key can not be rendered: ${messageOf(error)}`);
      return false;
    }
  });
  if (model === undefined) return { ok: false, problem: { status: 404, message: 'Not Found: Webhook not found' } };
  return { ok: true, value: { index, model } };
}

/** The new execution; undefined when a condition does not hold. `variables` are what the flow sees as `trigger`. */
export function callWebhook(room: Room, found: FoundTrigger, variables: Readonly<Record<string, unknown>>, executionId: string): Reply<WebhookStart | undefined> {
  const { model } = found;
  const row = room.table.get(nameOf(keyOf(room, found)));
  const rendering = renderingOf(room, found, { trigger: variables });
  const nowMs = room.ambient.clock.nowMs();
  try {
    if (!mayStart(found, rendering, {})) {
      if (row !== undefined) room.table.log(row, 'DEBUG', 'A call has come whose conditions do not hold: nothing is started');
      return { ok: true, value: undefined };
    }
    const begun = begin(room, found, { variables, rendering, id: executionId });
    if (row !== undefined) room.table.put({ ...withProblem(row, undefined), dateMs: nowMs, evaluatedAtMs: nowMs, updatedAtMs: nowMs });
    const { wait, returnOutputs, responseContentType, responseCode } = model.properties;
    return {
      ok: true,
      value: {
        ...begun, wait: isTrue(wait),
        answer: {
          outputs: isTrue(returnOutputs),
          ...(typeof responseContentType === 'string' ? { contentType: responseContentType } : {}),
          ...(typeof responseCode === 'number' ? { code: responseCode } : {}),
        },
      },
    };
  } catch (error) {
    const reason = rendering.mask.apply(messageOf(error));
    if (row !== undefined) {
      room.table.log(row, 'ERROR', `A call starts nothing: ${reason}`);
      room.table.put({ ...withProblem(row, reason), evaluatedAtMs: nowMs });
    }
    return { ok: false, problem: { status: 422, message: `Illegal argument: ${reason}` } };
  }
}

/** In a time that does not tell how much of the key was right. */
function sameText(key: string, given: string): boolean {
  if (key === '') return false;
  let differs = key.length ^ given.length;
  for (let at = 0; at < given.length; at += 1) differs |= (key.charCodeAt(at % key.length) ^ given.charCodeAt(at));
  return differs === 0;
}
