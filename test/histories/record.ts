/**
 * Records histories of this version: `node --import tsx test/histories/record.ts VERSION`. Each is a flow, the journal of an
 * execution of it and the rows it ended with. They are kept for ever and replayed by histories.test.ts: a later engine has to read what
 * this one has written. Recorded once a version, before its release; a file that is there is left alone.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simulate } from '../simulation/simulate.ts';

const version = process.argv[2];
if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('Say the version: node --import tsx test/histories/record.ts 0.3.0');
const folder = fileURLToPath(new URL('.', import.meta.url));
mkdirSync(folder, { recursive: true });

/** Together they should hold every kind of event; a long one shows nothing that several short ones do not. */
const wanted = 15;
const charsMax = 40_000;
const seen = new Set<string>();
let recorded = 0;
for (let seed = 1; recorded < wanted && seed < 5000; seed += 1) {
  const { shell } = simulate(seed);
  const kinds = shell.journal.flatMap((entry) => ('event' in entry ? [entry.event.type] : []));
  const fresh = kinds.filter((kind) => !seen.has(kind));
  const text = JSON.stringify({ version, seed, source: shell.source, journal: shell.journal, rows: [shell.state.header, shell.state.ordered()] });
  if (text.length > charsMax || kinds.length < 10 || (fresh.length === 0 && seed < 2000)) continue;
  for (const kind of kinds) seen.add(kind);
  const file = join(folder, `${version}-${seed}.json`);
  if (!existsSync(file)) writeFileSync(file, `${text}\n`);
  recorded += 1;
}
process.stdout.write(`${recorded} histories of ${version} with ${[...seen].sort().join(', ')}\n`);
