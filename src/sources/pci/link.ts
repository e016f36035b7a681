import type { GpuReading } from '../../domain/gpu.ts';
import { known, type SysfsFolder, upTo } from '../../host/slow/sysfs.ts';

/** Gigatransfers a second of each generation of PCI Express. */
const GENERATIONS = ['2.5', '5.0', '8.0', '16.0', '32.0', '64.0'];

/** Widths that a link can have; a device that does not answer has 63 (all bits set) or 0. */
const WIDTHS = [1, 2, 4, 8, 12, 16, 32];

/** Generation of PCI Express by its speed, as in `16.0 GT/s PCIe`; undefined for `Unknown`. */
export function parseLinkGeneration(text: string | undefined): number | undefined {
  const speed = /^(\d+(?:\.\d+)?) GT\/s/.exec(text ?? '')?.[1];
  const at = speed === undefined ? -1 : GENERATIONS.findIndex((one) => Number(one) === Number(speed));
  return at < 0 ? undefined : at + 1;
}

/** The link of a PCI device, now and at most. Asks the device: not for one that is suspended. */
export async function readLinkState(device: SysfsFolder): Promise<GpuReading['pcie']> {
  const [speed, width, speedMax, widthMax] = await Promise.all([
    device.text('current_link_speed'),
    device.number('current_link_width'),
    device.text('max_link_speed'),
    device.number('max_link_width'),
  ]);
  return known({
    generation: parseLinkGeneration(speed),
    width: widthOf(width),
    generationMax: parseLinkGeneration(speedMax),
    widthMax: widthOf(widthMax),
  });
}

function widthOf(width: number | undefined): number | undefined {
  return width !== undefined && WIDTHS.includes(width) ? upTo(32, width) : undefined;
}
