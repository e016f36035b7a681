import type { Examination } from '../../app/doctor.ts';

/** An examination as one line of JSON; what is not known is left out. */
export function examinationJson({ machine, findings }: Examination): string {
  const { system, processor, hardware, virtualisation, memory, fileSystems, gpus, init, cgroups } = machine;
  return JSON.stringify({
    machine: {
      system: known(system),
      processor: known(processor),
      ...known({ hardware, virtualisation, init, cgroups }),
      memory,
      fileSystems,
      gpus: gpus.map(known),
    },
    checks: findings,
  });
}

/** Less what is empty. */
function known(told: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
}
