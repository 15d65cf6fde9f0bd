import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEncryption, decryptWith, encryptWith, isEncryptedText } from './encryption.ts';

const key = Buffer.alloc(32, 3).toString('base64');

test('what is wrapped comes out again, and looks different each time', () => {
  const encryption = createEncryption(key);
  const [first, second] = [encryption.wrap('grüße'), encryption.wrap('grüße')];
  assert.ok(isEncryptedText(first));
  assert.is.not(first.value, second.value);
  assert.is(encryption.unwrap(first), 'grüße');
  assert.is(encryption.unwrap(second), 'grüße');
});

test('without a key the plain text stays, and the encryption says so', () => {
  const encryption = createEncryption(undefined);
  assert.not(encryption.configured);
  assert.equal(encryption.wrap('open'), { type: 'io.kestra.datatype:aes_encrypted', value: 'open' });
});

test('a changed text or another key is refused, and neither shows the text', () => {
  const wrapped = createEncryption(key).wrap('secret');
  const bytes = Buffer.from(wrapped.value, 'base64');
  bytes[14] = (bytes[14] ?? 0) ^ 1;
  assert.throws(() => createEncryption(key).unwrap({ ...wrapped, value: bytes.toString('base64') }), /was changed, or encrypted with another key/);
  assert.throws(() => createEncryption(Buffer.alloc(32, 4).toString('base64')).unwrap(wrapped), /another key/);
  assert.throws(() => createEncryption(key).unwrap({ ...wrapped, value: 'abc' }), /too short/);
});

test('encrypted texts are found at any depth, heard, and nothing else is copied', () => {
  const encryption = createEncryption(key);
  const heard: string[] = [];
  const plain = { a: [1, { b: 'x' }] };
  assert.is(encryption.unwrapDeep(plain, (text) => void heard.push(text)), plain);
  assert.equal(encryption.unwrapDeep({ a: [encryption.wrap('one')], b: 2 }, (text) => void heard.push(text)), { a: ['one'], b: 2 });
  assert.equal(heard, ['one']);
});

for (const size of [16, 24, 32]) {
  test(`encrypt() and decrypt() of expressions take a key of ${size} bytes`, () => {
    const own = Buffer.alloc(size, 9).toString('base64');
    assert.is(decryptWith(own, encryptWith(own, 'text')), 'text');
  });
}

test('a passphrase is a key, a short one is refused with a remedy', () => {
  assert.is(decryptWith('a passphrase of some length', encryptWith('a passphrase of some length', 'text')), 'text');
  assert.throws(() => createEncryption('short'), /expected base64 of 16, 24 or 32 random bytes/);
});

test.run();
