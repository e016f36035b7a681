import { expect, it } from 'vitest';
import {
  type BackgroundFacts,
  backgroundCollection,
} from '../../../src/sources/gpu/background-collection.ts';

const WELL = { ageSeconds: 5, failures: 0, stuck: false };

const told = (last: BackgroundFacts['last'], found = false) =>
  backgroundCollection({ backend: 'drm', last, found, nowSeconds: 100 });

it('says nothing where all goes well and there are no such GPUs', () => {
  expect(told(WELL).success).toBeUndefined();
});

it('says when they were read last', () => {
  expect(told(WELL, true)).toMatchObject({ success: true, lastSuccessSeconds: 95 });
});

it('tells of a failure, also before anything was found', () => {
  const last = { ...WELL, ageSeconds: undefined, failures: 2 };
  expect(told(last)).toMatchObject({ success: false, failures: { unreadable: 2 } });
  expect(told(last).lastSuccessSeconds).toBeUndefined();
});

it('tells of a reading that hangs', () => {
  expect(told({ ...WELL, stuck: true }, true).success).toBe(false);
});

it('has recovered once it was read again', () => {
  expect(told({ ...WELL, failures: 2 }).success).toBe(true);
});
