import { describe, expect, it } from 'vitest';
import { decodeUnit, type Properties, typeInterface } from '../../../src/sources/systemd/decode.ts';

const UINT64_MAX = 18_446_744_073_709_551_615n;

/** The unit's own properties as D-Bus gives them, with some of them changed. */
function unitWith(changed: Readonly<Record<string, unknown>> = {}): Properties {
  return new Map<string, unknown>(
    Object.entries({
      LoadState: 'loaded',
      ActiveState: 'active',
      SubState: 'running',
      ActiveEnterTimestamp: 1_767_225_600_500_000n,
      ActiveExitTimestamp: 0n,
      InactiveEnterTimestamp: 1_767_225_500_000_001n,
      InactiveExitTimestamp: 1_767_225_600_000_000n,
      ...changed,
    }),
  );
}

const SERVICE: Properties = new Map<string, unknown>([
  ['ControlGroup', '/system.slice/nginx.service'],
  ['Type', 'notify'],
  ['NRestarts', 3],
]);

describe('decodeUnit', () => {
  it('reads a service', () => {
    expect(decodeUnit('nginx.service', unitWith(), SERVICE)).toEqual({
      name: 'nginx.service',
      type: 'service',
      activeState: 'active',
      subState: 'running',
      activeEnterSeconds: 1_767_225_600.5,
      activeExitSeconds: 0,
      inactiveEnterSeconds: 1_767_225_500.000001,
      inactiveExitSeconds: 1_767_225_600,
      service: { type: 'notify', restarts: 3 },
      mountType: undefined,
      controlGroup: '/system.slice/nginx.service',
    });
  });

  it('reads a mount', () => {
    const own = new Map<string, unknown>([
      ['ControlGroup', '/system.slice/home.mount'],
      ['Type', 'ext4'],
    ]);
    expect(decodeUnit('home.mount', unitWith(), own)).toMatchObject({
      type: 'mount',
      mountType: 'ext4',
      service: undefined,
      controlGroup: '/system.slice/home.mount',
    });
  });

  it('reads a unit of a type without properties of its own', () => {
    expect(decodeUnit('basic.target', unitWith(), new Map())).toMatchObject({
      type: 'target',
      service: undefined,
      mountType: undefined,
      controlGroup: undefined,
    });
  });

  it.each(['not-found', 'masked', 'bad-setting', 'error', 'stub', ''])(
    'has no reading of a unit that is %s',
    (state) => {
      expect(decodeUnit('a.service', unitWith({ LoadState: state }), SERVICE)).toBeUndefined();
    },
  );

  it.each(['sleeping', '', undefined, 7])('has no reading of a unit whose state is %s', (state) => {
    expect(decodeUnit('a.service', unitWith({ ActiveState: state }), SERVICE)).toBeUndefined();
  });

  it('takes the state that systemd 257 brought', () => {
    expect(decodeUnit('a.service', unitWith({ ActiveState: 'refreshing' }), SERVICE)?.activeState).toBe(
      'refreshing',
    );
  });

  it.each([
    ['unknown to systemd', UINT64_MAX],
    ['missing', undefined],
    ['no 64-bit number', 1_767_225_600_500_000],
  ])('leaves out a time that is %s', (_, value) => {
    const reading = decodeUnit('a.service', unitWith({ ActiveEnterTimestamp: value }), SERVICE);
    expect(reading).toMatchObject({ activeEnterSeconds: undefined, activeExitSeconds: 0 });
  });

  it('tells the four times apart', () => {
    const reading = decodeUnit(
      'a.service',
      unitWith({
        ActiveEnterTimestamp: 1_000_000n,
        ActiveExitTimestamp: 2_000_000n,
        InactiveEnterTimestamp: 3_000_000n,
        InactiveExitTimestamp: 4_000_000n,
      }),
      SERVICE,
    );
    expect(reading).toMatchObject({
      activeEnterSeconds: 1,
      activeExitSeconds: 2,
      inactiveEnterSeconds: 3,
      inactiveExitSeconds: 4,
    });
  });

  it('has no cgroup for a service that never started', () => {
    const own = new Map([...SERVICE, ['ControlGroup', '']]);
    expect(decodeUnit('a.service', unitWith(), own)?.controlGroup).toBeUndefined();
  });

  it('leaves out what only services have where it was not told', () => {
    expect(decodeUnit('a.service', unitWith(), new Map())?.service).toBeUndefined();
  });
});

describe('typeInterface', () => {
  it.each([
    ['a.service', 'Service', ['ControlGroup', 'Type', 'NRestarts']],
    ['home.mount', 'Mount', ['ControlGroup', 'Type']],
    ['a.socket', 'Socket', ['ControlGroup']],
    ['session-1.scope', 'Scope', ['ControlGroup']],
    ['swapfile.swap', 'Swap', ['ControlGroup']],
  ])('asks about %s in %s', (name, face, properties) => {
    expect(typeInterface(name)).toEqual({ face, properties });
  });

  it.each(['a.target', 'a.timer', 'a.path', 'dev-sda.device', 'proc.automount'])(
    'asks nothing more about %s',
    (name) => {
      expect(typeInterface(name)).toBeUndefined();
    },
  );
});
