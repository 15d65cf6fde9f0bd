/** Starting a flow, and checking what would start it. */
import type { executionsCreate, executionsValidate, executionsResumeValidate, InputCheckAnswer } from '../../../core/protocol/operations/executions.ts';
import { notFound } from '../../../core/protocol/errors.ts';
import { loadFlowRecord } from '../../store/index.ts';
import type { CheckedRequest, CreateExecution } from '../../executor/contract.ts';
import type { Call, Handler } from '../handler.ts';
import { breakpointsOf } from './breakpoints.ts';
import { executionUrl, givenLabels, needExecution, parseDateMs, rawInputs, replied } from '../rooms.ts';

export const create: Handler<typeof executionsCreate> = async (call) => {
  const { rooms, input, caller } = call;
  const execution = replied(await rooms.executor.create({ ...(await requestOf(call)), wait: input.wait === true }));
  return { ...execution, url: executionUrl(rooms, execution, caller.tenant) };
};

export const validate: Handler<typeof executionsValidate> = async (call) =>
  answerOf(call.input, replied(await call.rooms.executor.checkInputs(await requestOf(call))));

export const resumeValidate: Handler<typeof executionsResumeValidate> = async ({ rooms, input, caller }) => {
  const row = needExecution(rooms, caller, input.executionId);
  return answerOf({ id: row.flowId, namespace: row.namespace }, { inputs: replied(await rooms.executor.checkResume(caller.tenant, input.executionId, rawInputs(input.form))), checks: [] });
};

async function requestOf({ rooms, input, caller }: Call<typeof executionsCreate> | Call<typeof executionsValidate>): Promise<Omit<CreateExecution, 'wait'>> {
  const { namespace, id } = input;
  const record = loadFlowRecord(rooms.front, caller.tenant, namespace, id);
  if (record === undefined || record.deleted) throw notFound(`there is no flow "${id}" in namespace "${namespace}"`);
  const draft = input.draft === true ? await rooms.documents.draft({ tenant: caller.tenant, namespace, id }) : undefined;
  return {
    tenant: caller.tenant, namespace, flowId: id, inputs: rawInputs(input.form), labels: givenLabels(input.labels), startedBy: caller.participant.name,
    afterFrontCommit: rooms.documents.lastCommit(),
    ...(input.revision === undefined ? {} : { revision: input.revision }),
    ...(input.scheduleDate === undefined || input.scheduleDate === '' ? {} : { scheduleAtMs: parseDateMs('scheduleDate', input.scheduleDate) }),
    ...(draft === undefined ? {} : { draftSource: draft.source }),
    ...(input.breakpoints === undefined || input.breakpoints === '' ? {} : { breakpoints: breakpointsOf(input.breakpoints) }),
    ...(input.kind === undefined || input.kind === 'NORMAL' ? {} : { kind: input.kind }),
  };
}

const answerOf = (flow: { readonly id: string; readonly namespace: string }, { inputs, checks }: CheckedRequest): InputCheckAnswer =>
  ({ id: flow.id, namespace: flow.namespace, inputs, checks });
