import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Lab } from './lab.ts';
import { unpackPackages } from './unpack.ts';

/**
 * Puts the real systemd-resolved into a lab, with one name server to ask. It does not run yet: whoever calls it
 * on the bus by its name starts it, as on any machine that has it.
 *
 * It shares the network of the lab's host, and listens to nothing there.
 */
export async function addResolved(lab: Lab, nameServerPort: number): Promise<void> {
  if (!existsSync(`${lab.root}/lib/systemd/systemd-resolved`)) await unpackInto(lab);
  const etc = `${lab.root}/etc`;
  rmSync(`${etc}/systemd/system/systemd-resolved.service`, { force: true }); // the lab's mask
  rmSync(`${etc}/resolv.conf`, { force: true }); // it would add the host's name servers
  rmSync(`${etc}/systemd/resolved.conf.d`, { force: true, recursive: true });
  writeFileSync(
    `${etc}/systemd/resolved.conf`,
    `[Resolve]
DNS=127.0.0.1:${nameServerPort}
FallbackDNS=
CacheFromLocalhost=yes
DNSSEC=no
LLMNR=no
MulticastDNS=no
DNSStubListener=no
`,
  );
  await lab.run(['systemd-sysusers']);
  // Its alias, which the bus starts it by, is a link that comes with enabling it.
  await lab.run(['systemctl', 'enable', 'systemd-resolved.service']);
  await lab.run(['systemctl', 'reload', 'dbus.service']);
}

async function unpackInto(lab: Lab): Promise<void> {
  const root = await unpacked(await versionIn(lab));
  await lab.run(['cp', '-a', `${root}/etc`, `${root}/usr`, '/']);
}

/** As in `252.38-1~deb12u1`. */
async function versionIn(lab: Lab): Promise<string> {
  const { stdout } = await lab.run(['systemctl', '--version']);
  return /\((\S+)\)/.exec(stdout)?.[1] ?? '';
}

/** Of the lab's own version, since it uses a private library of systemd; of the newest where that has gone. */
async function unpacked(version: string): Promise<string> {
  const name = 'systemd-resolved';
  const purpose = `${name} is not installed`;
  const unpack = (folder: string, wanted: string) =>
    unpackPackages({ name: folder, scope: 'only', packages: [wanted], purpose });
  return unpack(`${name}-${version}`, `${name}=${version}`).catch(() => unpack(name, name));
}
