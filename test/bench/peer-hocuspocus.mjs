// The peer of the keystroke bench: Hocuspocus as its guide starts it, documents in memory, nothing stored.
import { Server } from '@hocuspocus/server';

const server = new Server({ port: 0, quiet: true, address: '127.0.0.1' });
await server.listen(0);
const address = server.httpServer?.address?.() ?? server.address;
process.stdout.write(`port ${typeof address === 'object' ? address.port : address}\n`);
