/** Which task runner a script runs with, and the place where its commands run. */
import type { CommandPlace, TaskContext, TaskRunnerDefinition } from '../index.ts';
import { clipped, isMap, renderedText, RunnerMissing, TaskFailure, textOf } from '../values.ts';

export const processRunner = 'io.kestra.plugin.core.runner.Process';
export const dockerRunner = 'io.kestra.plugin.scripts.runner.docker.Docker';

/** The Process runner: commands run on this machine, in the task's own directory. */
export const openProcessPlace: TaskRunnerDefinition['open'] = async (context, request) => ({
  workingDirectory: request.directory,
  machine: 'on this machine',
  remedy: `Install it there, or run in a container: "taskRunner: {type: ${dockerRunner}}" with a "containerImage" that has it.`,
  sharesDisk: true,
  run: (commands) => context.process({ ...commands, directory: request.directory }),
  details: () => ({}),
  close: async () => {},
});

interface Chosen {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly image: string;
}

/** Opens the place that the task asks for. Without Docker the server's settings may let it run here instead, with a warning. */
export async function openPlace(context: TaskContext, options: { readonly image: string; readonly directory: string; readonly keepsFiles: boolean }): Promise<CommandPlace> {
  const chosen = chosenRunner(context, options.image);
  const runner = context.taskRunner(chosen.type);
  if (runner === undefined) throw new TaskFailure(`The task runner "${clipped(chosen.type)}" is not known here: expected ${processRunner} or ${dockerRunner}.`);
  const request = { properties: chosen.properties, containerImage: chosen.image, directory: options.directory, keepsFiles: options.keepsFiles };
  try {
    return await runner.open(context, request);
  } catch (thrown) {
    if (!(thrown instanceof RunnerMissing) || context.docker.fallback !== 'process') throw thrown;
    context.log('WARN', `Docker is not there, so this runs as a process of the server's machine, not in the image ${chosen.image} (the server's setting docker.fallback). ${thrown.message}`);
    return openProcessPlace(context, request);
  }
}

function chosenRunner(context: TaskContext, imageDefault: string): Chosen {
  const { taskRunner, runner, docker } = context.properties;
  const earlier = isMap(docker) ? docker : {};
  const earlierImage = earlier['image'] === undefined || earlier['image'] === null ? undefined : context.render(earlier['image']);
  const image = renderedText(context, 'containerImage') ?? earlierImage ?? imageDefault;
  if (isMap(taskRunner)) {
    const { type, ...properties } = taskRunner;
    return { type: textOf(type), properties, image };
  }
  if (runner === 'PROCESS') return { type: processRunner, properties: {}, image };
  const { image: _image, ...properties } = earlier;
  return { type: dockerRunner, properties, image };
}
