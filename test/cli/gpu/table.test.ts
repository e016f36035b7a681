import { describe, expect, it } from 'vitest';
import type { SeenGpu } from '../../../src/app/seen-gpus.ts';
import { gpuColumns } from '../../../src/cli/gpu/gpu-columns.ts';
import { gpuRows } from '../../../src/cli/gpu/view.ts';
import { tableLines } from '../../../src/cli/table/table.ts';
import { manyGpus, nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';
import { seenInDocument } from './seen.ts';

const NOW = 1_767_225_600;

const table = (gpus: readonly SeenGpu[], width?: number) =>
  tableLines(gpuColumns(NOW), gpuRows(gpus), { width, colours: false });

/** The processes of the desktop's capture: one of a unit, one of a user's unit, one of none. */
const DESKTOP = seenInDocument(nvidiaCapture('rtx-4090-driver-595'), {
  unitOf: (pid) => {
    if (pid === 9021) return { unit: 'comfyui@a.service', scope: 'system' };
    if (pid === 1733) return { unit: 'org.gnome.Shell@wayland.service', scope: 'user', user: 'alice' };
    return { unit: '', scope: 'system' };
  },
});

describe('the table of GPUs', () => {
  it('shows a desktop card, the units that use it, and processes of no unit one by one', () => {
    expect(table(DESKTOP)).toEqual([
      'GPU  NAME                                       TEMP  UTIL  POWER          MEMORY            USED             FAN  NOTE',
      '  0  NVIDIA GeForce RTX 4090                    61 C   96%  438 W / 450 W  [#######...]  17.8 GiB / 24.0 GiB  30%  power cap',
      '       comfyui@a.service                                                                 17.6 GiB                  1 process',
      '       org.gnome.Shell@wayland.service (alice)                                           41.0 MiB                  1 process',
      '       no unit                                                                           96.0 MiB                  1 process',
      '         1520 Xorg                                                                       96.0 MiB                  draws',
    ]);
  });

  it.each([
    [
      100,
      [
        'GPU  NAME                               TEMP  UTIL  POWER       MEMORY    USED        FAN  NOTE',
        '  0  GeForce RTX 4090                   61 C   96%   438W/450W  [###..]  17.8G/24.0G  30%  power cap',
        '       comfyui@a.service                                                 17.6G             1 process',
        '       org.gnome.Shel….service (alice)                                   41.0M             1 process',
        '       no unit                                                           96.0M             1 process',
        '         1520 Xorg                                                       96.0M             G',
      ],
    ],
    [
      80,
      [
        'GPU  NAME                     TEMP  UTIL  POWER  MEMORY    USED        NOTE',
        '  0  GeForce RTX 4090         61 C   96%   438W  [###..]  17.8G/24.0G  power cap',
        '       comfyui@a.service                                  17.6G        1 process',
        '       org.gnome…ice (alice)                              41.0M        1 process',
        '       no unit                                            96.0M        1 process',
        '         1520 Xorg                                        96.0M        G',
      ],
    ],
    [
      60,
      [
        'GPU  NAME                    TEMP  MEMORY    USED  NOTE',
        '  0  GeForce RTX 4090        61 C  [###..]  17.8G  power cap',
        '       comfyui@a.service                    17.6G  1 process',
        '       org.gnome…ce (alice)                 41.0M  1 process',
        '       no unit                              96.0M  1 process',
        '         1520 Xorg                          96.0M  G',
      ],
    ],
  ])('leaves out columns in %i columns', (width, lines) => {
    expect(table(DESKTOP, width)).toEqual(lines);
  });

  it('shows instances of a divided GPU, and what the driver does not say as -', () => {
    expect(table(seenInDocument(nvidiaCapture('h100-mig-driver-590')))).toEqual([
      'GPU  NAME                   TEMP  UTIL  POWER          MEMORY            USED             FAN  NOTE',
      '  0  NVIDIA H100 80GB HBM3  42 C     -  323 W / 700 W  [####......]  34.2 GiB / 79.6 GiB    -  drain required',
      '       MIG 2                                           [########..]  34.2 GiB / 39.5 GiB',
      '       MIG 3                                           [..........]  17.0 MiB / 19.6 GiB',
      '       MIG 9                                           [..........]   9.0 MiB / 9.8 GiB',
      '       no unit                                                              -                  1 process',
      '         61234 -                                                            -                  computes',
    ]);
  });

  it('shows which GPU is lost', () => {
    expect(table(seenInDocument(nvidiaCapture('lost-gpu-driver-550')))).toEqual([
      'GPU  NAME                     TEMP  UTIL  POWER          MEMORY           USED             FAN  NOTE',
      '  0  NVIDIA GeForce RTX 3090  70 C   88%  310 W / 350 W  [###.......]  7.8 GiB / 24.0 GiB  55%',
      '       no unit                                                         7.8 GiB                  1 process',
      '         700 python                                                    7.8 GiB                  computes',
      '  1  NVIDIA GeForce RTX 3090     -     -      -          -                   -               -  lost',
    ]);
  });

  it('shows that nothing but the name is known of a Jetson that nvidia-smi tells of', () => {
    expect(table(seenInDocument(nvidiaCapture('jetson-orin-driver-540')))).toEqual([
      'GPU  NAME          TEMP  UTIL  POWER  MEMORY  USED  FAN  NOTE',
      '  0  Orin (nvgpu)     -     -      -  -          -    -',
    ]);
  });

  it('shows eight GPUs, a unit that uses all of them below each, as it fits a terminal', () => {
    const unitOf = () => ({ unit: 'tritonserver.service', scope: 'system' }) as const;
    const eight = seenInDocument(manyGpus('a100-driver-525', 8), { unitOf });
    expect(table(eight, 80)).toEqual([
      'GPU  NAME                    TEMP  UTIL  POWER  MEMORY    USED  NOTE',
      '  0  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  1  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  2  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  3  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  4  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  5  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  6  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
      '  7  A100-PCIE-40GB          54 C   77%   188W  [####.]  32.3G  1 ECC error +2',
      '       tritonserver.service                              32.3G  1 process',
    ]);
  });
});
