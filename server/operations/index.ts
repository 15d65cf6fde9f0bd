/**
 * The one way to do anything: check the input, ask access, do it, write down who did it. REST, the RPC and the pages are projections of
 * this and have no other door, so nothing can be done by one of them that another forgets to check.
 */
import { ProtocolError } from '../../core/protocol/errors.ts';
import type { InputOf, Operation, OutputOf } from '../../core/protocol/operation.ts';
import { allOperations, charts, executionBulk, executionFacts, executions, flows, instance, namespaces, preferences, runs, stats, triggers, workspace } from '../../core/protocol/operations/index.ts';
import type { Caller } from '../access/contract.ts';
import { StoreError } from '../store/index.ts';
import { chartHandlers } from './charts/index.ts';
import { executionBulkHandlers, executionFactHandlers, executionHandlers } from './executions/index.ts';
import { flowHandlers } from './flows/index.ts';
import type { Rooms } from './handler.ts';
import { checkInput } from './input-check.ts';
import { preferenceHandlers } from './preferences/index.ts';
import { namespaceHandlers } from './namespaces/index.ts';
import { instanceHandlers } from './instance/index.ts';
import { runHandlers } from './runs/index.ts';
import { statHandlers } from './stats/index.ts';
import { subjectOf } from './subject.ts';
import { triggerHandlers } from './triggers/index.ts';
import { workspaceHandlers } from './workspace/index.ts';

export type { PublicConfig, Rooms } from './handler.ts';

export interface Operations {
  /** Throws a ProtocolError; anything else that comes out is a fault of the server. */
  call<O extends Operation>(operation: O, input: InputOf<O>, caller: Caller): Promise<OutputOf<O>>;
  /** The same for an input that nobody has looked at, from the network. */
  callUnchecked(operation: Operation, input: unknown, caller: Caller): Promise<unknown>;
  named(name: string): Operation | undefined;
}

type AnyHandler = (call: { readonly input: unknown; readonly caller: Caller; readonly rooms: Rooms }) => unknown;

export function createOperations(rooms: Rooms): Operations {
  const byName = new Map<string, { readonly operation: Operation; readonly handler: AnyHandler }>();
  const register = (definitions: Readonly<Record<string, unknown>>, handlers: Readonly<Record<string, unknown>>): void => {
    for (const [name, handler] of Object.entries(handlers)) {
      const operation = allOperations.find((known) => known === definitions[name]);
      if (operation === undefined) throw new Error(`the handler "${name}" belongs to no operation`);
      // `HandlersOf` has checked each pair where the tables are written; here they only meet by name.
      byName.set(operation.name, { operation, handler: handler as AnyHandler });
    }
  };
  register(flows, flowHandlers);
  register(executions, executionHandlers);
  register(executionBulk, executionBulkHandlers);
  register(executionFacts, executionFactHandlers);
  register(stats, statHandlers);
  register(instance, instanceHandlers);
  register(runs, runHandlers);
  register(triggers, triggerHandlers);
  register(namespaces, namespaceHandlers);
  register(workspace, workspaceHandlers);
  register(charts, chartHandlers);
  register(preferences, preferenceHandlers);

  const refused = (operation: Operation, caller: Caller, input: unknown, reason: string): ProtocolError => {
    rooms.access.record({ caller, operation: operation.name, subject: subjectOf(operation, input, undefined), outcome: 'refused', reason });
    return new ProtocolError({ status: 403, message: reason });
  };

  const callUnchecked = async (operation: Operation, input: unknown, caller: Caller): Promise<unknown> => {
    const entry = byName.get(operation.name);
    if (entry === undefined) throw new ProtocolError({ status: 404, message: `Not Found: there is no operation "${operation.name}"` });
    // Names and roles of this moment, not of when the socket was opened.
    const current = operation.anonymous === true ? caller : rooms.access.current(caller);
    if (current === undefined) throw new ProtocolError({ status: 401, message: 'The session has ended; sign in again' });
    const reason = rooms.access.refusal(current, operation.permission, namespaceOf(input));
    if (reason !== undefined) throw refused(operation, current, input, reason);
    checkInput(operation, input);
    rooms.engine.refresh();
    try {
      const output = await entry.handler({ input, caller: current, rooms });
      if (operation.audited) rooms.access.record({ caller: current, operation: operation.name, subject: subjectOf(operation, input, output), outcome: 'done' });
      return output ?? null;
    } catch (error) {
      const known = asProtocolError(error);
      if (operation.audited && known !== undefined) {
        const { status, message } = known.problem;
        // What is wrong with an input may quote it, and inputs may be secret: only the status is written down.
        rooms.access.record({ caller: current, operation: operation.name, subject: subjectOf(operation, input, undefined), outcome: status === 403 ? 'refused' : 'failed', reason: status === 422 || status === 400 ? `HTTP ${status}` : message });
      }
      throw known ?? error;
    }
  };

  return {
    callUnchecked,
    // The table pairs each definition with a handler of its own output.
    call: <O extends Operation>(operation: O, input: InputOf<O>, caller: Caller) => callUnchecked(operation, input, caller) as Promise<OutputOf<O>>,
    named: (name) => byName.get(name)?.operation,
  };
}

function namespaceOf(input: unknown): string | undefined {
  return typeof input === 'object' && input !== null && 'namespace' in input && typeof input.namespace === 'string' ? input.namespace : undefined;
}

/** A store that refuses is the world's fault: the caller may try again later. */
function asProtocolError(error: unknown): ProtocolError | undefined {
  if (error instanceof ProtocolError) return error;
  if (error instanceof StoreError) return new ProtocolError({ status: 503, message: `Service Unavailable: ${error.message}`, retryAfterMs: 5000 }, { cause: error });
  return undefined;
}
