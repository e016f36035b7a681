import type { MigReading } from '../../domain/gpu.ts';
import { childOf, childrenOf, type XmlElement } from './element.ts';
import type { Fields } from './fields.ts';
import { parseBytes, parseCount } from './values.ts';

const MEMORY = { total: 'total', used: 'used' };

/** The instances of a divided GPU; devices that are compute instances of the same one are one here. */
export function migInstances(fields: Fields, gpu: XmlElement): readonly MigReading[] {
  const instances = new Map<string, MigReading>();
  for (const device of childrenOf(childOf(gpu, 'mig_devices'), 'mig_device')) {
    const gpuInstance = id(fields, device, 'gpu_instance_id');
    const computeInstance = id(fields, device, 'compute_instance_id');
    if (gpuInstance === undefined) continue;
    const before = instances.get(gpuInstance);
    const computeInstances = new Set(before?.computeInstances);
    if (computeInstance !== undefined) computeInstances.add(computeInstance);
    instances.set(gpuInstance, {
      gpuInstance,
      computeInstances: [...computeInstances],
      // The document does not name profiles.
      profile: '',
      memory:
        before?.memory ?? fields.values('mig.memory', childOf(device, 'fb_memory_usage'), MEMORY, parseBytes),
    });
  }
  return [...instances.values()];
}

function id(fields: Fields, device: XmlElement, name: string): string | undefined {
  return fields.value(`mig.${name}`, [childOf(device, name)], parseCount)?.toString();
}
