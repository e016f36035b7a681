import type { GpuProcess } from '../../domain/gpu.ts';
import { childOf, childrenOf, type XmlElement } from './element.ts';
import type { Fields } from './fields.ts';
import { parseBytes, parseCount } from './values.ts';

/** Who uses the GPU; undefined if the driver does not say. */
export function gpuProcesses(fields: Fields, gpu: XmlElement): readonly GpuProcess[] | undefined {
  const section = childOf(gpu, 'processes');
  if (section === undefined) return undefined;
  if (section.children.length === 0 && isNobody(section.text)) return [];
  const given = fields.section('processes', section);
  return given && childrenOf(given, 'process_info').flatMap((info) => gpuProcess(fields, info) ?? []);
}

/** `N/A` says that the driver cannot tell; nothing at all, or `None`, that there are none. */
function isNobody(text: string): boolean {
  return text === '' || text.toLowerCase() === 'none';
}

function gpuProcess(fields: Fields, info: XmlElement): GpuProcess | undefined {
  const pid = fields.value('process.pid', [childOf(info, 'pid')], parseCount);
  if (pid === undefined) return undefined;
  return {
    pid,
    name: fields.text('process.name', childOf(info, 'process_name')),
    type: fields.text('process.type', childOf(info, 'type')),
    memoryBytes: fields.value('process.memory', [childOf(info, 'used_memory')], parseBytes),
  };
}
