// A process of its own, so that what it reads costs the measured clients nothing: N sockets that watch one topic. Says `ready`, and how many messages came when its input ends.
import WebSocket from 'ws';

const [port, count, topic] = process.argv.slice(2);
let messages = 0;
await Promise.all(Array.from({ length: Number(count) }, () => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/main/rpc`);
  socket.once('open', () => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'watch', params: { topic } }));
    resolve(undefined);
  });
  socket.on('message', () => { messages += 1; });
  socket.once('error', reject);
})));
process.stdout.write('ready\n');
process.stdin.resume();
process.stdin.once('end', () => {
  process.stdout.write(`${messages}\n`);
  process.exit(0);
});
