import { startVm } from '../../lab/vm.ts';
import { EXPORTER_PORT, startVmExporter } from '../../lab/vm-exporter.ts';

/** A host with cgroup v2, of which only the exporter runs. */
export interface VmHost {
  readonly exporterPort: number;
  stop(): Promise<void>;
}

/** Services that are kept from something. */
const SERVICES = {
  busy: 'ExecStart=/usr/bin/sh -c "while :; do :; done"\nCPUQuota=20%\nMemoryHigh=64M\nMemoryMax=96M\nTasksMax=20',
  reading:
    'ExecStart=/usr/bin/sh -c "while :; do dd if=/dev/vda of=/dev/null bs=64k count=50 iflag=direct; sleep 1; done"\nIOAccounting=yes',
  pinging: 'ExecStart=/usr/bin/ping -i 1 10.0.2.2\nIPAccounting=yes',
} as const;

/** Boots the machine and starts the exporter on it. */
export async function startVmHost(): Promise<VmHost> {
  const vm = await startVm({ ports: [EXPORTER_PORT] });
  try {
    for (const [name, text] of Object.entries(SERVICES))
      await vm.writeUnit(`${name}.service`, `[Service]\n${text}\n`);
    await vm.run(['systemctl', 'daemon-reload']);
    await startVmExporter(vm, { section: '  cgroup: { pressure: true, io: true }\n' });
    await vm.run(['systemctl', 'start', ...Object.keys(SERVICES).map((name) => `${name}.service`)]);
    return { exporterPort: Number(new URL(vm.url(EXPORTER_PORT)).port), stop: vm.stop };
  } catch (thrown) {
    await vm.stop();
    throw thrown;
  }
}
