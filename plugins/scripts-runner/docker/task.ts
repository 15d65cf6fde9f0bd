/** Docker: accepted, so that flows written for it run; the commands run as a process. */
import { taskRunner } from '../../sdk/index.ts';
import { anything, boolean, choice, dynamic, optional, properties, text, texts } from '../../sdk/schema.ts';

export const plugin = taskRunner({
  type: 'io.kestra.plugin.scripts.runner.docker.Docker',
  title: 'Run in Docker (runs on this machine)',
  description: 'Flows that ask for Docker run with the Process runner instead, and say so with a warning in the log: the image and everything below are read and not used. What the commands call must be installed on the machine.',
  properties: properties({
    host: optional(dynamic(text({ title: 'Docker host' }))),
    config: optional(dynamic(anything({ title: 'Docker configuration' }))),
    credentials: optional(anything({ title: 'Registry credentials' })),
    user: optional(dynamic(text({ title: 'User in the container' }))),
    entryPoint: optional(texts({ title: 'Entry point' })),
    extraHosts: optional(texts({ title: 'Further hosts' })),
    networkMode: optional(dynamic(text({ title: 'Network mode' }))),
    portBindings: optional(texts({ title: 'Port bindings' })),
    volumes: optional(texts({ title: 'Volumes' })),
    pullPolicy: optional(choice(['IF_NOT_PRESENT', 'ALWAYS', 'NEVER'], { title: 'When to pull the image', default: 'IF_NOT_PRESENT' })),
    deviceRequests: optional(anything({ title: 'Device requests' })),
    cpu: optional(anything({ title: 'CPU limits' })),
    memory: optional(anything({ title: 'Memory limits' })),
    shmSize: optional(dynamic(text({ title: 'Size of shared memory' }))),
    privileged: optional(boolean({ title: 'Privileged container' })),
    delete: optional(boolean({ title: 'Remove the container at the end', default: true })),
    wait: optional(boolean({ title: 'Wait for the container', default: true })),
    fileHandlingStrategy: optional(choice(['VOLUME', 'MOUNT'], { title: 'How files get in and out', default: 'VOLUME' })),
    killGracePeriod: optional(dynamic(text({ title: 'Time between the first and the second signal' }))),
  }),
});
