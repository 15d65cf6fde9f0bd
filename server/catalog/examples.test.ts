// The example of every plugin is a flow that this server would take.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFlow } from '../../core/language/index.ts';
import { loadCatalog } from './index.ts';

const catalog = loadCatalog({ testPlugins: true });

for (const type of catalog.types) {
  test(`the example of ${type.type} is a valid flow without a warning`, () => {
    const parsed = parseFlow(type.example, { catalog, level: '1.x' });
    const expected = type.deprecated === true ? parsed.diagnostics.filter((diagnostic) => !/deprecated/i.test(diagnostic.message)) : parsed.diagnostics;
    assert.equal(expected.map((diagnostic) => `${diagnostic.path}: ${diagnostic.message}`), []);
    assert.ok(parsed.flow);
  });
}

test.run();
