import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMounts } from '../../../src/sources/machine/visible-mounts.ts';
import { anyText } from '../../fakes/any-text.ts';

const parse = (text: string) => parseMounts(text, async () => undefined);

const mountpoints = async (...lines: readonly string[]) =>
  (await parse(`${lines.join('\n')}\n`)).map(({ mountpoint }) => mountpoint);

const ROOT = '27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro';

describe('parseMounts', () => {
  it('tells what is mounted where, with spaces and other signs as they are', async () => {
    const [root, usb] = await parse(
      `${ROOT}\n30 27 8:1 / /media/my\\040disk\\134x rw,nosuid - vfat /dev/disk\\040one rw\n`,
    );
    expect(root).toEqual({
      device: '/dev/vda1',
      mountpoint: '/',
      fstype: 'ext4',
      readOnly: false,
      fileSystemReadOnly: false,
    });
    expect(usb).toMatchObject({ device: '/dev/disk one', mountpoint: '/media/my disk\\x' });
  });

  it.each([
    ['rw,relatime', 'rw', false, false],
    ['ro,relatime', 'rw', true, false],
    ['rw,relatime', 'ro,errors=remount-ro', true, true],
    ['rw,errors=remount-ro', 'rw', false, false],
  ])('knows of %s and %s who may not write', async (options, own, readOnly, fileSystemReadOnly) => {
    expect(await parse(`27 1 254:1 / / ${options} - ext4 /dev/vda1 ${own}\n`)).toMatchObject([
      { readOnly, fileSystemReadOnly },
    ]);
  });

  it('passes over pseudo file systems and the layers of containers, but not over a root that is one', async () => {
    const lines = [
      '22 27 0:21 / /proc rw - proc proc rw',
      '24 27 0:6 / /dev rw - devtmpfs devtmpfs rw',
      '25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw',
      '31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
      '50 27 0:50 / /mnt/auto rw - autofs systemd-1 rw',
      '60 27 0:60 / /var/lib/x/merged rw - overlay overlay rw',
      '61 27 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro',
    ];
    expect(await mountpoints(ROOT, ...lines)).toEqual(['/', '/dev/shm']);
    expect(await mountpoints('27 1 0:60 / / rw - overlay overlay rw', ...lines)).toEqual(['/', '/dev/shm']);
  });

  it('tells a file system once, wherever parts of it or the whole are bound to', async () => {
    expect(
      await mountpoints(
        ROOT,
        '30 27 254:1 /srv/data /data rw - ext4 /dev/vda1 rw',
        '31 27 254:1 / /mnt/again rw - ext4 /dev/vda1 rw',
      ),
    ).toEqual(['/']);
  });

  it('tells of a part whose whole is not there, as in a container, and of every subvolume', async () => {
    expect(
      await mountpoints(
        '27 1 0:30 /@ / rw - btrfs /dev/sda2 rw',
        '28 27 0:30 /@home /home rw - btrfs /dev/sda2 rw',
        '29 27 254:1 /docker/hosts /etc/hosts rw - ext4 /dev/vda1 rw',
      ),
    ).toEqual(['/', '/home', '/etc/hosts']);
  });

  it('leaves out what another mount lies over', async () => {
    expect(
      await mountpoints(
        ROOT,
        '30 27 8:1 / /mnt rw - ext4 /dev/sda1 rw',
        '31 30 8:2 / /mnt rw - xfs /dev/sdb1 rw',
        '32 27 8:3 / /srv/deep rw - ext4 /dev/sdc1 rw',
        '33 27 8:4 / /srv rw - ext4 /dev/sdd1 rw',
        '34 33 8:5 / /srv/upper rw - ext4 /dev/sde1 rw',
      ),
    ).toEqual(['/', '/mnt', '/srv', '/srv/upper']);
    expect(
      await parse('30 27 8:1 / /m rw - ext4 /dev/a rw\n31 30 8:2 / /m rw - xfs /dev/b rw\n'),
    ).toMatchObject([{ device: '/dev/b' }]);
  });

  it('tells what is hidden as one who compares every mount with every other', async () => {
    const name = fc.constantFrom('a', 'b', 'ab');
    const path = fc.array(name, { maxLength: 3 }).map((names) => `/${names.join('/')}`);
    const mount = fc.tuple(fc.constantFrom('1', '2'), path);
    await fc.assert(
      fc.asyncProperty(fc.array(mount, { maxLength: 8 }), async (mounts) => {
        const lines = mounts.map(
          ([parent, at], place) => `9 ${parent} 8:${place} / ${at} rw - ext4 /dev/x rw`,
        );
        const isOver =
          (index: number) =>
          ([parent, at]: (typeof mounts)[number], place: number) => {
            const [ownParent, own] = mounts[index] ?? [];
            const isAbove = own !== at && own?.startsWith(at === '/' ? at : `${at}/`);
            return place > index && (own === at || (parent === ownParent && isAbove));
          };
        const seen = mounts.filter((_, index) => !mounts.some(isOver(index)));
        expect(await mountpoints(...lines)).toEqual(seen.map(([, at]) => at));
      }),
    );
  });

  it('takes so many mounts that to compare them all would take minutes, and lets others have their turn', async () => {
    const many = Array.from(
      { length: 20_000 },
      (_, n) => `${n + 30} 27 0:${n} / /srv/t${n} rw - tmpfs tmpfs rw`,
    );
    let turns = 0;
    const mounts = await parseMounts([ROOT, ...many].join('\n'), async () => {
      turns += 1;
    });
    expect(mounts).toHaveLength(20_001);
    expect(turns).toBeGreaterThan(100);
  });

  it('takes any text, and never tells a mountpoint twice', async () => {
    const field = fc.constantFrom('27', '/', '/a', '/a/b', '8:1', 'rw', 'ext4', 'btrfs', '-', 'ro', '');
    const line = fc.oneof(
      anyText(),
      fc.array(field, { minLength: 8, maxLength: 12 }).map((fields) => fields.join(' ')),
      fc.tuple(field, field, field, field).map(([a, b, c, d]) => `1 ${a} ${b} ${c} ${d} rw - ext4 /dev/x rw`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const found = await mountpoints(...lines);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});
