import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mentionedOutputs, onlyMentioned } from './mentioned-outputs.ts';

const tree = { a: { value: 1 }, 'b-c': { value: 2 }, big: { value: 3 } };
const kept = (properties: Readonly<Record<string, unknown>>): unknown => onlyMentioned(tree, mentionedOutputs(properties));

test('a task is given the outputs that its expressions name, by dot or by bracket', () => {
  assert.equal(kept({ commands: ['echo {{ outputs.a.value }}', 'outputs.big without braces'] }), { a: { value: 1 } });
  assert.equal(kept({ env: { X: "{{ outputs['b-c'].value }}" } }), { 'b-c': { value: 2 } });
  assert.equal(kept({ message: '{{ inputs.x }}' }), {});
});

test('a task that asks for the whole map, a computed name or renders a text is given everything', () => {
  for (const message of ['{{ outputs }}', '{{ outputs[inputs.name].value }}', '{{ render(vars.x) }}', '{% for o in outputs %}x{% endfor %}']) assert.equal(kept({ message }), tree, message);
});

test.run();
