import { describe, expect, it } from 'vitest';
import type { BootStageReading, WatchdogReading } from '../../../src/domain/manager.ts';
import { decodeManager } from '../../../src/sources/systemd/manager.ts';

const UINT64_MAX = 2n ** 64n - 1n;

const BASE: readonly (readonly [string, unknown])[] = [
  ['Version', '252.38-1~deb12u1'],
  ['SystemState', 'degraded'],
  ['NJobs', 3],
];

function decoded(properties: Readonly<Record<string, unknown>>) {
  return decodeManager(new Map([...BASE, ...Object.entries(properties)]));
}

describe('decodeManager', () => {
  it('tells version, state and jobs, of a systemd that knows nothing of boots and watchdogs too', () => {
    expect(decoded({})).toEqual({
      version: '252.38-1~deb12u1',
      systemState: 'degraded',
      jobs: 3,
      bootStages: [],
      watchdog: undefined,
    });
  });

  const stages: readonly [string, bigint, bigint, Partial<BootStageReading> | undefined][] = [
    [
      'Finish',
      18_228_201n,
      1_762_251_808_750_000n,
      { monotonicSeconds: 18.228201, timeSeconds: 1762251808.75 },
    ],
    ['Kernel', 0n, 1_762_251_790_500_000n, { monotonicSeconds: 0, timeSeconds: 1762251790.5 }],
    ['Firmware', 17_734_186n, 0n, { monotonicSeconds: 17.734186, timeSeconds: undefined }],
    ['InitRD', 0n, 0n, undefined],
    ['SecurityStart', UINT64_MAX, UINT64_MAX, undefined],
    [
      'Userspace',
      UINT64_MAX,
      1_762_251_797_000_000n,
      { monotonicSeconds: undefined, timeSeconds: 1762251797 },
    ],
    // Dated anew at every daemon-reload, so no stage of the boot.
    ['UnitsLoad', 1_412_993_331n, 1_762_251_797_000_000n, undefined],
  ];

  it.each(stages)(
    'knows what there is to know of the stage %s at %d and %d µs',
    (stage, monotonic, time, known) => {
      const { bootStages } = decoded({
        [`${stage}TimestampMonotonic`]: monotonic,
        [`${stage}Timestamp`]: time,
      });
      expect(bootStages).toEqual(known === undefined ? [] : [{ stage, ...known }]);
    },
  );

  const watchdogs: readonly [string, Readonly<Record<string, bigint>>, Partial<WatchdogReading>][] = [
    [
      'that is fed',
      {
        WatchdogLastPingTimestampMonotonic: 812_500_000n,
        WatchdogLastPingTimestamp: 1_762_252_602_500_000n,
        RuntimeWatchdogUSec: 30_000_000n,
      },
      { lastPingMonotonicSeconds: 812.5, lastPingSeconds: 1762252602.5, runtimeSeconds: 30 },
    ],
    [
      'that was never fed, with the time of the device',
      {
        WatchdogLastPingTimestampMonotonic: UINT64_MAX,
        WatchdogLastPingTimestamp: UINT64_MAX,
        RuntimeWatchdogUSec: UINT64_MAX,
      },
      {},
    ],
    ['of which nothing more is told', {}, {}],
  ];

  it.each(watchdogs)('knows what there is to know of a watchdog %s', (_, properties, known) => {
    expect(decoded({ WatchdogDevice: '/dev/watchdog0', ...properties }).watchdog).toEqual({
      device: '/dev/watchdog0',
      lastPingMonotonicSeconds: undefined,
      lastPingSeconds: undefined,
      runtimeSeconds: undefined,
      ...known,
    });
  });
});
