/** What every language's tasks promise, for their own tests: real processes where the language is installed, a clear failure where not. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunnableDefinition } from '../index.ts';
import { tryTask, type TrialOptions } from '../testing.ts';

const runner = { taskRunner: { type: 'io.kestra.plugin.core.runner.Process' } };

/** A real process of this machine, with little more than a PATH. */
export const localProcess: NonNullable<TrialOptions['process']> = (request) => new Promise((resolve, reject) => {
  // Through a shell, as the worker does it: a program that is missing ends with 127 and a line that names it.
  const child = spawn('/bin/sh', ['-c', '"$@"', 'ensemble-task', ...request.command], { cwd: request.directory, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...request.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('error', reject);
  for (const stream of ['stdout', 'stderr'] as const) createInterface({ input: child[stream] }).on('line', (line) => request.onLine(stream, line));
  child.once('close', (code) => resolve({ exitCode: code ?? 1 }));
});

const isInstalled = (program: string): boolean => (process.env['PATH'] ?? '').split(':').some((folder) => {
  try {
    accessSync(join(folder, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

export interface LanguageTrial {
  /** Any of them runs the language. */
  readonly programs: readonly string[];
  /** For Script: the text of one that prints `::{"outputs":{"six":6}}::`. For Commands: commands that do. */
  readonly six: string | readonly string[];
  /** Files that it needs. */
  readonly inputFiles?: Readonly<Record<string, string>>;
}

/** A test of the language when it is installed here; else one that says so in its title is skipped, and the failure's words are tested. */
export function testLanguage(test: Test, plugin: RunnableDefinition, trial: LanguageTrial): void {
  const kind = plugin.type.endsWith('.Commands') ? 'commands' : 'script';
  const properties = { ...runner, [kind]: trial.six, ...(trial.inputFiles === undefined ? {} : { inputFiles: trial.inputFiles }) };
  if (trial.programs.some(isInstalled)) {
    test(`${plugin.type} hands on a value that it has worked out`, async () => {
      const { outcome, logs } = await tryTask(plugin, { properties, process: localProcess });
      assert.equal(outcome.outputs?.['vars'], { six: 6 }, JSON.stringify([outcome, logs]));
      assert.is(outcome.type, 'succeeded');
    });
  } else {
    test.skip(`${plugin.type} hands on a value that it has worked out: skipped, ${trial.programs.join(' and ')} are not on this machine`, () => {});
    test(`${plugin.type} says which program is missing, and what helps`, async () => {
      const { outcome } = await tryTask(plugin, { properties, process: localProcess });
      assert.is(outcome.type, 'failed');
      if (outcome.type !== 'failed') return;
      assert.ok(trial.programs.some((program) => outcome.message.includes(program)), outcome.message);
      assert.match(outcome.message, /was not found on this machine.*Install it there, or run in a container/);
      assert.is(outcome.outputs?.['exitCode'], 127);
    });
  }
  test(`${plugin.type} ends with the exit code that is asked for`, async () => {
    const { outcome } = await tryTask(plugin, { properties: { ...properties, beforeCommands: ['exit 7'] }, process: localProcess });
    // Without PowerShell there is nobody who could read the commands before.
    if (plugin.type.includes('.powershell.') && !trial.programs.some(isInstalled)) assert.is(outcome.outputs?.['exitCode'], 127);
    else assert.is(outcome.type === 'failed' && outcome.message, 'Command failed with exit code 7');
  });
}
