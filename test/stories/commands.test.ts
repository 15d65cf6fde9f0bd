// Tasks that run commands, in the real server: no Docker, the fall-back of the server, a directory that tasks share, a kill, a crash.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../../plugins/scripts-runner/docker/testing-daemon.ts';
import { startServer, until, type TestServer } from '../harness/server.ts';

const process_ = '    taskRunner:\n      type: io.kestra.plugin.core.runner.Process\n';
/** The same for a task inside another one. */
const inside = process_.replace(/^/gm, '    ').trimEnd().concat('\n');
const noDocker = { ENSEMBLE_DOCKER_HOST: 'unix:///no/docker.sock' };

interface Execution {
  readonly id: string;
  readonly state: { readonly current: string };
  readonly taskRunList?: readonly { readonly id: string; readonly taskId: string; readonly state: { readonly current: string }; readonly outputs?: Readonly<Record<string, unknown>> }[];
}

const open = async (environment: Readonly<Record<string, string>>, act: (server: TestServer) => Promise<void>): Promise<void> => {
  const server = await startServer({ environment });
  try {
    await act(server);
  } finally {
    await server.stop();
    await rm(server.data, { recursive: true, force: true });
  }
};
const flow = (id: string, tasks: string): string => `id: ${id}\nnamespace: commands\ntasks:\n${tasks}`;
async function run(server: TestServer, id: string): Promise<Execution> {
  const answer = await server.request('POST', `/api/v1/executions/commands/${id}?wait=true`);
  assert.is(answer.status, 200, answer.text);
  return answer.json as Execution;
}
const start = async (server: TestServer, id: string): Promise<string> => ((await server.request('POST', `/api/v1/executions/commands/${id}`)).json as Execution).id;
const load = async (server: TestServer, id: string): Promise<Execution> => (await server.request('GET', `/api/v1/executions/${id}`)).json as Execution;
const logOf = async (server: TestServer, id: string): Promise<readonly { readonly level: string; readonly message: string }[]> => (await server.request('GET', `/api/v1/logs/${id}`)).json as { level: string; message: string }[];

test('without Docker a task that does not say where it runs fails with what helps; told so, the server runs it as a process and warns each time', async () => {
  const plain = flow('plain', '  - id: say\n    type: io.kestra.plugin.scripts.python.Script\n    script: print("from Python")\n');
  await open(noDocker, async (server) => {
    await server.putFlow(plain);
    const execution = await run(server, 'plain');
    assert.is(execution.state.current, 'FAILED');
    const said = (await logOf(server, execution.id)).map((line) => line.message).join('\n');
    for (const piece of ['There is no Docker at unix:///no/docker.sock', 'ENSEMBLE_DOCKER_HOST', 'io.kestra.plugin.core.runner.Process']) assert.ok(said.includes(piece), said);
  });
  await open({ ...noDocker, ENSEMBLE_DOCKER_FALLBACK: 'process' }, async (server) => {
    await server.putFlow(plain);
    for (let round = 0; round < 2; round += 1) {
      const execution = await run(server, 'plain');
      assert.is(execution.state.current, 'SUCCESS');
      assert.equal((await logOf(server, execution.id)).map((line) => line.level), ['WARN', 'INFO']);
    }
  });
});

test('tasks of several languages hand on values and files, alone and in a directory that they share', () => open(noDocker, async (server) => {
  await server.putFlow(flow('relay', `  - id: first
    type: io.kestra.plugin.scripts.python.Script
${process_}    outputFiles: ["*.json"]
    script: |
      import json
      json.dump({"n": 20}, open("data.json", "w"))
      print('::{"outputs":{"n":20},"metrics":[{"name":"rows","type":"counter","value":2}]}::')
  - id: together
    type: io.kestra.plugin.core.flow.WorkingDirectory
    inputFiles:
      data.json: "{{ outputs.first.outputFiles['data.json'] }}"
    outputFiles: ["*.txt", ".*"]
    tasks:
      - id: second
        type: io.kestra.plugin.scripts.node.Script
${inside}        executionContext: true
        env:
          COPY: "{{ outputs.first.outputFiles['data.json'] }}"
        script: |
          const fs = require("fs");
          const n = JSON.parse(fs.readFileSync("data.json")).n + JSON.parse(fs.readFileSync(process.env.COPY)).n;
          fs.writeFileSync("n.txt", String(n + {{ outputs.first.vars.n }}));
      - id: third
        type: io.kestra.plugin.scripts.perl.Commands
${inside}        commands:
          - ls -A | sort | xargs echo
          - perl -ne 'printf qq(::{"outputs":{"twice":%d}}::\\n), 2 * $_' n.txt
`));
  const execution = await run(server, 'relay');
  assert.is(execution.state.current, 'SUCCESS', JSON.stringify(await logOf(server, execution.id)));
  const outputs = (taskId: string): Readonly<Record<string, unknown>> => execution.taskRunList?.find((one) => one.taskId === taskId)?.outputs ?? {};
  assert.equal(outputs('third')['vars'], { twice: 120 });
  assert.equal(Object.keys(outputs('together')['outputFiles'] ?? {}), ['n.txt'], 'nothing of ours is left in the directory');
  assert.ok((await logOf(server, execution.id)).some((line) => line.message.trim() === 'data.json n.txt'));
}));

test('a kill of the execution ends the command with its children, and a killed server leaves none behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ensemble-commands-'));
  const sleeper = (id: string): string => flow(id, `  - id: wait\n    type: io.kestra.plugin.scripts.shell.Commands\n${process_}    commands:\n      - setsid sh -c 'echo $$ > ${folder}/${id}.far; exec sleep 600' & \n      - sleep 600 & echo $! > ${folder}/${id}.near\n      - touch ${folder}/${id}.ready; wait\n`);
  const isAlive = (pid: string): boolean => existsSync(`/proc/${pid.trim()}/environ`);
  const pidOf = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  let server = await startServer({ environment: noDocker });
  try {
    await server.putFlow(sleeper('killed'));
    await server.putFlow(sleeper('crashed'));
    const id = await start(server, 'killed');
    const pids = await until('the children of the first are there', () => Promise.all([pidOf('killed.far'), pidOf('killed.near'), pidOf('killed.ready')]), ([far, near]) => far !== '' && near !== '');
    assert.ok(pids.slice(0, 2).every(isAlive));
    assert.ok((await server.request('DELETE', `/api/v1/executions/${id}/kill`)).status < 300);
    await until('it is killed', () => load(server, id), (one) => one.state.current === 'KILLED');
    await until('its children are gone', () => pids.slice(0, 2).some(isAlive), (alive) => !alive);

    await start(server, 'crashed');
    await until('the child of the second is there', () => pidOf('crashed.ready').then(() => pidOf('crashed.near')), (pid) => pid !== '');
    const near = await pidOf('crashed.near');
    await server.kill9();
    await until('it ends with the server', () => isAlive(near), (alive) => !alive);
    const far = await pidOf('crashed.far');
    assert.ok(isAlive(far), 'it has left the group, and nobody is there to end it');
    server = await startServer({ environment: noDocker, data: server.data });
    await until('the next start ends it', () => isAlive(far), (alive) => !alive);
  } finally {
    await server.stop();
    await rm(server.data, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});

test('where there is a daemon, the whole way goes through it: files in and out of a flow, and a kill that removes the container', async () => {
  const daemon = await startDaemon({ images: ['python:3.13-slim', 'ubuntu'] });
  try {
    await open({ ENSEMBLE_DOCKER_HOST: daemon.host }, async (server) => {
      await server.putFlow(flow('contained', `  - id: make
    type: io.kestra.plugin.scripts.python.Script
    outputFiles: [out.csv]
    script: open("out.csv", "w").write("a,b")
  - id: use
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - echo "::{\\"outputs\\":{\\"text\\":\\"$(cat {{ outputs.make.outputFiles['out.csv'] }})\\"}}::"
`));
      const execution = await run(server, 'contained');
      assert.is(execution.state.current, 'SUCCESS', JSON.stringify(await logOf(server, execution.id)));
      const used = execution.taskRunList?.find((one) => one.taskId === 'use')?.outputs;
      assert.equal([used?.['vars'], used?.['taskRunner']], [{ text: 'a,b' }, { containerId: 'c2' }]);
      assert.is(daemon.running(), 0);

      await server.putFlow(flow('endless', '  - id: wait\n    type: io.kestra.plugin.scripts.shell.Commands\n    commands: ["echo up", "sleep 600"]\n'));
      const id = await start(server, 'endless');
      await until('it runs', () => logOf(server, id), (lines) => lines.some((line) => line.message === 'up'));
      await server.request('DELETE', `/api/v1/executions/${id}/kill`);
      await until('it is killed', () => load(server, id), (one) => one.state.current === 'KILLED');
      await until('its container is gone', () => daemon.running(), (count) => count === 0);
    });
  } finally {
    await daemon.close();
  }
});

test.run();
