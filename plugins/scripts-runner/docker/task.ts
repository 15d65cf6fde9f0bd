/** Docker: the commands run in a container of their own, by Docker's HTTP API. */
import { taskRunner, type TaskContext } from '../../sdk/index.ts';
import { anything, boolean, choice, dynamic, duration, group, mapOf, number, optional, properties, text, textOrTexts } from '../../sdk/schema.ts';
import { RunnerMissing } from '../../sdk/values.ts';
import { createDockerClient, remedy, type DockerClient } from './client.ts';
import { createContainer } from './container.ts';
import { containerDirectory, containerOptions } from './options.ts';

/** A daemon that is there answers in milliseconds. */
const pingMs = 10_000;

export const plugin = taskRunner({
  type: 'io.kestra.plugin.scripts.runner.docker.Docker',
  aliases: ['io.kestra.plugin.scripts.runner.docker.DockerTaskRunner'],
  title: 'Run in a container',
  description: 'Runs the commands in a container of Docker, made from `containerImage` and removed at the end. The files of the task are copied in and out.',
  properties: properties({
    host: optional(dynamic(text({ title: 'Address of Docker', description: 'Such as `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`. Left out: the server\'s setting, else that socket.' }))),
    config: optional(dynamic(anything({ title: 'Configuration of Docker', description: 'The content of a `config.json`, as a text or a map; its `auths` are the logins of registries.' }))),
    credentials: optional(group({
      registry: optional(dynamic(text({ title: 'Registry' }))),
      username: optional(dynamic(text({ title: 'User' }))),
      password: optional(dynamic(text({ title: 'Password' }))),
      auth: optional(dynamic(text({ title: 'User and password in base64' }))),
      registryToken: optional(dynamic(text({ title: 'Token of the registry' }))),
      identityToken: optional(dynamic(text({ title: 'Token of the identity' }))),
    }, { title: 'Login of the registry' })),
    pullPolicy: optional(dynamic(choice(['IF_NOT_PRESENT', 'ALWAYS', 'NEVER'], { title: 'When to pull the image', default: 'IF_NOT_PRESENT' }))),
    user: optional(dynamic(text({ title: 'User in the container', description: 'A name or number, perhaps with `:group`.' }))),
    entryPoint: optional(dynamic(textOrTexts({ title: 'Entry point', description: 'Left out: none, the interpreter of the task is what runs.' }))),
    networkMode: optional(dynamic(text({ title: 'Network', description: '`bridge`, `host`, `none`, or the name of a network.' }))),
    extraHosts: optional(dynamic(textOrTexts({ title: 'Further hosts', description: '`name:address`' }))),
    portBindings: optional(dynamic(textOrTexts({ title: 'Ports', description: '`8080:80` lets port 8080 of the machine be port 80 of the container.' }))),
    volumes: optional(dynamic(textOrTexts({ title: 'Volumes', description: '`/of/machine:/of/container`. Only where the server allows it.' }))),
    privileged: optional(dynamic(boolean({ title: 'Privileged container', description: 'Only where the server allows it.', default: false }))),
    deviceRequests: optional(dynamic(anything({ title: 'Devices', description: 'Items with `driver`, `count`, `deviceIds`, `capabilities`, `options`: for graphics cards.' }))),
    cpu: optional(group({ cpus: optional(dynamic(number({ title: 'How many', description: 'Such as 1.5.' }))) }, { title: 'Processors' })),
    memory: optional(dynamic(mapOf(undefined, { title: 'Memory', description: '`memory`, `memorySwap`, `memoryReservation`, `kernelMemory` as sizes such as `512MB`; `memorySwappiness`, `oomKillDisable`.' }))),
    shmSize: optional(dynamic(text({ title: 'Size of shared memory', description: 'Such as `256MB`.' }))),
    fileHandlingStrategy: optional(dynamic(choice(['VOLUME', 'MOUNT'], { title: 'How files get in and out', description: 'VOLUME copies them; MOUNT mounts the task\'s directory, which needs Docker on the server\'s own machine.', default: 'VOLUME' }))),
    delete: optional(dynamic(boolean({ title: 'Remove the container at the end', default: true }))),
    wait: optional(dynamic(boolean({ title: 'Wait for its end', description: 'With `false` the task succeeds as soon as the container runs; nobody reads its output or removes it.', default: true }))),
    killGracePeriod: optional(dynamic(duration({ title: 'Time to end', description: 'Between the signals TERM and KILL, when the task is killed or times out.', default: 'PT5S' }))),
  }),
  open: async (context, request) => {
    const options = containerOptions(context, request);
    const client = createDockerClient(options.host);
    // Nobody there, or not for us: said before anything is prepared.
    await ping(context, client);
    const container = createContainer(context, client, request, options);
    return {
      workingDirectory: containerDirectory,
      machine: `in the image ${request.containerImage}`,
      remedy: 'Take another "containerImage", or install it with "beforeCommands".',
      sharesDisk: false,
      run: (commands) => container.run(commands),
      details: () => (container.id === undefined ? {} : { containerId: container.id }),
      close: () => container.close(),
    };
  },
});

async function ping(context: TaskContext, client: DockerClient): Promise<void> {
  const silent = new AbortController();
  const cancel = context.after(pingMs, () => silent.abort(new RunnerMissing(`Docker at ${client.host} does not answer within ${pingMs} ms. ${remedy}`)));
  try {
    await client.call({ method: 'GET', path: '/_ping', signal: AbortSignal.any([context.signal, silent.signal]) });
  } finally {
    cancel();
  }
}
