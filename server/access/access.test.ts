/** Identity and rights, on a real environment in a temporary folder and with the clock in the test's hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { limits } from '../../core/protocol/limits.ts';
import { fixedAmbient, type FixedAmbient } from '../ambient/index.ts';
import { openEnvironment, type Environment } from '../store/index.ts';
import { createAccess, sessionCookie, visitorCookie, type AccessRoom, type Caller, type Granted, type Identified } from './index.ts';

interface World {
  readonly access: AccessRoom;
  readonly ambient: FixedAmbient;
  readonly front: Environment;
  /** The same data after a restart. */
  restart(): AccessRoom;
}

async function inWorld(loopback: boolean, story: (world: World) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-access-'));
  const ambient = fixedAmbient();
  const front = openEnvironment({ name: 'front', path: folder, mode: 'write' });
  const make = (): AccessRoom => createAccess({ front, ambient, tenant: 'main', loopback });
  try {
    await story({ access: make(), ambient, front, restart: make });
  } finally {
    await front.close();
    rmSync(folder, { recursive: true });
  }
}

const address = '192.0.2.1';
const password = 'correct horse';
async function join_(access: AccessRoom, name: string, role: 'admin' | 'editor' | 'viewer'): Promise<Granted> {
  const { secret } = await access.createLink(role === 'admin' ? 'administrator' : 'invitation', role, 'test');
  return access.accept({ secret, name, email: `${name.toLowerCase()}@example.com`, password, address });
}
const withSession = (granted: Granted) => ({ cookie: `${sessionCookie}=${granted.session}`, address });
const basic = (name: string, word: string) => ({ authorization: `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`, address });
function known(identified: Identified): Caller {
  if (identified.type === 'unknown') throw new Error(`unknown: ${identified.reason}`);
  return identified.caller;
}
async function statusOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(() => 200, (error: unknown) => {
    if (error instanceof ProtocolError) return error.problem.status;
    throw error;
  });
}

test('on loopback without people the workspace is open: each browser is one visitor, calls without a cookie are the local one', () => inWorld(true, async ({ access }) => {
  assert.ok(access.isOpen());
  const { cookie } = access.welcome(address);
  const visitor = known(access.identify({ cookie: `${visitorCookie}=${cookie}`, address }, 'browser'));
  assert.is(visitor.participant.kind, 'visitor');
  assert.is(known(access.identify({ cookie: `${visitorCookie}=${cookie}`, address }, 'rest')).participant.id, visitor.participant.id);
  assert.is(known(access.identify({ address }, 'rest')).participant.id, 'visitor-local');
}));
test('a forged visitor cookie is nobody else: it falls back to the local visitor', () => inWorld(true, async ({ access }) => {
  const { caller, cookie } = access.welcome(address);
  const signature = cookie.slice(cookie.lastIndexOf('.') + 1);
  for (const forged of [`visitor-other.${signature}`, `${caller.participant.id}.`, `${caller.participant.id}.AAAA`, caller.participant.id, '.', '']) {
    assert.is(known(access.identify({ cookie: `${visitorCookie}=${forged}`, address }, 'browser')).participant.id, 'visitor-local', forged);
  }
}));
test('a visitor\'s cookie and name survive a restart', () => inWorld(true, async ({ access, restart }) => {
  const { caller, cookie } = access.welcome(address);
  await access.updateMe(caller, { name: 'Ada', color: 4 });
  const again = known(restart().identify({ cookie: `${visitorCookie}=${cookie}`, address }, 'browser'));
  assert.equal([again.participant.id, again.participant.name, again.participant.color], [caller.participant.id, 'Ada', 4]);
}));
test('the first administrator closes the open workspace: visitors are out at once, and told', () => inWorld(true, async ({ access }) => {
  const { caller, cookie } = access.welcome(address);
  const revoked: string[] = [];
  access.onRevoked(({ participantId }) => revoked.push(participantId));
  await join_(access, 'Ada', 'admin');
  assert.not.ok(access.isOpen());
  assert.is(access.identify({ cookie: `${visitorCookie}=${cookie}`, address }, 'browser').type, 'unknown');
  assert.is(access.current(caller), undefined);
  assert.ok(revoked.includes(caller.participant.id));
  assert.ok(revoked.includes('visitor-local'));
}));
test('an open workspace can not be closed by somebody who may not open it again', () => inWorld(true, async ({ access }) => {
  const { caller } = access.welcome(address);
  assert.is(await statusOf(access.invite(caller, 'viewer', undefined)), 409);
  assert.is(await statusOf(access.invite(caller, 'admin', undefined)), 200);
}));
test('off loopback nobody is anybody without a proof', () => inWorld(false, async ({ access }) => {
  assert.not.ok(access.isOpen());
  assert.is(access.identify({ address }, 'rest').type, 'unknown');
}));

test('a link is good once, and only for a while', () => inWorld(false, async ({ access, ambient }) => {
  const { secret } = await access.createLink('invitation', 'editor', 'test');
  assert.equal(access.invitation(secret), { kind: 'invitation', role: 'editor' });
  const granted = await access.accept({ secret, name: 'Bo', email: '', password, address });
  assert.is(granted.participant.role, 'editor');
  assert.is(access.invitation(secret), undefined);
  assert.is(await statusOf(access.accept({ secret, name: 'Cy', email: '', password, address })), 410);
  const late = await access.createLink('administrator', 'admin', 'test');
  ambient.advance(24 * 3_600_000 + 1);
  assert.is(await statusOf(access.accept({ secret: late.secret, name: 'Cy', email: '', password, address })), 410);
}));
test('two people who open one link at the same time do not both get in', () => inWorld(false, async ({ access }) => {
  const { secret } = await access.createLink('administrator', 'admin', 'test');
  const results = await Promise.all(['Ada', 'Bo'].map((name) => statusOf(access.accept({ secret, name, email: '', password, address }))));
  assert.equal(results.sort(), [200, 410]);
}));
test('a name or e-mail that is taken, a short password, a wrong e-mail: each is said at its place', () => inWorld(false, async ({ access }) => {
  await join_(access, 'Ada', 'admin');
  const attempt = async (change: { readonly name?: string; readonly email?: string; readonly password?: string }): Promise<string> => {
    const { secret } = await access.createLink('invitation', 'viewer', 'test');
    return access.accept({ secret, name: 'Bo', email: '', password, address, ...change }).then(() => 'accepted', (error: unknown) => (error instanceof ProtocolError ? error.problem.errors?.map((one) => one.path).join() ?? '' : 'fault'));
  };
  assert.is(await attempt({ name: 'ADA' }), 'name');
  assert.is(await attempt({ email: 'ada@EXAMPLE.com' }), 'email');
  assert.is(await attempt({ password: 'short' }), 'password');
  assert.is(await attempt({ email: 'nobody', password: 'short', name: ' ' }), 'name,email,password');
}));

test('a wrong password and an unknown name get the same answer', () => inWorld(false, async ({ access }) => {
  await join_(access, 'Ada', 'admin');
  const message = (promise: Promise<unknown>) => promise.then(() => 'in', (error: unknown) => (error instanceof ProtocolError ? `${error.problem.status} ${error.problem.message}` : 'fault'));
  assert.is(await message(access.login('Ada', 'wrong', address)), await message(access.login('Nobody', 'wrong', address)));
  assert.is(await message(access.login('ada@example.com', password, address)), 'in');
}));
test('a name that fails too often has to wait, whatever comes next, and may try again later', () => inWorld(false, async ({ access, ambient }) => {
  await join_(access, 'Ada', 'admin');
  for (let n = 0; n < limits.loginFailuresPerQuarterHourMax; n += 1) assert.is(await statusOf(access.login('Ada', 'wrong', `203.0.113.${n}`)), 401);
  const refused = await access.login('ADA', password, '198.51.100.1').then(() => undefined, (error: unknown) => (error instanceof ProtocolError ? error.problem : undefined));
  assert.is(refused?.status, 429);
  assert.ok((refused?.retryAfterMs ?? 0) > 0);
  const overBasic = await access.authenticate({ ...basic('Ada', password), address: '198.51.100.1' }, 'rest');
  assert.ok(overBasic.type === 'unknown' && overBasic.retryAfterMs !== undefined, 'the same count holds for basic authentication');
  ambient.advance(15 * 60_000 + 1);
  assert.is(await statusOf(access.login('Ada', password, address)), 200);
}));
test('strangers who guess do not lock a person out of where they sign in from; guesses from there count there', () => inWorld(false, async ({ access }) => {
  await join_(access, 'Ada', 'admin');
  for (let n = 0; n < limits.loginFailuresPerQuarterHourMax; n += 1) await statusOf(access.login('Ada', 'wrong', `203.0.113.${n}`));
  assert.is(await statusOf(access.login('Ada', password, '198.51.100.1')), 429);
  assert.is(await statusOf(access.login('Ada', password, address)), 200);
  for (let n = 0; n < limits.loginFailuresPerQuarterHourMax; n += 1) assert.is(await statusOf(access.login('Ada', 'wrong', address)), 401);
  assert.is(await statusOf(access.login('Ada', password, address)), 429);
}));
test('an address that tries many names has to wait too', () => inWorld(false, async ({ access }) => {
  for (let n = 0; n < limits.loginFailuresPerQuarterHourMax * 3; n += 1) assert.is(await statusOf(access.login(`name${n}`, 'wrong', address)), 401);
  assert.is(await statusOf(access.login('fresh', 'wrong', address)), 429);
  assert.is(await statusOf(access.login('fresh', 'wrong', '198.51.100.1')), 401);
}));

test('a session ends at logout, at its expiry, and by an administrator; a forged one never was', () => inWorld(false, async ({ access, ambient }) => {
  const admin = await join_(access, 'Ada', 'admin');
  const first = await access.login('Ada', password, address);
  await access.logout(`${sessionCookie}=${first.session}`);
  assert.is(access.identify(withSession(first), 'browser').type, 'unknown');
  assert.is(known(access.identify(withSession(admin), 'browser')).participant.name, 'Ada');
  assert.is(access.identify({ cookie: `${sessionCookie}=${admin.session}x`, address }, 'browser').type, 'unknown');
  ambient.advance(31 * 24 * 3_600_000);
  assert.is(access.identify(withSession(admin), 'browser').type, 'unknown');
}));
test('secrets are in the store only as hashes', () => inWorld(false, async ({ access, front }) => {
  const admin = await join_(access, 'Ada', 'admin');
  const { fullToken } = await access.createToken(known(access.identify(withSession(admin), 'browser')), { name: 'ci' });
  const link = await access.createLink('invitation', 'viewer', 'test');
  const rows = [...front.range({ prefix: [] })];
  const text = JSON.stringify(rows);
  assert.ok(rows.length >= 4, 'the rows were read');
  for (const secret of [admin.session, fullToken, link.secret, password]) assert.not.ok(text.includes(secret));
  assert.match(text, /\$argon2id\$/);
}));
test('a changed password ends the other sessions and remembered basic logins, not the own session', () => inWorld(false, async ({ access }) => {
  const mine = await join_(access, 'Ada', 'admin');
  const other = await access.login('Ada', password, address);
  assert.is((await access.authenticate(basic('Ada', password), 'rest')).type, 'known');
  const me = known(access.identify(withSession(mine), 'browser'));
  assert.is(await statusOf(access.changePassword(me, 'wrong', 'another horse')), 422);
  await access.changePassword(me, password, 'another horse');
  assert.is(access.identify(withSession(other), 'browser').type, 'unknown');
  assert.is((await access.authenticate(basic('Ada', password), 'rest')).type, 'unknown');
  assert.is(known(access.identify(withSession(mine), 'browser')).participant.name, 'Ada');
  assert.is(known(await access.authenticate(basic('ada@example.com', 'another horse'), 'rest')).participant.name, 'Ada');
}));
test('a basic password is checked once and then remembered for a while', () => inWorld(false, async ({ access, ambient }) => {
  await join_(access, 'Ada', 'admin');
  assert.ok(access.authenticate(basic('Ada', password), 'rest') instanceof Promise);
  await access.authenticate(basic('Ada', password), 'rest');
  assert.not.ok(access.authenticate(basic('Ada', password), 'rest') instanceof Promise, 'no argon2 the second time');
  ambient.advance(60_000);
  assert.ok(access.authenticate(basic('Ada', password), 'rest') instanceof Promise);
}));

test('a removed person is out at once: session, basic login, tokens and the bots they made', () => inWorld(false, async ({ access }) => {
  const admin = known(access.identify(withSession(await join_(access, 'Ada', 'admin')), 'browser'));
  const granted = await join_(access, 'Bo', 'editor');
  const bo = known(access.identify(withSession(granted), 'browser'));
  const own = await access.createToken(bo, { name: 'mine' });
  const bot = await access.createToken(bo, { name: 'robot', bot: true });
  const robot = known(access.identify({ authorization: `Bearer ${bot.fullToken}`, address }, 'rpc'));
  assert.equal([robot.participant.kind, robot.participant.name, robot.participant.role], ['bot', 'robot', 'editor']);
  const revoked: string[] = [];
  access.onRevoked(({ participantId }) => revoked.push(participantId));
  await access.removePerson(admin, bo.participant.id);
  assert.is(access.identify(withSession(granted), 'browser').type, 'unknown');
  for (const token of [own, bot]) assert.is(access.identify({ authorization: `Bearer ${token.fullToken}`, address }, 'rest').type, 'unknown');
  assert.is((await access.authenticate(basic('Bo', password), 'rest')).type, 'unknown');
  assert.equal([access.current(bo), access.current(robot)], [undefined, undefined]);
  assert.equal(revoked.sort(), [bo.participant.id, robot.participant.id].sort());
}));
test('a role that is taken away is gone at the next question, also of an open socket\'s caller', () => inWorld(false, async ({ access }) => {
  const admin = known(access.identify(withSession(await join_(access, 'Ada', 'admin')), 'browser'));
  const bo = known(access.identify(withSession(await join_(access, 'Bo', 'editor')), 'browser'));
  assert.is(access.mayWrite(bo, 'a'), true);
  const changed: unknown[] = [];
  access.onChanged((change) => changed.push(change));
  await access.setRole(admin, bo.participant.id, 'viewer');
  assert.is(access.mayWrite(bo, 'a'), false);
  assert.match(access.refusal(bo, { resource: 'execution', action: 'execute' }) ?? '', /the role viewer may not start or steer executions/);
  assert.equal(changed, [{ participantId: bo.participant.id, what: 'role' }]);
}));
test('the last administrator stays one', () => inWorld(false, async ({ access }) => {
  const admin = known(access.identify(withSession(await join_(access, 'Ada', 'admin')), 'browser'));
  assert.is(await statusOf(access.setRole(admin, admin.participant.id, 'viewer')), 409);
  assert.is(await statusOf(access.removePerson(admin, admin.participant.id)), 409);
  await join_(access, 'Bo', 'admin');
  assert.is(await statusOf(access.removePerson(admin, admin.participant.id)), 200);
}));

test('a token can not exceed its maker, and shrinks with them', () => inWorld(false, async ({ access }) => {
  const admin = known(access.identify(withSession(await join_(access, 'Ada', 'admin')), 'browser'));
  const bo = known(access.identify(withSession(await join_(access, 'Bo', 'editor')), 'browser'));
  assert.is(await statusOf(access.createToken(bo, { name: 'up', role: 'admin' })), 403);
  const { fullToken } = await access.createToken(bo, { name: 'mine', role: 'editor' });
  await access.setRole(admin, bo.participant.id, 'viewer');
  assert.is(known(access.identify({ authorization: `Bearer ${fullToken}`, address }, 'rest')).participant.role, 'viewer');
}));
test('a token expires, is revoked by its maker or an administrator, and is not another\'s to see', () => inWorld(false, async ({ access, ambient }) => {
  const admin = known(access.identify(withSession(await join_(access, 'Ada', 'admin')), 'browser'));
  const bo = known(access.identify(withSession(await join_(access, 'Bo', 'viewer')), 'browser'));
  const short = await access.createToken(bo, { name: 'short', maxAge: 'PT1H' });
  const long = await access.createToken(admin, { name: 'long' });
  assert.equal(access.listTokens(bo).map((token) => token.name), ['short']);
  assert.equal(access.listTokens(admin).map((token) => token.name).sort(), ['long', 'short']);
  assert.is(await statusOf(access.revokeToken(bo, long.id)), 404);
  assert.is(await statusOf(access.createToken(bo, { name: 'x', maxAge: 'soon' })), 422);
  ambient.advance(3_600_001);
  assert.is(access.identify({ authorization: `Bearer ${short.fullToken}`, address }, 'rest').type, 'unknown');
  await access.revokeToken(admin, long.id);
  assert.is(access.identify({ authorization: `Bearer ${long.fullToken}`, address }, 'rest').type, 'unknown');
}));
test('who holds a token may end it, and no other: a bot that made its own leaves nothing behind', () => inWorld(true, async ({ access }) => {
  const visitor = known(access.identify({ address }, 'rest'));
  const own = await access.createToken(visitor, { name: 'own', bot: true, role: 'editor' });
  const other = await access.createToken(visitor, { name: 'other', bot: true, role: 'editor' });
  const bot = known(access.identify({ authorization: `Bearer ${own.fullToken}`, address }, 'rest'));
  assert.is(await statusOf(access.revokeToken(bot, other.id)), 404);
  await access.revokeToken(bot, own.id);
  assert.is(access.identify({ authorization: `Bearer ${own.fullToken}`, address }, 'rest').type, 'unknown');
}));
test('a stock provider brings its token as a protocol; a bearer wins over a cookie', () => inWorld(false, async ({ access }) => {
  const granted = await join_(access, 'Ada', 'admin');
  const { fullToken } = await access.createToken(known(access.identify(withSession(granted), 'browser')), { name: 'robot', bot: true });
  assert.is(known(access.identify({ ...withSession(granted), protocols: [`bearer.${fullToken}`] }, 'sync')).participant.name, 'robot');
  assert.is(access.identify({ ...withSession(granted), authorization: 'Bearer wrong' }, 'rest').type, 'unknown', 'a wrong bearer does not fall back to the cookie');
}));
test('a ticket opens one socket within 30 seconds, and dies with its maker\'s session', () => inWorld(false, async ({ access, ambient }) => {
  const granted = await join_(access, 'Ada', 'admin');
  const ada = known(access.identify(withSession(granted), 'browser'));
  const once = access.createTicket(ada);
  const opened = known(access.identify({ ticket: once, address }, 'sync'));
  assert.equal([opened.participant.name, opened.door, opened.credential.type], ['Ada', 'sync', 'session'], 'revoking the session finds the socket');
  assert.is(access.identify({ ticket: once, address }, 'sync').type, 'unknown');
  const late = access.createTicket(ada);
  ambient.advance(30_001);
  assert.is(access.identify({ ticket: late, address }, 'sync').type, 'unknown');
  const orphan = access.createTicket(ada);
  await access.logout(`${sessionCookie}=${granted.session}`);
  assert.is(access.identify({ ticket: orphan, address }, 'sync').type, 'unknown');
  assert.is(access.identify({ ...withSession(granted), ticket: 'forged' }, 'sync').type, 'unknown');
}));

test('the list of who did what has refused logins too, newest first, and no password', () => inWorld(false, async ({ access, front, ambient }) => {
  await join_(access, 'Ada', 'admin');
  ambient.advance(10);
  await statusOf(access.login('Ada', 'hunter2-wrong', address));
  await front.flush();
  const page = access.listAudit({ page: 1, size: 10 });
  assert.equal(page.results.map((row) => [row.operation, row.outcome]), [['access.login', 'refused'], ['access.accept', 'done']]);
  assert.is(page.total, 2);
  assert.not.ok(JSON.stringify(page).includes('hunter2'));
  assert.equal(access.listAudit({ page: 1, size: 10, operation: 'access.accept' }).results.length, 1);
  assert.equal(access.listAudit({ page: 1, size: 10, q: 'throttled' }).total, 0);
}));
test('a visitor\'s new name is the one that the next call sees', () => inWorld(true, async ({ access }) => {
  const caller = known(access.identify({ address }, 'rest'));
  await access.updateMe(caller, { name: 'Nora', color: 3 });
  const again = known(access.identify({ address }, 'rest'));
  assert.is(again.participant.name, 'Nora');
  assert.is(again.participant.color, 3);
}));

test.run();
