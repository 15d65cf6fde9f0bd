// Random templates and values: rendering throws nothing but ExpressionError, and ends. fast-check prints the seed of a failure.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExpressionError, filterNames, functionNames, hasExpression, parseTemplate, render, renderTyped, testNames } from './index.ts';
import { testingWorld as world } from './testing-world.ts';

const limits = { fuelMax: 20_000, outputCharsMax: 100_000, depthMax: 50 };

const pieces = [
  '{{', '}}', '{%', '%}', '{#', '#}', '{{-', '-}}', ' ', ' ', '(', ')', '[', ']', '{', '}', ',', ':', '?', '??', '???', '|', '~', '+', '-', '*', '/', '%', '==', '<', '..', '.', '=', "'", '"', '#{', '\\', '\n',
  'a', 'b', 'l', 'm', 's', 'n', '0', '1', '1.5', '99999999999999999999', "'text'", '"x#{a}y"', 'and', 'or', 'not', 'is', 'contains', 'if ', 'elseif ', 'else', 'endif', 'for i in ', 'endfor', 'set x = ', 'macro f(x)', 'endmacro', 'block b', 'endblock', 'filter upper', 'endfilter', 'raw', 'endraw', 'loop', 'i', 'x', 'f(1)', '__proto__', 'constructor',
];
const call = fc.tuple(fc.constantFrom(...filterNames), fc.array(fc.constantFrom('1', "'a'", 'l', 'm', 'null', '-1', "'yyyy'", "{'a': 'b'}", '1.5', "'.a'"), { maxLength: 3 })).map(([name, args]) => `${name}(${args.join(', ')})`);
const functionCall = fc.tuple(fc.constantFrom(...functionNames), fc.array(fc.constantFrom('1', "'a'", 'l', 'm', 'null', 's', 'rec', '-1'), { maxLength: 3 })).map(([name, args]) => `${name}(${args.join(', ')})`);
const operand = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('a', 'l', 'm', 's', 'n', 'm.k', 'l[0]', 'nope', '1', '2.5', "'2024-05-31'", '[1, [2]]', '{"a": 1}', 'd', 'rec') }, { weight: 1, arbitrary: functionCall });
const expression = fc.tuple(operand, fc.array(fc.oneof(call.map((one) => ` | ${one}`), fc.tuple(fc.constantFrom('+', '-', '*', '/', '%', '~', '==', '<', '..', '??', 'contains', 'and', 'or'), operand).map(([operator, right]) => ` ${operator} ${right}`), fc.constantFrom(...testNames).map((name) => ` is ${name}`)), { maxLength: 2 })).map(([first, rest]) => first + rest.join(''));
const template = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 25 }).map((all) => all.join('')),
  fc.array(fc.oneof(expression.map((inner) => `{{ ${inner} }}`), expression.map((inner) => `{% if ${inner} %}y{% endif %}`), expression.map((inner) => `{% for i in ${inner} %}{{ i }}{% endfor %}`), fc.constant(' text ')), { maxLength: 3 }).map((all) => all.join('')),
);
const variables = { a: 1, b: 2.5, l: [1, 'x', null, { k: [2] }], m: { k: 'v', 'x y': 1 }, s: 'some text', n: null, d: new Date(0), rec: '{{ render(rec) }}{{ s }}' };

test('rendering throws nothing but ExpressionError, and always ends', () => {
  let rendered = 0;
  let refused = 0;
  fc.assert(
    fc.property(template, fc.boolean(), (text, recursive) => {
      parseTemplate(text);
      try {
        assert.type(render(text, { variables, world, limits, recursive }), 'string');
        renderTyped(text, { variables, world, limits, recursive });
        if (hasExpression(text)) rendered += 1;
      } catch (thrown) {
        assert.instance(thrown, ExpressionError, `template ${JSON.stringify(text)}: ${String(thrown)}`);
        if (thrown instanceof ExpressionError) {
          assert.ok(thrown.line >= 1 && thrown.column >= 1, thrown.message);
          assert.not.match(thrown.message, /is not a function|Cannot read prop|undefined/, `${text}: ${thrown.message}`);
        }
        refused += 1;
      }
    }),
    { numRuns: 4000 },
  );
  // The run must have reached both sides, else it proves nothing.
  assert.ok(rendered > 100 && refused > 100, `rendered ${rendered}, refused ${refused}`);
});

test('JSON that is rendered is the JSON that went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      // Without -0, which JSON has not, and without own `__proto__`, which this room hides.
      const before: unknown = JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto'));
      const text = render('{{ v | toJson }}', { variables: { v: before }, world });
      assert.equal(JSON.parse(text), before);
    }),
    { numRuns: 500 },
  );
});

test.run();
