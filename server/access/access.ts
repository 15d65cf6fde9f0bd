/**
 * Identity, sessions, tokens, rights and the list of who did what. This thread is the only writer of these rows, so people are kept in
 * memory and everything else is read from the store when asked: a revocation holds from the next request on, and listeners close sockets.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiToken, AuditEntry, Participant, Person, Role } from '../../core/protocol/entities/participant.ts';
import { ProtocolError, forbidden, illegalState, invalidEntity, notFound } from '../../core/protocol/errors.ts';
import type { Page } from '../../core/protocol/operation.ts';
import { isoText, parseDurationMs } from '../../core/protocol/time.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Environment, Write } from '../store/contract.ts';
import { frontKeys } from '../store/keys.ts';
import { createAudit, type AuditFilter, type AuditRecord } from './audit.ts';
import type { Access, Caller, Credentials, Identified } from './contract.ts';
import { cookieOf, sessionCookie, visitorCookie } from './cookies.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { exceedsRole, lesserRole, refusalOf } from './permissions.ts';
import type { InvitationRow, PersonRow, SessionRow, TokenRow, VisitorRow } from './rows.ts';
import { createThrottle } from './throttle.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const sessionMs = 30 * dayMs;
const invitationMs = 7 * dayMs;
const administratorLinkMs = dayMs;
const ticketMs = 30_000;
const ticketsMax = 10_000;
/** A checked basic password is remembered so long, so that a script's thousand calls cost one argon2. */
const basicRememberedMs = 30_000;
const basicRememberedMax = 1000;

export interface AccessOptions {
  readonly front: Environment;
  readonly ambient: Ambient;
  readonly tenant: string;
  /** The server listens on loopback only: without people it is an open workspace. */
  readonly loopback: boolean;
}

export interface Granted {
  /** The cookie's value; shown to nobody else. */
  readonly session: string;
  readonly maxAgeSeconds: number;
  readonly participant: Participant;
}

export interface Changed {
  readonly participantId: string;
  readonly what: 'name' | 'role';
}

export interface AccessRoom extends Access {
  /** Somebody has another name or role: sockets that carry the old one have to open anew. */
  onChanged(listener: (changed: Changed) => void): () => void;
  /** Like `identify`, and checks basic passwords, which takes a moment. */
  authenticate(credentials: Credentials, door: Caller['door']): Identified | Promise<Identified>;
  /** An open local workspace: on loopback, without people. */
  isOpen(): boolean;
  hasAdministrator(): boolean;
  /** A new visitor of an open workspace, and the cookie's value that proves it. */
  welcome(address: string): { readonly caller: Caller; readonly cookie: string; readonly maxAgeSeconds: number };
  login(name: string, password: string, address: string): Promise<Granted>;
  logout(cookie: string | undefined): Promise<void>;
  /** What a link is good for; undefined when it is used, expired or wrong. */
  invitation(secret: string): { readonly kind: InvitationRow['kind']; readonly role: Role; readonly name?: string } | undefined;
  accept(request: { readonly secret: string; readonly name: string; readonly email: string; readonly password: string; readonly address: string }): Promise<Granted>;
  /** The secret of a new one-time link. */
  createLink(kind: InvitationRow['kind'], role: Role, createdBy: string, name?: string): Promise<{ readonly secret: string; readonly expiresAt: string }>;
  updateMe(caller: Caller, change: { readonly name?: string; readonly color?: number }): Promise<Participant>;
  changePassword(caller: Caller, oldPassword: string, newPassword: string): Promise<void>;
  listPeople(): readonly Person[];
  invite(caller: Caller, role: Role, name: string | undefined): Promise<{ readonly secret: string; readonly expiresAt: string }>;
  setRole(caller: Caller, id: string, role: Role): Promise<Person>;
  removePerson(caller: Caller, id: string): Promise<void>;
  revokeSessions(caller: Caller, id: string): Promise<number>;
  listTokens(caller: Caller): readonly ApiToken[];
  createToken(caller: Caller, request: { readonly name: string; readonly role?: Role; readonly bot?: boolean; readonly maxAge?: string }): Promise<{ readonly id: string; readonly name: string; readonly fullToken: string }>;
  revokeToken(caller: Caller, id: string): Promise<void>;
  /** Opens one WebSocket within 30 s, as this caller. */
  createTicket(caller: Caller): string;
  record(record: AuditRecord): void;
  listAudit(filter: AuditFilter): Page<AuditEntry>;
  /** The name under which a caller acts on its own machine (`npm start -- --administrator`, start-up). */
  system(): Caller;
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const unknown = (reason: string, retryAfterMs?: number): Identified => ({ type: 'unknown', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });

/** Visitors whose names are kept in memory. */
const visitorsKnownMax = 10_000;

export function createAccess(options: AccessOptions): AccessRoom {
  const { front, ambient, tenant } = options;
  const { clock, ids } = ambient;
  const people = new Map<string, PersonRow>();
  for (const { value } of front.range<PersonRow>({ prefix: [tenant, 'person'] })) people.set(value.id, value);
  const throttle = createThrottle(clock);
  const audit = createAudit({ front, ambient, tenant });
  const tickets = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  const basics = new Map<string, { readonly personId: string; readonly passwordSetAtMs: number; readonly untilMs: number }>();
  const listeners = new Set<(revoked: { readonly participantId: string; readonly credentialId?: string }) => void>();
  const changeListeners = new Set<(changed: Changed) => void>();
  const visitorKey = loadVisitorKey(front, ids);
  /** Visitors seen since the start: when the workspace closes, each of them has to sign in. */
  const visitorsSeen = new Set<string>([localId]);

  /** Seen by the next line, durable when it resolves. */
  const save = async (writes: readonly Write[]): Promise<void> => {
    front.writeNow(writes);
    await front.flush();
  };
  const put = (key: Write['key'], value: unknown): Write => ({ type: 'put', key, value });
  const revoked = (participantId: string, credentialId?: string): void => {
    for (const listener of listeners) listener({ participantId, ...(credentialId === undefined ? {} : { credentialId }) });
  };
  const changed = (participantId: string, what: Changed['what']): void => {
    for (const listener of changeListeners) listener({ participantId, what });
  };
  const isOpen = (): boolean => options.loopback && people.size === 0;
  const hasAdministrator = (): boolean => [...people.values()].some((person) => person.role === 'admin');
  const participantOf = (person: PersonRow): Participant => ({ id: person.id, name: person.name, kind: 'person', role: person.role, color: person.color });
  const personOf = (person: PersonRow): Person => ({
    ...participantOf(person), createdAt: isoText(person.createdAtMs),
    ...(person.email === undefined ? {} : { email: person.email }), ...(person.lastSeenAtMs === undefined ? {} : { lastSeenAt: isoText(person.lastSeenAtMs) }),
  });
  const findPerson = (name: string): PersonRow | undefined => {
    const wanted = name.trim().toLowerCase();
    if (wanted === '') return undefined;
    return [...people.values()].find((person) => person.email?.toLowerCase() === wanted || person.name.toLowerCase() === wanted);
  };
  const needPerson = (id: string): PersonRow => {
    const person = people.get(id);
    if (person === undefined) throw notFound(`there is no person "${id}" in this workspace`);
    return person;
  };
  const caller = (participant: Participant, door: Caller['door'], credential: Caller['credential'], address: string): Caller => ({ participant, tenant, door, credential, address });
  const putPerson = (person: PersonRow): Write => {
    people.set(person.id, person);
    return put(frontKeys.person(tenant, person.id), person);
  };

  // Visitors of an open workspace.
  const signature = (id: string): string => createHmac('sha256', visitorKey).update(id).digest('base64url');
  const visitorOf = (cookie: string | undefined): string | undefined => {
    const at = (cookie ?? '').lastIndexOf('.');
    if (cookie === undefined || at < 0) return undefined;
    const id = cookie.slice(0, at);
    const given = Buffer.from(cookie.slice(at + 1));
    const wanted = Buffer.from(signature(id));
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? id : undefined;
  };
  const seenVisitor = (id: string): void => {
    if (visitorsSeen.size < 100_000) visitorsSeen.add(id);
  };
  /** Each keystroke asks who its writer is: the row and the hash of the colour are read once. Only `updateMe` changes them. */
  const visitorsKnown = new Map<string, Participant>();
  const visitor = (id: string): Participant => {
    const known = visitorsKnown.get(id);
    if (known !== undefined) return known;
    const row = front.get<VisitorRow>(frontKeys.visitor(tenant, id));
    const read: Participant = { id, name: row?.name ?? (id === localId ? 'Local' : `Visitor ${id.slice(-4)}`), kind: 'visitor', role: 'admin', color: row?.color ?? colorOf(id) };
    if (visitorsKnown.size >= visitorsKnownMax) visitorsKnown.clear();
    visitorsKnown.set(id, read);
    return read;
  };

  const sessionCaller = (secret: string, door: Caller['door'], address: string): Caller | undefined => {
    const hash = hashOf(secret);
    const session = front.get<SessionRow>(frontKeys.session(hash));
    const person = session === undefined ? undefined : people.get(session.personId);
    if (session === undefined || person === undefined || session.expiresAtMs <= clock.nowMs()) return undefined;
    if (session.lastSeenAtMs < clock.nowMs() - hourMs) {
      // Nobody waits for it: a lost sighting only makes the session look an hour older.
      const seen = clock.nowMs();
      void front.write([put(frontKeys.session(hash), { ...session, lastSeenAtMs: seen, expiresAtMs: seen + sessionMs }), putPerson({ ...person, lastSeenAtMs: seen })]).committed.catch((error: unknown) => ambient.logger.warn('a sighting was not written', { error }));
    }
    return caller(participantOf(person), door, { type: 'session', id: hash }, address);
  };
  const tokenParticipant = (token: TokenRow): Participant | undefined => {
    if (token.expiresAtMs !== undefined && token.expiresAtMs <= clock.nowMs()) return undefined;
    const person = people.get(token.ownerId);
    if (token.bot) return { id: `bot-${token.id}`, name: token.name, kind: 'bot', role: token.role, color: token.color };
    if (person !== undefined) return { ...participantOf(person), role: lesserRole(token.role, person.role) };
    return token.ownerId.startsWith('visitor-') && isOpen() ? { ...visitor(token.ownerId), role: token.role } : undefined;
  };
  const tokenCaller = (secret: string, door: Caller['door'], address: string): Caller | undefined => {
    const hash = hashOf(secret);
    const token = front.get<TokenRow>(frontKeys.token(hash));
    const participant = token === undefined ? undefined : tokenParticipant(token);
    if (token === undefined || participant === undefined) return undefined;
    if ((token.lastUsedAtMs ?? 0) < clock.nowMs() - 60_000) {
      void front.write([put(frontKeys.token(hash), { ...token, lastUsedAtMs: clock.nowMs() })]).committed.catch((error: unknown) => ambient.logger.warn('the use of a token was not written', { error }));
    }
    return caller(participant, door, { type: 'token', id: hash }, address);
  };
  const basicCaller = (person: PersonRow, door: Caller['door'], address: string): Caller =>
    caller(participantOf(person), door, { type: 'basic', id: `${person.id}:${person.passwordSetAtMs}` }, address);
  const rememberedBasic = (header: string, door: Caller['door'], address: string): Caller | undefined => {
    const known = basics.get(hashOf(header));
    const person = known === undefined ? undefined : people.get(known.personId);
    if (known === undefined || person === undefined || known.untilMs < clock.nowMs() || person.passwordSetAtMs !== known.passwordSetAtMs) return undefined;
    return basicCaller(person, door, address);
  };

  const bearerOf = (credentials: Credentials): string | undefined => {
    const header = /^bearer\s+(\S+)$/i.exec(credentials.authorization?.trim() ?? '');
    if (header?.[1] !== undefined) return header[1];
    // A browser's WebSocket can send no header, only its list of protocols: `bearer.TOKEN`.
    return credentials.protocols?.find((protocol) => protocol.startsWith('bearer.'))?.slice('bearer.'.length);
  };

  const identify = (credentials: Credentials, door: Caller['door']): Identified => {
    if (credentials.ticket !== undefined) {
      const ticket = tickets.get(hashOf(credentials.ticket));
      tickets.delete(hashOf(credentials.ticket));
      const fresh = ticket === undefined || ticket.untilMs < clock.nowMs() ? undefined : current(ticket.caller);
      return fresh === undefined ? unknown('the ticket is used, older than 30 s, or wrong; ask for a new one') : { type: 'known', caller: { ...fresh, door, address: credentials.address } };
    }
    const bearer = bearerOf(credentials);
    if (bearer !== undefined) {
      const known = tokenCaller(bearer, door, credentials.address);
      return known === undefined ? unknown('the API token is wrong, expired or revoked') : { type: 'known', caller: known };
    }
    if (credentials.authorization !== undefined && /^basic\s/i.test(credentials.authorization.trim())) {
      const known = rememberedBasic(credentials.authorization, door, credentials.address);
      // On an open workspace there is no password to check: clients configured with one still work.
      if (known === undefined && isOpen()) return { type: 'known', caller: caller(visitor(localId), door, { type: 'visitor', id: localId }, credentials.address) };
      return known === undefined ? unknown('the name or the password is wrong') : { type: 'known', caller: known };
    }
    if (credentials.authorization !== undefined && credentials.authorization.trim() !== '') return unknown('the Authorization header is neither "Bearer TOKEN" nor "Basic …"');
    const session = cookieOf(credentials.cookie, sessionCookie);
    const signedIn = session === undefined ? undefined : sessionCaller(session, door, credentials.address);
    if (signedIn !== undefined) return { type: 'known', caller: signedIn };
    if (isOpen()) {
      const id = visitorOf(cookieOf(credentials.cookie, visitorCookie)) ?? localId;
      seenVisitor(id);
      return { type: 'known', caller: caller(visitor(id), door, { type: 'visitor', id }, credentials.address) };
    }
    return unknown(session === undefined ? 'nobody is signed in' : 'the session has ended; sign in again');
  };

  const authenticate = (credentials: Credentials, door: Caller['door']): Identified | Promise<Identified> => {
    const basic = /^basic\s+([a-z0-9+/=_-]+)$/i.exec(credentials.authorization?.trim() ?? '')?.[1];
    if (basic === undefined || bearerOf(credentials) !== undefined || credentials.ticket !== undefined || isOpen()) return identify(credentials, door);
    const header = credentials.authorization ?? '';
    const known = rememberedBasic(header, door, credentials.address);
    if (known !== undefined) return { type: 'known', caller: known };
    const decoded = Buffer.from(basic, 'base64').toString('utf8');
    const at = decoded.indexOf(':');
    if (at < 0) return unknown('the Authorization header holds no "name:password"');
    return checkLogin(decoded.slice(0, at), decoded.slice(at + 1), credentials.address).then((person) => {
      basics.set(hashOf(header), { personId: person.id, passwordSetAtMs: person.passwordSetAtMs, untilMs: clock.nowMs() + basicRememberedMs });
      if (basics.size > basicRememberedMax) {
        const oldest = basics.keys().next().value;
        if (oldest !== undefined) basics.delete(oldest);
      }
      return { type: 'known', caller: basicCaller(person, door, credentials.address) } as const;
    }, (error: unknown) => {
      if (error instanceof ProtocolError) return unknown(error.problem.message, error.problem.retryAfterMs);
      throw error;
    });
  };

  const isFamiliar = (personId: string, address: string): boolean => {
    for (const { value } of front.range<SessionRow>({ prefix: ['session'] })) if (value.personId === personId && value.address === address) return true;
    return false;
  };

  /** One sentence and one duration for a wrong name and a wrong password. */
  const checkLogin = async (name: string, password: string, address: string): Promise<PersonRow> => {
    const person = findPerson(name);
    const attempt = { name, address, familiar: person !== undefined && isFamiliar(person.id, address) };
    const waitMs = throttle.waitMs(attempt);
    if (waitMs > 0) {
      audit.record({ caller: undefined, operation: 'access.login', subject: { name: name.slice(0, 60) }, outcome: 'refused', reason: 'throttled', address });
      throw new ProtocolError({ status: 429, message: `Too many failed logins; try again in ${Math.ceil(waitMs / 60_000)} minutes`, retryAfterMs: waitMs });
    }
    if (!(await checkPassword(person?.passwordHash, password)) || person === undefined) {
      throttle.failed(attempt);
      audit.record({ caller: undefined, operation: 'access.login', subject: { name: name.slice(0, 60) }, outcome: 'refused', reason: 'wrong name or password', address });
      throw new ProtocolError({ status: 401, message: 'The name or the password is wrong' });
    }
    throttle.succeeded(attempt);
    return people.get(person.id) ?? person;
  };

  /** The time also tells logins with the old password from those with the new one, so it always moves. */
  const laterThan = (person: PersonRow): number => Math.max(clock.nowMs(), person.passwordSetAtMs + 1);

  const grant = async (person: PersonRow, address: string, more: readonly Write[] = []): Promise<Granted> => {
    const session = ids.secret(32);
    const nowMs = clock.nowMs();
    const row: SessionRow = { personId: person.id, createdAtMs: nowMs, expiresAtMs: nowMs + sessionMs, lastSeenAtMs: nowMs, address };
    await save([...more, put(frontKeys.session(hashOf(session)), row), putPerson({ ...person, lastSeenAtMs: nowMs })]);
    return { session, maxAgeSeconds: sessionMs / 1000, participant: participantOf(person) };
  };

  const sessionsOf = (personId: string): string[] => {
    const hashes: string[] = [];
    for (const { key, value } of front.range<SessionRow>({ prefix: ['session'] })) if (value.personId === personId && typeof key[1] === 'string') hashes.push(key[1]);
    return hashes;
  };
  const allTokens = (): readonly (TokenRow & { readonly hash: string })[] => {
    const rows: (TokenRow & { readonly hash: string })[] = [];
    for (const { key, value } of front.range<TokenRow>({ prefix: ['token'] })) if (typeof key[1] === 'string') rows.push({ ...value, hash: key[1] });
    return rows;
  };

  const current = (known: Caller): Caller | undefined => {
    const { credential } = known;
    const as = (participant: Participant | undefined): Caller | undefined => (participant === undefined ? undefined : { ...known, participant });
    switch (credential.type) {
      case 'session': {
        const session = front.get<SessionRow>(frontKeys.session(credential.id));
        const person = session === undefined || session.expiresAtMs <= clock.nowMs() ? undefined : people.get(session.personId);
        return as(person === undefined ? undefined : participantOf(person));
      }
      case 'token': {
        const token = front.get<TokenRow>(frontKeys.token(credential.id));
        return as(token === undefined ? undefined : tokenParticipant(token));
      }
      case 'basic': {
        const person = people.get(known.participant.id);
        return as(person === undefined || credential.id !== `${person.id}:${person.passwordSetAtMs}` ? undefined : participantOf(person));
      }
      case 'visitor': return as(isOpen() ? visitor(credential.id) : undefined);
      case 'ticket': return undefined;
      case 'system': return known;
      default: return never(credential.type);
    }
  };

  const createLink: AccessRoom['createLink'] = async (kind, role, createdBy, name) => {
    const secret = ids.secret(24);
    const nowMs = clock.nowMs();
    const expiresAtMs = nowMs + (kind === 'administrator' ? administratorLinkMs : invitationMs);
    const row: InvitationRow = { id: ids.friendly(), kind, role, createdBy, createdAtMs: nowMs, expiresAtMs, ...(name === undefined ? {} : { name }) };
    await save([put(frontKeys.invitation(hashOf(secret)), row)]);
    return { secret, expiresAt: isoText(expiresAtMs) };
  };
  const loadInvitation = (secret: string): InvitationRow | undefined => {
    const row = front.get<InvitationRow>(frontKeys.invitation(hashOf(secret)));
    return row === undefined || row.expiresAtMs <= clock.nowMs() ? undefined : row;
  };

  return {
    identify,
    authenticate,
    current,
    isOpen,
    hasAdministrator,
    refusal: (known, permission) => {
      if (permission === 'open') return undefined;
      const now = current(known);
      return now === undefined ? 'Forbidden: the session has ended; sign in again' : refusalOf(now.participant.role, permission);
    },
    mayWrite: (known) => {
      const now = current(known);
      return now !== undefined && refusalOf(now.participant.role, { resource: 'flow', action: 'update' }) === undefined;
    },
    roleOf: (participantId) => {
      const person = people.get(participantId);
      if (person !== undefined) return person.role;
      const bot = participantId.startsWith('bot-') ? allTokens().find((token) => `bot-${token.id}` === participantId) : undefined;
      if (bot !== undefined) return bot.role;
      return isOpen() && participantId.startsWith('visitor-') ? 'admin' : undefined;
    },
    onRevoked: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onChanged: (listener) => {
      changeListeners.add(listener);
      return () => void changeListeners.delete(listener);
    },
    welcome: (address) => {
      const id = `visitor-${ids.friendly()}`;
      seenVisitor(id);
      return { caller: caller(visitor(id), 'browser', { type: 'visitor', id }, address), cookie: `${id}.${signature(id)}`, maxAgeSeconds: 365 * 24 * 3600 };
    },
    login: async (name, password, address) => {
      const person = await checkLogin(name, password, address);
      const granted = await grant(person, address);
      audit.record({ caller: caller(participantOf(person), 'browser', { type: 'session', id: '' }, address), operation: 'access.login', subject: {}, outcome: 'done', address });
      return granted;
    },
    logout: async (cookie) => {
      const secret = cookieOf(cookie, sessionCookie);
      const session = secret === undefined ? undefined : front.get<SessionRow>(frontKeys.session(hashOf(secret)));
      if (secret === undefined || session === undefined) return;
      await save([{ type: 'remove', key: frontKeys.session(hashOf(secret)) }]);
      revoked(session.personId, hashOf(secret));
    },
    invitation: (secret) => {
      const row = loadInvitation(secret);
      return row === undefined ? undefined : { kind: row.kind, role: row.role, ...(row.name === undefined ? {} : { name: row.name }) };
    },
    accept: async ({ secret, name, email, password, address }) => {
      if (loadInvitation(secret) === undefined) throw new ProtocolError({ status: 410, message: 'Gone: this link is used, expired or wrong; ask an administrator for a new one' });
      const problems = [
        ...(name.trim().length < 1 || name.trim().length > 60 ? [{ path: 'name', message: 'must have 1 to 60 characters' }] : []),
        ...(email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email) ? [{ path: 'email', message: `"${email}" is not an e-mail address` }] : []),
        ...(password.length < 8 || password.length > 200 ? [{ path: 'password', message: 'must have 8 to 200 characters' }] : []),
      ];
      if (problems.length > 0) throw invalidEntity(problems);
      const passwordHash = await hashPassword(password);
      // Again after the wait: the link is good once, whoever was slower gets the sentence.
      const row = loadInvitation(secret);
      if (row === undefined) throw new ProtocolError({ status: 410, message: 'Gone: this link has just been used; ask an administrator for a new one' });
      if (findPerson(name) !== undefined) throw invalidEntity([{ path: 'name', message: `somebody here is already called "${name}"; choose another name` }]);
      if (email !== '' && findPerson(email) !== undefined) throw invalidEntity([{ path: 'email', message: `"${email}" already belongs to somebody here` }]);
      const wasOpen = isOpen();
      const nowMs = clock.nowMs();
      const person: PersonRow = {
        id: ids.friendly(), name: name.trim(), role: row.role, color: nextColor(people.values()), passwordHash, passwordSetAtMs: nowMs, createdAtMs: nowMs,
        ...(email === '' ? {} : { email }),
      };
      const granted = await grant(person, address, [{ type: 'remove', key: frontKeys.invitation(hashOf(secret)) }]);
      audit.record({ caller: caller(participantOf(person), 'browser', { type: 'session', id: '' }, address), operation: 'access.accept', subject: { role: row.role }, outcome: 'done', address });
      // The workspace is not open any more: its visitors have to sign in.
      if (wasOpen) for (const id of visitorsSeen) revoked(id);
      return granted;
    },
    createLink,
    updateMe: async (known, change) => {
      const now = current(known);
      if (now === undefined) throw new ProtocolError({ status: 401, message: 'The session has ended; sign in again' });
      const { id, kind } = now.participant;
      const name = change.name?.trim();
      if (name === '') throw invalidEntity([{ path: 'name', message: 'must not be empty' }]);
      const person = people.get(id);
      if (person !== undefined && kind === 'person') {
        const taken = name === undefined ? undefined : findPerson(name);
        if (taken !== undefined && taken.id !== id) throw invalidEntity([{ path: 'name', message: `somebody here is already called "${name}"; choose another name` }]);
        await save([putPerson({ ...person, ...(name === undefined ? {} : { name }), ...(change.color === undefined ? {} : { color: change.color }) })]);
      } else if (kind === 'visitor') {
        const before = visitor(id);
        const row: VisitorRow = { name: name ?? before.name, color: change.color ?? before.color };
        await save([put(frontKeys.visitor(tenant, id), row)]);
        visitorsKnown.delete(id);
      } else throw illegalState('a bot is named by its token; make a new token');
      changed(id, 'name');
      return current(known)?.participant ?? now.participant;
    },
    changePassword: async (known, oldPassword, newPassword) => {
      const person = people.get(known.participant.id);
      if (person === undefined) throw illegalState('only people with an account have a password');
      const checked = await checkLogin(person.name, oldPassword, known.address).catch((error: unknown) => {
        throw error instanceof ProtocolError && error.problem.status === 401 ? invalidEntity([{ path: 'oldPassword', message: 'is wrong' }]) : error;
      });
      const passwordHash = await hashPassword(newPassword);
      const others = sessionsOf(person.id).filter((hash) => hash !== known.credential.id);
      await save([putPerson({ ...checked, passwordHash, passwordSetAtMs: laterThan(checked) }), ...others.map((hash): Write => ({ type: 'remove', key: frontKeys.session(hash) }))]);
      for (const hash of others) revoked(person.id, hash);
      revoked(person.id, `${person.id}:${checked.passwordSetAtMs}`);
    },
    listPeople: () => [...people.values()].sort((a, b) => a.name.localeCompare(b.name)).map(personOf),
    invite: async (known, role, name) => {
      if (!hasAdministrator() && role !== 'admin') throw illegalState('the first person of a workspace must be an administrator; invite with the role admin first');
      return createLink('invitation', role, known.participant.id, name);
    },
    setRole: async (_known, id, role) => {
      const person = needPerson(id);
      if (person.role === 'admin' && role !== 'admin') refuseLast(person);
      await save([putPerson({ ...person, role })]);
      changed(id, 'role');
      return personOf({ ...person, role });
    },
    removePerson: async (_known, id) => {
      const person = needPerson(id);
      if (person.role === 'admin') refuseLast(person);
      people.delete(id);
      const tokens = allTokens().filter((token) => token.ownerId === id);
      await save([
        { type: 'remove', key: frontKeys.person(tenant, id) },
        ...sessionsOf(id).map((hash): Write => ({ type: 'remove', key: frontKeys.session(hash) })),
        ...tokens.map((token): Write => ({ type: 'remove', key: frontKeys.token(token.hash) })),
      ]);
      revoked(id);
      for (const token of tokens) if (token.bot) revoked(`bot-${token.id}`, token.hash);
    },
    revokeSessions: async (_known, id) => {
      const person = needPerson(id);
      const sessions = sessionsOf(id);
      // A remembered basic password is a session too: the new time forgets it, the password itself stays.
      await save([putPerson({ ...person, passwordSetAtMs: laterThan(person) }), ...sessions.map((hash): Write => ({ type: 'remove', key: frontKeys.session(hash) }))]);
      revoked(id);
      return sessions.length;
    },
    listTokens: (known) => {
      const mine = known.participant.role === 'admin' ? allTokens() : allTokens().filter((token) => token.ownerId === known.participant.id);
      return mine.map((token) => ({
        id: token.id, name: token.name, prefix: token.prefix, role: token.role, kind: token.bot ? 'bot' as const : 'person' as const, createdAt: isoText(token.createdAtMs),
        ...(token.lastUsedAtMs === undefined ? {} : { lastUsedAt: isoText(token.lastUsedAtMs) }), ...(token.expiresAtMs === undefined ? {} : { expiresAt: isoText(token.expiresAtMs) }),
      })).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
    createToken: async (known, request) => {
      const role = request.role ?? (known.participant.role === 'admin' && request.bot === true ? 'editor' : known.participant.role);
      if (exceedsRole(role, known.participant.role)) throw forbidden(`Forbidden: a token's role can not exceed your own, ${known.participant.role}`);
      const maxAgeMs = request.maxAge === undefined ? undefined : parseDurationMs(request.maxAge);
      if (request.maxAge !== undefined && (maxAgeMs === undefined || maxAgeMs <= 0)) throw invalidEntity([{ path: 'maxAge', message: `"${request.maxAge}" is not an ISO-8601 duration such as P30D` }]);
      const secret = `ens_${ids.secret(32)}`;
      const id = ids.friendly();
      const nowMs = clock.nowMs();
      const row: TokenRow = {
        id, name: request.name, prefix: secret.slice(0, 8), role, bot: request.bot === true, ownerId: known.participant.id, color: colorOf(id), createdAtMs: nowMs,
        ...(maxAgeMs === undefined ? {} : { expiresAtMs: nowMs + maxAgeMs }),
      };
      await save([put(frontKeys.token(hashOf(secret)), row)]);
      return { id, name: request.name, fullToken: secret };
    },
    revokeToken: async (known, id) => {
      const token = allTokens().find((row) => row.id === id);
      // Somebody else's token is not told apart from none. Who holds a token may end it: a bot that made its own leaves nothing behind.
      const isOwn = token !== undefined && (token.ownerId === known.participant.id || (known.credential.type === 'token' && known.credential.id === token.hash));
      if (token === undefined || (!isOwn && known.participant.role !== 'admin')) throw notFound(`there is no token "${id}"`);
      await save([{ type: 'remove', key: frontKeys.token(token.hash) }]);
      revoked(token.bot ? `bot-${token.id}` : token.ownerId, token.hash);
    },
    createTicket: (known) => {
      const nowMs = clock.nowMs();
      for (const [hash, ticket] of tickets) if (ticket.untilMs < nowMs) tickets.delete(hash);
      if (tickets.size >= ticketsMax) throw new ProtocolError({ status: 429, message: 'Too many open tickets; try again in half a minute', retryAfterMs: ticketMs });
      const secret = ids.secret(24);
      tickets.set(hashOf(secret), { caller: known, untilMs: nowMs + ticketMs });
      return secret;
    },
    record: audit.record,
    listAudit: audit.list,
    system: () => caller({ id: 'system', name: 'System', kind: 'bot', role: 'admin', color: 1 }, 'cli', { type: 'system', id: 'system' }, 'local'),
  };

  function refuseLast(person: PersonRow): void {
    if ([...people.values()].filter((other) => other.role === 'admin').length > 1) return;
    throw illegalState(`${person.name} is the last administrator; make somebody else one first`);
  }
}

/** API calls without a cookie on an open workspace. */
const localId = 'visitor-local';

function loadVisitorKey(front: Environment, ids: Ambient['ids']): string {
  const key = frontKeys.meta('visitorKey');
  const known = front.get<string>(key);
  if (known !== undefined) return known;
  const made = ids.secret(32);
  front.writeNow([{ type: 'put', key, value: made }]);
  return made;
}

/** A hue of the look, 1 to 12, the same for the same id. */
const colorOf = (id: string): number => ((createHash('sha256').update(id).digest()[0] ?? 0) % 12) + 1;

/** The hue that is used least, so that a small team has twelve different ones. */
function nextColor(people: Iterable<PersonRow>): number {
  const used = new Array<number>(13).fill(0);
  for (const person of people) used[person.color] = (used[person.color] ?? 0) + 1;
  let best = 1;
  for (let color = 2; color <= 12; color += 1) if ((used[color] ?? 0) < (used[best] ?? 0)) best = color;
  return best;
}

function never(type: never): never {
  throw new Error(`unknown credential ${JSON.stringify(type)}`);
}
