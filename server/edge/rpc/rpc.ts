/** JSON-RPC 2.0 over a WebSocket: every operation by its name, `watch`, `unwatch`, `ping`. A frame that is no JSON is answered, not punished. */
import type { Caller } from '../../access/contract.ts';
import { ProtocolError, type Problem } from '../../../core/protocol/errors.ts';
import { parseJsonText } from '../../../core/protocol/json.ts';
import { limits } from '../../../core/protocol/limits.ts';
import type { Cursor } from '../../../core/protocol/topics.ts';
import type { Logger } from '../../ambient/index.ts';
import type { Operations } from '../../operations/index.ts';
import type { Watch, WatchSocket } from '../../watch/contract.ts';
import type { Socket, SocketHandler } from '../transport/index.ts';

export interface RpcOptions {
  readonly operations: Operations;
  readonly watch: Watch;
  readonly logger: Logger;
}

/** Calls of one socket that are not answered yet; what comes above is refused with 429. */
const callsInFlightMax = 256;
const batchMax = 100;

type Id = string | number | null;
type Answer = { readonly jsonrpc: '2.0'; readonly id: Id } & ({ readonly result: unknown } | { readonly error: { readonly code: number; readonly message: string; readonly data?: { readonly problem: Problem } } });

interface RpcSocket {
  readonly socket: Socket;
  readonly watching: WatchSocket;
  caller: Caller;
  inFlight: number;
}

/** Topics of the transport are shared with /sync: a prefix keeps the two apart. */
export const watchTopic = (topic: string): string => `watch/${topic}`;

export function createRpc(options: RpcOptions): (socket: Socket, caller: Caller) => SocketHandler {
  const { operations, watch, logger } = options;

  return (socket, caller) => {
    const topics = new Set<string>();
    const own: RpcSocket = {
      socket, caller, inFlight: 0,
      watching: {
        id: socket.id, caller,
        send: (message) => socket.sendText(message),
        bufferedBytes: () => socket.bufferedBytes(),
        subscribe: (topic) => socket.subscribe(watchTopic(topic)),
        unsubscribe: (topic) => socket.unsubscribe(watchTopic(topic)),
      },
    };
    const send = (answer: Answer | readonly Answer[]): void => socket.sendText(JSON.stringify(answer));

    const call = async (method: string, params: unknown): Promise<unknown> => {
      switch (method) {
        case 'ping': return 'pong';
        case 'watch': {
          const topic = textMember(params, 'topic');
          if (!topics.has(topic) && topics.size >= limits.subscriptionsPerSocketMax) throw new ProtocolError({ status: 429, message: `One socket watches at most ${limits.subscriptionsPerSocketMax} topics; unwatch some first` });
          const answer = watch.watch(own.watching, topic, cursorOf(params));
          topics.add(topic);
          return answer;
        }
        case 'unwatch': {
          const topic = textMember(params, 'topic');
          topics.delete(topic);
          watch.unwatch(own.watching, topic);
          return null;
        }
        default: {
          const operation = operations.named(method);
          if (operation === undefined) throw new UnknownMethod(method);
          if (operation.rest.some((binding) => binding.answer === 'download' || binding.answer === 'events')) {
            throw new ProtocolError({ status: 400, message: `Bad Request: ${method} answers with bytes or a stream; call it over REST` });
          }
          refuseUploads(params);
          return operations.callUnchecked(operation, params ?? {}, caller);
        }
      }
    };

    const handle = async (message: unknown): Promise<Answer | undefined> => {
      const request = requestOf(message);
      if (request === undefined) return failure(null, -32600, { status: 400, message: 'Invalid Request: expected {"jsonrpc":"2.0","id":…,"method":"…","params":{…}}' });
      if (own.inFlight >= callsInFlightMax) return failure(request.id ?? null, -32000, { status: 429, message: `More than ${callsInFlightMax} calls of this socket wait for their answers; wait for some`, retryAfterMs: 1000 });
      own.inFlight += 1;
      try {
        const result = await call(request.method, request.params);
        return request.id === undefined ? undefined : { jsonrpc: '2.0', id: request.id, result };
      } catch (error) {
        if (request.id === undefined) return undefined;
        if (error instanceof UnknownMethod) return failure(request.id, -32601, { status: 404, message: error.message });
        if (error instanceof ProtocolError) return failure(request.id, error.problem.status === 400 || error.problem.status === 422 ? -32602 : -32000, error.problem);
        logger.error('a call over RPC failed', { error, method: request.method });
        return failure(request.id, -32603, { status: 500, message: 'Internal Server Error; it is in the server\'s log' });
      } finally {
        own.inFlight -= 1;
      }
    };

    return {
      message: (bytes) => {
        let message: unknown;
        try {
          message = parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        } catch (error) {
          send(failure(null, -32700, { status: 400, message: `Parse error: the frame is not JSON in UTF-8: ${error instanceof Error ? error.message : String(error)}` }));
          return;
        }
        if (!Array.isArray(message)) {
          void handle(message).then((answer) => { if (answer !== undefined) send(answer); });
          return;
        }
        if (message.length === 0 || message.length > batchMax) {
          send(failure(null, -32600, { status: 400, message: `Invalid Request: a batch holds 1 to ${batchMax} calls, this one ${message.length}` }));
          return;
        }
        void Promise.all(message.map(handle)).then((answers) => {
          const given = answers.filter((answer) => answer !== undefined);
          if (given.length > 0) send(given);
        });
      },
      drained: () => watch.drained(own.watching),
      closed: () => watch.closed(own.watching),
    };
  };
}

class UnknownMethod extends Error {
  constructor(method: string) {
    super(`Method not found: there is no operation "${method.slice(0, 100)}"`);
    this.name = 'UnknownMethod';
  }
}

const failure = (id: Id, code: number, problem: Problem): Answer => ({ jsonrpc: '2.0', id, error: { code, message: problem.message, data: { problem } } });

function requestOf(message: unknown): { readonly id: Id | undefined; readonly method: string; readonly params: unknown } | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
  const { id, method, params }: { readonly id?: unknown; readonly method?: unknown; readonly params?: unknown } = message;
  if (typeof method !== 'string') return undefined;
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return undefined;
  return { id, method, params };
}

function textMember(params: unknown, name: 'topic'): string {
  const value: unknown = typeof params === 'object' && params !== null && name in params ? Object.entries(params).find(([key]) => key === name)?.[1] : undefined;
  if (typeof value !== 'string' || value === '' || value.length > 2000) throw new ProtocolError({ status: 400, message: `Bad Request: required argument [${name}] is not given` });
  return value;
}

function cursorOf(params: unknown): Cursor | undefined {
  const since: unknown = typeof params === 'object' && params !== null && 'since' in params ? params.since : undefined;
  if (since === undefined || since === null) return undefined;
  if (typeof since === 'object' && 'epoch' in since && 'seq' in since && typeof since.epoch === 'string' && typeof since.seq === 'number') return { epoch: since.epoch, seq: since.seq };
  throw new ProtocolError({ status: 422, message: 'Illegal argument: since must be {"epoch": text, "seq": number}, as the last answer or patch said it' });
}

/** A file's place on the server's disk comes from our own multipart reader only; from here it would name any file of the machine. */
function refuseUploads(params: unknown): void {
  const blob: unknown = typeof params === 'object' && params !== null && 'blob' in params ? params.blob : undefined;
  const form: unknown = typeof params === 'object' && params !== null && 'form' in params ? params.form : undefined;
  const files: unknown = typeof form === 'object' && form !== null && 'files' in form ? form.files : undefined;
  if ((Array.isArray(files) && files.length > 0) || blob !== undefined) throw new ProtocolError({ status: 422, message: 'Illegal argument: files are sent over REST, as parts of a multipart form' });
}
