/**
 * Commands of tasks: each in its own process group, with nothing of the server's environment but the few variables it needs to
 * run at all. When the task ends, is killed or times out, the whole group ends, and what left it: SIGTERM first, SIGKILL after a while.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { ProcessEnd, ProcessRequest } from '../../plugins/sdk/index.ts';
import { markName, signalMarked } from './escaped.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { Mask } from './mask.ts';

/** Between SIGTERM and SIGKILL. */
export const killGraceMs = 5000;
/** After the last process is gone its output ends; when it does not, somebody beyond our reach holds it open, and is not waited for. */
const lastOutputMs = 1000;
/** What a command sees of the server's environment: no SECRET_*, no key, nothing else. */
export const passedVariables = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const;

/**
 * Runs the command beside a guard: a process that waits for the end of a pipe which the server holds open, and then ends the whole
 * group. So nothing runs on when the server itself is killed, and the task, which is then started anew, is not there twice. The shell
 * ignores SIGTERM in order to say the command's exit code, and takes the guard with it, so that no zombie is left.
 */
const guardScript = [
  'trap : TERM',
  '(trap "" TERM; read -r nothing <&3; kill -KILL 0) >/dev/null 2>&1 &',
  'guard=$!',
  '"$@" 3<&-',
  'code=$?',
  'kill -KILL "$guard"; wait "$guard" 2>/dev/null',
  'exit "$code"',
].join('\n');

export interface ProcessHost {
  /** The variables of `passedVariables` that the server has. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly signal: AbortSignal;
  /** Another one for each command; its processes carry it in their environment. */
  readonly mark: string;
  after(delayMs: number, callback: () => void): () => void;
  /** A promise while the log is congested: the process waits for it. */
  drained(): Promise<void> | undefined;
  /** Told of every group, so that somebody ends it when this thread is gone. */
  started(groupId: number): void;
  ended(groupId: number): void;
}

/** Runs a command to its end. Rejects when it cannot start, or when the task was ended meanwhile. */
export async function runProcess(host: ProcessHost, request: ProcessRequest): Promise<ProcessEnd> {
  host.signal.throwIfAborted();
  const [program, ...args] = request.command;
  if (program === undefined) throw new Error('A command is missing: expected a program and its arguments.');
  const child = spawn('/bin/sh', ['-c', guardScript, 'ensemble-task', program, ...args], {
    cwd: request.directory,
    env: { ...host.baseEnvironment, ...request.env, [markName]: host.mark },
    // A group of its own: so that a kill reaches its children, too, and a Ctrl+C at the server does not reach it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
  });
  const started = await startOf(child, program, request.directory);
  host.started(started);
  let cancelKill = (): void => {};
  let isOver = false;
  const endAll = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean> => {
    const hadGroup = signalGroup(started, signal);
    return await signalMarked((mark) => mark === host.mark, signal) > 0 || hadGroup;
  };
  const endGroup = (): void => {
    // Never rejects for a process that is gone; anything else is our fault and ends the thread.
    void endAll('SIGTERM').then((hadAny) => {
      if (hadAny && !isOver) cancelKill = host.after(killGraceMs, () => void endAll('SIGKILL'));
    });
  };
  host.signal.addEventListener('abort', endGroup, { once: true });
  if (host.signal.aborted) endGroup();
  try {
    const reading = Promise.all([readLines(host, child.stdout, (line) => request.onLine('stdout', line)), readLines(host, child.stderr, (line) => request.onLine('stderr', line))]);
    const end = await exitOf(child);
    // What the command left running in the background may hold its output open: the group ends with its leader.
    if (!host.signal.aborted) endGroup();
    await settledOutput(host, child, reading);
    host.signal.throwIfAborted();
    return end;
  } finally {
    host.signal.removeEventListener('abort', endGroup);
    isOver = true;
    cancelKill();
    // Output is closed and the leader is gone: whoever is still there closed the output on purpose to outlive the task.
    await endAll('SIGKILL');
    host.ended(started);
  }
}

/** Waits for the end of the output, but not for ever: who holds it open may be a process that nobody can reach. */
async function settledOutput(host: ProcessHost, child: ChildProcess, reading: Promise<unknown>): Promise<void> {
  const cancel = host.after(killGraceMs + lastOutputMs, () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  try {
    await reading;
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw thrown;
  } finally {
    cancel();
  }
}

/** Ends a group at once; for the groups of a thread that is gone. Answers whether there was one. */
export function signalGroup(groupId: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (thrown) {
    // ESRCH: nobody is left. EPERM: only processes that changed their user are left; they are beyond our reach.
    if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'ESRCH' || thrown.code === 'EPERM')) return false;
    throw thrown;
  }
}

function startOf(child: ChildProcess, program: string, directory: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'there is no such program on this machine' : cause.code === 'E2BIG' ? 'its arguments and environment are too long' : cause.message;
      reject(new Error(`The command "${program}" cannot start in ${directory === '' ? 'its directory' : 'the task\'s directory'}: ${why}.`, { cause }));
    });
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

function exitOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const settle = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(signal === null ? { exitCode: code ?? 0 } : { exitCode: 128 + constants.signals[signal], signal });
    if (child.exitCode !== null || child.signalCode !== null) settle(child.exitCode, child.signalCode);
    else child.once('exit', settle);
  });
}

/** Reads a stream to its end. While the log is congested nothing is read: the pipe fills, and the process waits in its write. */
async function readLines(host: ProcessHost, stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (stream === null) return;
  const splitter = createLineSplitter(host.mask, onLine);
  for await (const chunk of stream) {
    splitter.push(chunk);
    await host.drained();
  }
  splitter.end();
}
