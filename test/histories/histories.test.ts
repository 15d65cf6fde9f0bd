/** EN4 for ever: journals that past versions have written give the rows that those versions had. Recorded by record.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { indexFlow, replay, type JournalEntry } from '../../core/engine/index.ts';
import { parseFlow, testingCatalog } from '../../core/language/index.ts';
import { simulationLimits } from '../simulation/shell.ts';

interface History {
  readonly version: string;
  readonly source: string;
  readonly journal: readonly JournalEntry[];
  readonly rows: unknown;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();

test('there are histories', () => { assert.ok(files.length >= 10); });

for (const name of files) {
  test(`EN4 the history ${name} gives the rows of its time`, () => {
    const history: History = JSON.parse(readFileSync(`${folder}${name}`, 'utf8'));
    const { flow } = parseFlow(history.source, { catalog: testingCatalog(), level: '1.x' });
    if (flow === undefined) throw new Error('its flow does not parse any more');
    const state = replay(indexFlow(flow, 1), history.journal, { limits: simulationLimits });
    assert.equal(JSON.parse(JSON.stringify([state.header, state.ordered()])), history.rows);
  });
}

test.run();
