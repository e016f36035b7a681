import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientMemory, parseFdinfo } from '../../../src/sources/drm/fdinfo.ts';
import { anyText } from '../../fakes/any-text.ts';

/** Written after the kernel's Documentation/gpu/drm-usage-stats.rst and amdgpu_fdinfo.c: synthetic. */
const AMDGPU = `pos:\t0
flags:\t02100002
mnt_id:\t26
drm-driver:\tamdgpu
drm-client-id:\t23
drm-pdev:\t0000:0B:00.0
pasid:\t32770
drm-total-vram:\t2048 KiB
drm-shared-vram:\t0
drm-resident-vram:\t1536 KiB
drm-memory-vram:\t1536 KiB
drm-resident-gtt:\t4 MiB
drm-engine-gfx:\t2500000000 ns
drm-engine-compute:\t0 ns
drm-engine-capacity-gfx:\t2
`;

/** Synthetic, after Documentation/gpu/xe/xe-drm-usage-stats.rst. */
const XE = `drm-driver:\txe
drm-client-id:\t3
drm-pdev:\t0000:03:00.0
drm-total-system:\t0
drm-resident-system:\t0
drm-resident-gtt:\t192 KiB
drm-resident-vram0:\t23992 KiB
drm-cycles-rcs:\t28257900
drm-total-cycles-rcs:\t7655183225
drm-cycles-ccs:\t5
drm-engine-capacity-vcs:\t2
`;

describe('parseFdinfo', () => {
  it('reads what amdgpu writes: nanoseconds, and memory that is resident', () => {
    const client = parseFdinfo(AMDGPU);
    expect(client).toEqual({
      driver: 'amdgpu',
      clientId: '23',
      pdev: '0000:0b:00.0',
      engineSeconds: { gfx: 2.5, compute: 0 },
      engineCycles: {},
      memory: { vram: 1536 * 1024, gtt: 4 * 2 ** 20 },
    });
    expect(client && clientMemory(client)).toBe(1536 * 1024);
  });

  it('reads what xe writes: cycles, of which some went by', () => {
    const client = parseFdinfo(XE);
    expect(client?.engineSeconds).toEqual({});
    expect(client?.engineCycles).toEqual({ rcs: { busy: 28_257_900, total: 7_655_183_225 } });
    expect(client && clientMemory(client)).toBe(23_992 * 1024);
  });

  it('takes all memory for that of a GPU without its own', () => {
    const text = `drm-driver:\ti915\ndrm-client-id:\t7\ndrm-resident-system0:\t8 KiB\ndrm-resident-stolen:\t1\n`;
    const client = parseFdinfo(text);
    expect(client?.pdev).toBe('');
    expect(client && clientMemory(client)).toBe(8 * 1024 + 1);
  });

  it('does not know the memory that the driver does not tell', () => {
    const client = parseFdinfo('drm-driver: i915\ndrm-client-id: 7\ndrm-engine-render: 1 ns\n');
    expect(client && clientMemory(client)).toBeUndefined();
  });

  it.each([
    '',
    'pos:\t0\nflags:\t02\n',
    'drm-driver:\tmgag200\n',
    'drm-client-id:\t7\n',
    'drm-driver:\tx\ndrm-client-id:\tseven\n',
  ])('finds no client in %j', (text) => {
    expect(parseFdinfo(text)).toBeUndefined();
  });

  it('leaves out values in units that it does not know', () => {
    const text =
      'drm-driver: x\ndrm-client-id: 1\ndrm-engine-a: 5 %\ndrm-engine-b: -1 ns\ndrm-resident-c: 1 TiB\n';
    expect(parseFdinfo(text)).toMatchObject({ engineSeconds: {}, memory: {} });
  });

  it('is not led astray by names, and never throws', () => {
    const text = 'drm-driver: x\ndrm-client-id: 1\ndrm-engine-__proto__: 5 ns\n';
    expect(Object.entries(parseFdinfo(text)?.engineSeconds ?? {})).toEqual([['__proto__', 5e-9]]);
    fc.assert(
      fc.property(anyText(), anyText(), (key, value) => {
        const client = parseFdinfo(`drm-driver: x\ndrm-client-id: 1\ndrm-engine-${key}: ${value}\n${key}`);
        const numbers = Object.values(client?.engineSeconds ?? {});
        expect(numbers.every((one) => Number.isFinite(one))).toBe(true);
      }),
    );
  });
});
