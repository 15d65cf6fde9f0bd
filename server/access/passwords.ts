/** Argon2id. A check costs about 20 ms of another thread, so few run at once. */
import { hash, verify } from '@node-rs/argon2';
import { ProtocolError } from '../../core/protocol/errors.ts';

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Of no password: checked for unknown names, so that they take as long as known ones. */
const decoy = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$wWKBmZ8NpIDaxKhUeYfGg2SDcJrb3w6/nL0p7mhTvgM';
const waitingMax = 64;
let waiting = 0;

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

export async function checkPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  if (waiting >= waitingMax) throw new ProtocolError({ status: 429, message: 'Too many logins at this moment; try again in a few seconds', retryAfterMs: 2000 });
  waiting += 1;
  try {
    // An overlong password costs memory and can not be right: they are at most 200 characters.
    const right = await verify(passwordHash ?? decoy, password.slice(0, 1000));
    return right && passwordHash !== undefined;
  } finally {
    waiting -= 1;
  }
}
