import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Call, Handler } from '../handler.ts';
import { chosenFlows } from './chosen-flows.ts';

type Many = Call<typeof operations.flowsDisableMany | typeof operations.flowsEnableMany>;

/** Counts the flows that really changed. */
async function setDisabled({ input, caller, rooms }: Many, disabled: boolean): Promise<{ readonly count: number }> {
  let count = 0;
  for (const record of chosenFlows(rooms.front, caller, input.body)) {
    if (record.disabled === disabled) continue;
    await rooms.documents.setDisabled(caller, record, disabled);
    count += 1;
  }
  return { count };
}

export const flowsDisableMany: Handler<typeof operations.flowsDisableMany> = (call) => setDisabled(call, true);
export const flowsEnableMany: Handler<typeof operations.flowsEnableMany> = (call) => setDisabled(call, false);
