/** The shared conformance suite, where it lies beside the repository; the project's own cases are in the other tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { constraintsText } from './index.ts';
import { parse } from './testing-parse.ts';

const folder = new URL('../../../shared/conformance/', import.meta.url);
const present = existsSync(folder);

interface Case {
  readonly id: string;
  readonly flow: string;
  readonly valid?: boolean;
  readonly optional?: boolean;
  readonly expect?: { readonly all: readonly (string | readonly string[])[] };
}

if (present) {
  test('every valid conformance flow is read without an error', () => {
    const names = readdirSync(new URL('flows/', folder)).filter((name) => /\.ya?ml$/.test(name));
    assert.ok(names.length > 70);
    for (const name of names) assert.is(constraintsText(parse(readFileSync(new URL(`flows/${name}`, folder), 'utf8')).diagnostics), undefined, name);
  });

  const { cases } = JSON.parse(readFileSync(new URL('invalid-cases.json', folder), 'utf8')) as { readonly cases: readonly Case[] };
  for (const item of cases.filter((one) => one.optional !== true)) {
    test(`the case "${item.id}" is judged as the suite says`, () => {
      const text = constraintsText(parse(readFileSync(new URL(`flows/${item.flow}`, folder), 'utf8')).diagnostics);
      if (item.valid === true) assert.is(text, undefined);
      for (const piece of item.expect?.all ?? []) {
        const words = typeof piece === 'string' ? [piece] : piece;
        assert.ok(words.some((word) => text?.toLowerCase().includes(word.toLowerCase())), `${text ?? 'no constraints'} names none of ${words.join(', ')}`);
      }
    });
  }
} else {
  test.skip('the shared conformance suite is not beside this repository');
}

test.run();
