import { describe, expect, it } from 'vitest';
import {
  decodeFile,
  decodeUnit,
  typeInterface,
  untoldProperties,
  withUntold,
} from '../../../src/sources/systemd/decode.ts';
import type { Properties } from '../../../src/sources/systemd/properties.ts';

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
  ['Result', 'success'],
  ['ExecMainCode', 0],
  ['ExecMainStatus', 0],
]);

const CONTEXT = { bootSeconds: 1_767_000_000 };

describe('decodeUnit', () => {
  it('reads a service', () => {
    expect(decodeUnit('nginx.service', unitWith(), SERVICE, CONTEXT)).toEqual({
      name: 'nginx.service',
      type: 'service',
      loadState: 'loaded',
      activeState: 'active',
      subState: 'running',
      activeEnterSeconds: 1_767_225_600.5,
      activeExitSeconds: 0,
      inactiveEnterSeconds: 1_767_225_500.000001,
      inactiveExitSeconds: 1_767_225_600,
      service: {
        type: 'notify',
        restarts: 3,
        exitStatus: undefined,
        exitSignal: undefined,
      },
      mountType: undefined,
      timer: undefined,
      socket: undefined,
      result: 'success',
      controlGroup: '/system.slice/nginx.service',
    });
  });

  it('reads a mount', () => {
    const own = new Map<string, unknown>([
      ['ControlGroup', '/system.slice/home.mount'],
      ['Type', 'ext4'],
    ]);
    expect(decodeUnit('home.mount', unitWith(), own, CONTEXT)).toMatchObject({
      type: 'mount',
      mountType: 'ext4',
      service: undefined,
      controlGroup: '/system.slice/home.mount',
    });
  });

  it('reads a unit of a type without properties of its own', () => {
    expect(decodeUnit('basic.target', unitWith(), new Map(), CONTEXT)).toMatchObject({
      type: 'target',
      service: undefined,
      mountType: undefined,
      controlGroup: undefined,
    });
  });

  it.each(['not-found', 'masked', 'bad-setting', 'error', 'stub'])('tells a unit that is %s', (state) => {
    const reading = decodeUnit('a.service', unitWith({ LoadState: state }), new Map(), CONTEXT);
    expect(reading).toMatchObject({ loadState: state, service: undefined, controlGroup: undefined });
  });

  it('has no reading of a unit without a load state', () => {
    expect(decodeUnit('a.service', unitWith({ LoadState: '' }), SERVICE, CONTEXT)).toBeUndefined();
  });

  it.each(['sleeping', '', undefined, 7])('has no reading of a unit whose state is %s', (state) => {
    expect(decodeUnit('a.service', unitWith({ ActiveState: state }), SERVICE, CONTEXT)).toBeUndefined();
  });

  it('takes the state that systemd 257 brought', () => {
    expect(
      decodeUnit('a.service', unitWith({ ActiveState: 'refreshing' }), SERVICE, CONTEXT)?.activeState,
    ).toBe('refreshing');
  });

  it.each([
    ['unknown to systemd', UINT64_MAX],
    ['missing', undefined],
    ['no 64-bit number', 1_767_225_600_500_000],
  ])('leaves out a time that is %s', (_, value) => {
    const reading = decodeUnit('a.service', unitWith({ ActiveEnterTimestamp: value }), SERVICE, CONTEXT);
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
      CONTEXT,
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
    expect(decodeUnit('a.service', unitWith(), own, CONTEXT)?.controlGroup).toBeUndefined();
  });

  it('leaves out what only services have where it was not told', () => {
    expect(decodeUnit('a.service', unitWith(), new Map(), CONTEXT)?.service).toBeUndefined();
  });

  it.each([
    ['never ended', 0, 0, undefined, undefined],
    ['exited', 1, 3, 3, undefined],
    ['exited well', 1, 0, 0, undefined],
    ['was killed', 2, 9, undefined, 9],
    ['dumped core', 3, 11, undefined, 11],
  ])('tells the end of a process that %s', (_, code, status, exitStatus, exitSignal) => {
    const own = new Map([...SERVICE, ['ExecMainCode', code] as const, ['ExecMainStatus', status] as const]);
    expect(decodeUnit('a.service', unitWith(), own, CONTEXT)?.service).toMatchObject({
      exitStatus,
      exitSignal,
    });
  });

  it.each([
    ['on the wall clock', 1_767_225_700_000_000n, 0n, 1_767_225_700],
    ['from the boot on', 0n, 5_000_000n, 1_767_000_005],
    ['on both, the earlier of them', 1_767_225_700_000_000n, 5_000_000n, 1_767_000_005],
    ['not at all', 0n, 0n, undefined],
    ['never', UINT64_MAX, UINT64_MAX, undefined],
  ])('tells when a timer elapses next: %s', (_, realtime, monotonic, next) => {
    const own = new Map<string, unknown>([
      ['Result', 'success'],
      ['LastTriggerUSec', 1_767_225_600_000_000n],
      ['NextElapseUSecRealtime', realtime],
      ['NextElapseUSecMonotonic', monotonic],
    ]);
    expect(decodeUnit('a.timer', unitWith(), own, CONTEXT)?.timer).toEqual({
      lastTriggerSeconds: 1_767_225_600,
      nextElapseSeconds: next,
    });
  });

  it('reads a socket', () => {
    const own = new Map<string, unknown>([
      ['NAccepted', 7],
      ['NConnections', 2],
      ['NRefused', 1],
    ]);
    const reading = decodeUnit('a.socket', unitWith(), own, CONTEXT);
    expect(reading?.socket).toEqual({ accepted: 7, connections: 2, refused: 1 });
  });
});

describe('decodeFile', () => {
  it.each([
    ['enabled', false, { state: 'enabled', needsReload: false }],
    ['', true, { state: '', needsReload: true }],
  ])('reads a unit file that is %j', (state, needed, file) => {
    const properties = new Map<string, unknown>([
      ['UnitFileState', state],
      ['NeedDaemonReload', needed],
    ]);
    expect(decodeFile(properties)).toEqual(file);
  });
});

describe('typeInterface', () => {
  it.each([
    ['a.service', 'Service'],
    ['home.mount', 'Mount'],
    ['a.socket', 'Socket'],
    ['session-1.scope', 'Scope'],
    ['swapfile.swap', 'Swap'],
    ['a.timer', 'Timer'],
    ['a.path', 'Path'],
    ['proc.automount', 'Automount'],
  ])('asks about %s in %s, its result always', (name, face) => {
    expect(typeInterface(name)?.face).toBe(face);
    expect(typeInterface(name)?.properties).toContain('Result');
  });

  it.each(['a.target', 'dev-sda.device'])('asks nothing more about %s', (name) => {
    expect(typeInterface(name)).toBeUndefined();
  });
});

describe('withUntold', () => {
  const reading = decodeUnit('nginx.service', unitWith(), SERVICE, CONTEXT);

  it('takes the restarts of a service over, and leaves everything else', () => {
    const now = withUntold(reading, new Map([['NRestarts', 0]]));
    expect(now).toEqual({ ...reading, service: { ...reading?.service, restarts: 0 } });
    expect(JSON.stringify(now)).toBe(JSON.stringify(reading).replace('"restarts":3', '"restarts":0'));
  });

  it('keeps what it is not told', () => {
    expect(withUntold(reading, new Map())).toEqual(reading);
    expect(withUntold(undefined, new Map([['NRestarts', 1]]))).toBeUndefined();
  });

  it('takes the connections of a socket over', () => {
    const socket = decodeUnit('a.socket', unitWith(), new Map([['NAccepted', 1]]), CONTEXT);
    const own = new Map([
      ['NAccepted', 5],
      ['NConnections', 2],
      ['NRefused', 1],
    ]);
    expect(withUntold(socket, own)?.socket).toEqual({ accepted: 5, connections: 2, refused: 1 });
  });

  it('asks for nothing of types that tell of every change', () => {
    expect(['a.mount', 'a.timer', 'a.target'].map(untoldProperties)).toEqual([[], [], []]);
    expect(untoldProperties('a.service')).toEqual(['NRestarts', 'IPAccounting']);
  });
});
