/** The thread that checks long texts: parsing 10,000 lines takes longer than a keystroke may wait. */
import { parentPort, workerData } from 'node:worker_threads';
import { parseFlow } from '../../core/language/parse-flow.ts';
import { plainCatalog, type ParseAnswer, type ParseRequest, type ParserData } from './flow-parser.ts';

const port = parentPort;
if (port === null) throw new Error('diagnostics-thread.ts is the entry of a worker thread; it cannot run on its own');
const { types, level, globalDefaults } = workerData as ParserData;
const catalog = plainCatalog(types);

port.on('message', ({ id, source, brief }: ParseRequest) => {
  const parsed = parseFlow(source, { catalog, level, globalDefaults });
  const answer: ParseAnswer = { id, parsed: brief ? { diagnostics: parsed.diagnostics } : parsed };
  port.postMessage(answer);
});
