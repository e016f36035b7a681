import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/domain/glob.ts';
import { PROTECTED_UNITS } from '../../src/domain/protected-units.ts';

const isProtected = (name: string) => PROTECTED_UNITS.some((pattern) => matchesGlob(pattern, name));

describe('PROTECTED_UNITS', () => {
  it.each([
    'ssh.service',
    'ssh.socket',
    'ssh@0-10.0.0.1:22-10.0.0.2:5000.service',
    'sshd.service',
    'sshd@0.service',
    'dbus.service',
    'dbus.socket',
    'dbus-broker.service',
    'polkit.service',
    'systemd-journald.service',
    'systemd-logind.service',
    'systemd-networkd.service',
    'systemd-resolved.service',
    'systemd-udevd.service',
    'user@1000.service',
    'getty@tty1.service',
    'serial-getty@ttyS0.service',
    'NetworkManager.service',
    'tailscaled.service',
    'dropbear.service',
    'wg-quick@wg0.service',
    'openvpn@home.service',
    'openvpn-client@home.service',
    'iwd.service',
    'dhcpcd.service',
    'dhcpcd@eth0.service',
    'ifup@eth0.service',
    'firewalld.service',
    'nftables.service',
    'ufw.service',
    'fettle.service',
    'fettle-remediator.service',
    'prometheus.service',
    'prometheus-node-exporter.service',
    'alertmanager.service',
    '-.slice',
    'system.slice',
    'init.scope',
    'multi-user.target',
    'shutdown.target',
    '-.mount',
    'home.mount',
    'swapfile.swap',
    'dev-sda.device',
  ])('holds %s', (name) => {
    expect(isProtected(name)).toBe(true);
  });

  it.each([
    'comfyui@a.service',
    'nginx.service',
    'ollama.service',
    'vllm.service',
    'my-ssh-tunnel.service',
    'a.timer',
    'nvidia-persistenced.service',
  ])('leaves %s to the policies', (name) => {
    expect(isProtected(name)).toBe(false);
  });
});
