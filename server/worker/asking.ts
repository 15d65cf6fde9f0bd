/**
 * `http()`, `subflow()` and `errorLogs()` of a task's expressions. Rendering is synchronous and these are not: before the task begins its properties are
 * rendered on trial, what they ask for is waited for, and the task finds the answers when it renders them itself.
 */
import { Deferred, type HttpCall, type SubflowCall, type World } from '../../core/expression/index.ts';
import { parseJsonText } from '../../core/protocol/json.ts';
import { limits } from '../../core/protocol/limits.ts';
import { decoded, exchange, type ExchangeContext } from '../../plugins/sdk/http/exchange.ts';

export type Question = { readonly type: 'http'; readonly call: HttpCall } | { readonly type: 'subflow'; readonly call: SubflowCall } | { readonly type: 'errorLogs'; readonly call: null };
export type Answer = { readonly value: unknown } | { readonly error: string };

/** One expression, or one task, asks at most so often. */
export const questionsMax = 50;

/** The text of a question: the same one is asked once. */
export const questionKey = ({ type, call }: Question): string => `${type} ${JSON.stringify(call)}`;

/** Whether anything in a value may ask: a text that calls one of them, or that renders another text. */
export const mayAsk = (value: unknown): boolean => /\b(http|subflow|errorLogs|render|renderOnce)\s*\(/.test(JSON.stringify(value) ?? '');

export interface Asking extends Required<Pick<World, 'http' | 'subflow' | 'errorLogs'>> {
  /** Renders until nothing is asked any more. What else goes wrong is left for the rendering that counts. */
  prepare(render: () => unknown): Promise<void>;
}

export function createAsking(ask: (question: Question) => Promise<unknown>): Asking {
  const answers = new Map<string, Answer>();
  let asked: Question | undefined;
  const answerOf = (question: Question): unknown => {
    const answer = answers.get(questionKey(question));
    if (answer === undefined) {
      asked = question;
      throw new Deferred(`${question.type}()`);
    }
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  };
  return {
    http: (call) => answerOf({ type: 'http', call }),
    subflow: (call) => answerOf({ type: 'subflow', call }),
    errorLogs: () => {
      const lines = answerOf({ type: 'errorLogs', call: null });
      return Array.isArray(lines) ? lines : [];
    },
    prepare: async (render) => {
      while (answers.size < questionsMax) {
        asked = undefined;
        try {
          render();
        } catch {
          // The rendering that counts meets it again and says it.
        }
        const question: Question | undefined = asked;
        if (question === undefined) return;
        answers.set(questionKey(question), await answered(() => ask(question)));
      }
    },
  };
}

async function answered(ask: () => Promise<unknown>): Promise<Answer> {
  try {
    return { value: (await ask()) ?? null };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

const connectTimeoutMs = 10_000;
const readIdleTimeoutMs = 10_000;

/** Sends the request of an `http()`; JSON becomes a value, anything else is a text. */
export async function sendHttp(context: ExchangeContext, call: HttpCall): Promise<unknown> {
  const answer = await exchange(context, {
    uri: new URL(call.uri), method: methodOf(call.method), headers: Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name.toLowerCase(), value])), body: call.body === undefined ? undefined : new TextEncoder().encode(call.body),
    connectTimeoutMs, readIdleTimeoutMs, followsRedirects: true, answerBytesMax: limits.outputBytesMax, trustsAll: false, proxy: undefined, authorization: undefined, digest: undefined, logs: [],
  });
  const text = decoded(answer.bytes, answer.headers['content-type']?.[0], undefined);
  if (answer.code >= 400) throw new Error(`${call.method} ${call.uri} answered ${answer.code}${text === '' ? '' : `: ${text.slice(0, 300)}`}`);
  try {
    return parseJsonText(text);
  } catch {
    return text;
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;

function methodOf(name: string): (typeof methods)[number] {
  const method = methods.find((one) => one === name);
  if (method === undefined) throw new Error(`The method is "${name.slice(0, 50)}": expected one of ${methods.join(', ')}`);
  return method;
}
