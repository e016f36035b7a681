import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ComparePassword, createUserCheck } from '../../../src/http/web-config/user-check.ts';

const ALICE = `$2b$10$${'a'.repeat(53)}`;
const BOB = `$2b$12$${'b'.repeat(53)}`;
const USERS = new Map([
  ['alice', ALICE],
  ['bob', BOB],
]);

/** A comparison that takes every password which is its user's hash, and keeps what it is asked. */
function recorded() {
  const asked: (readonly [string, string])[] = [];
  const compare: ComparePassword = async (password, hash) => {
    asked.push([password.toString(), hash]);
    await turn();
    return password.toString() === hash;
  };
  return { check: createUserCheck(compare), asked };
}

const as = (user: string, password: string) => ({ user, password: Buffer.from(password) });

describe('createUserCheck', () => {
  it('knows the password of each user, and no other', async () => {
    const { check } = recorded();
    expect(await check(USERS, as('alice', ALICE))).toBe(true);
    expect(await check(USERS, as('bob', ALICE))).toBe(false);
    expect(await check(USERS, as('bob', BOB))).toBe(true);
  });

  it('gives at once what it has found out', async () => {
    const { check, asked } = recorded();
    await check(USERS, as('alice', ALICE));
    await check(USERS, as('alice', 'wrong'));
    expect(check(USERS, as('alice', ALICE))).toBe(true);
    expect(check(USERS, as('alice', 'wrong'))).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it('compares once what many ask at the same time', async () => {
    const { check, asked } = recorded();
    const verdicts = Array.from({ length: 100 }, () => check(USERS, as('alice', ALICE)));
    expect(await Promise.all(verdicts)).toEqual(Array(100).fill(true));
    expect(asked).toHaveLength(1);
  });

  it('compares an unknown user with a hash as dear as the dearest, and lets none of them pass', async () => {
    const { check, asked } = recorded();
    await check(USERS, as('mallory', 'x'));
    const hash = asked[0]?.[1] ?? '';
    expect(hash).toMatch(/^\$2b\$12\$.{53}$/);
    expect(await check(USERS, as('mallory', hash))).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it('compares anew once a user has another hash, and forgets who is no user any more', async () => {
    const { check } = recorded();
    expect(await check(USERS, as('alice', ALICE))).toBe(true);
    expect(await check(new Map([['alice', BOB]]), as('alice', ALICE))).toBe(false);
    expect(await check(new Map([['bob', BOB]]), as('alice', ALICE))).toBe(false);
    expect(check(USERS, as('alice', ALICE))).toBe(true);
  });

  it('tells apart what only looks alike when it is put together', async () => {
    const { check } = recorded();
    const users = new Map([
      ['a', '"b'],
      ['a"', 'b'],
    ]);
    expect(await check(users, as('a', '"b'))).toBe(true);
    expect(await check(users, as('a"', '"b'))).toBe(false);
  });

  it('does not forget who knows a password because of those who try thousands', async () => {
    const { check, asked } = recorded();
    await check(USERS, as('alice', ALICE));
    for (let guess = 0; guess < 2000; guess++) await check(USERS, as('alice', `guess ${guess}`));
    expect(check(USERS, as('alice', ALICE))).toBe(true);
    expect(asked).toHaveLength(2001);
  });

  it('forgets the oldest guesses, so that they do not fill the memory', async () => {
    const { check, asked } = recorded();
    for (let guess = 0; guess <= 1000; guess++) await check(USERS, as('alice', `guess ${guess}`));
    expect(check(USERS, as('alice', 'guess 1'))).toBe(false);
    await check(USERS, as('alice', 'guess 0'));
    expect(asked).toHaveLength(1002);
  });

  it('is busy with eighteen passwords, two at a time, and works again afterwards', async () => {
    let running = 0;
    let most = 0;
    const check = createUserCheck(async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
      return true;
    });
    const verdicts = Array.from({ length: 20 }, (_, number) => check(USERS, as('alice', `${number}`)));
    expect(verdicts.map((verdict) => verdict === 'busy')).toEqual([...Array(18).fill(false), true, true]);
    await Promise.all(verdicts);
    expect(most).toBe(2);
    expect(await check(USERS, as('alice', 'later'))).toBe(true);
  });

  it('does not remember a comparison that failed, and gives its place back', async () => {
    let broken = true;
    const check = createUserCheck(async () => {
      if (broken) throw new Error('no memory');
      return true;
    });
    for (let attempt = 0; attempt < 40; attempt++) {
      await expect(check(USERS, as('alice', 'x'))).rejects.toThrow('no memory');
    }
    broken = false;
    expect(await check(USERS, as('alice', 'x'))).toBe(true);
  });
});
