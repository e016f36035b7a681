import { expect, it } from 'vitest';
import { totalsIn } from '../../src/domain/json-totals.ts';

const DEVICES = { n: { list: '/devices', item: undefined }, free: { list: '/devices', item: '/free' } };

it.each([
  ['numbers', '{"devices":[{"free":1},{"free":2}]}', { n: 2, free: 3 }],
  ['an item without a number', '{"devices":[{"free":1},{}]}', { n: 2 }],
  ['no list', '{"devices":{"free":1}}', {}],
  ['a number beyond all numbers', '{"devices":[{"free":1e999}]}', { n: 1 }],
  ['two that make none together', '{"devices":[{"free":1e999},{"free":-1e999}]}', { n: 2 }],
  ['numbers that add up to more than there is', '{"devices":[{"free":1e308},{"free":1e308}]}', { n: 2 }],
  ['none', '{"devices":[]}', { n: 0, free: 0 }],
])('adds up %s', (_, text, expected) => {
  expect(Object.fromEntries(totalsIn(JSON.parse(text), DEVICES))).toEqual(expected);
});
