// The peer of the executions bench: two chained jobs, the second added by the first, as BullMQ's guide writes workers.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const open = () => new Redis({ host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null });
const second = new Queue('second', { connection: open() });
new Worker('first', async (job) => { await second.add('second', { value: job.data.id }, { jobId: job.data.id, removeOnComplete: true }); }, { connection: open(), concurrency: 100 });
new Worker('second', async (job) => ({ seen: job.data.value }), { connection: open(), concurrency: 100 });
process.stdout.write('ready\n');
