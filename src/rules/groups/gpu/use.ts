import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

/** How full and how loaded GPUs are. */
export const GPU_USE: readonly AlertRule[] = [
  {
    alert: 'GpuMemoryNearFull',
    comment:
      'Some servers take a fixed share at their start, vLLM 90 % and JAX 75 %: set the threshold higher for such a GPU.',
    expr: above(
      'last_over_time(gpu_memory_used_bytes{job="fettle"}[2m]) / last_over_time(gpu_memory_total_bytes{job="fettle"}[2m])',
      'gpu_memory_ratio',
    ),
    for: '10m',
    severity: 'critical',
    summary: 'The memory of a GPU is nearly full.',
    description:
      '{{ $value | humanizePercentage }} of the memory of GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} are in use, so the next model will not fit. `fettle gpu` shows which units have it; restart one that holds what it no longer needs, or move one to another GPU.',
  },
  {
    alert: 'GpuPowerNearLimit',
    comment: 'No fault: the limit decides how fast it is. Good to know if it is slower than another one.',
    expr: above(
      'avg_over_time(gpu_power_watts{job="fettle"}[15m]) / ignoring (limit) last_over_time(gpu_power_limit_watts{job="fettle",limit="enforced"}[15m])',
      'gpu_power_ratio',
    ),
    for: '15m',
    severity: 'info',
    summary: 'A GPU works at its power limit.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has drawn {{ $value | humanizePercentage }} of its power limit for 15 minutes. If it should be faster and can be cooled, raise the limit: `nvidia-smi -i {{ $labels.gpu }} -pl WATTS`.',
  },
];
