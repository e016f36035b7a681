import type { Examination } from '../../app/doctor.ts';
import { plainText } from '../plain-text.ts';

/** An examination as one line of JSON; what is not known is left out. */
export function examinationJson({ machine, findings }: Examination): string {
  const { system, processor, hardware, virtualisation, memory, fileSystems, gpus, init, cgroups } = machine;
  const object = {
    machine: {
      system: known(system),
      processor: known(processor),
      ...known({ hardware, virtualisation, init, cgroups }),
      memory,
      fileSystems,
      gpus: gpus.map(known),
    },
    checks: findings,
  };
  // JSON leaves some control characters as they are; they occur in strings only, where their escape means the same.
  return plainText(JSON.stringify(object));
}

/** Less what is empty. */
function known(told: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
}
