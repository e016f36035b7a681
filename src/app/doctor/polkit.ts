import { fail, type Verdict, warn } from '../../domain/finding.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';

/** What systemd asks polkit for before it restarts a unit for a user who is not root. */
const ACTION = 'org.freedesktop.systemd1.manage-units';

/** What was found of polkit's rules. */
export interface PolkitRules {
  /** Files that name the action. */
  readonly files: readonly string[];
  /** Folders that this user may not look into, as is usual for `/etc/polkit-1/rules.d`. */
  readonly hidden: readonly string[];
}

/** Folders of polkit(8), the first of which is the administrator's. */
const FOLDERS = ['/etc/polkit-1/rules.d', '/run/polkit-1/rules.d', '/usr/share/polkit-1/rules.d'];

/** Who has another user than fettle gives it with `--user`. */
const INSTALL = `fettle polkit CONFIG > ${FOLDERS[0]}/10-fettle.rules`;

/** Looks for rules about restarting units, as far as this user may. */
export async function findPolkitRules(files: SlowFiles, folders = FOLDERS): Promise<PolkitRules> {
  const found = await Promise.all(folders.map((folder) => findIn(folder, files)));
  return { files: found.flatMap((one) => one.files), hidden: found.flatMap((one) => one.hidden) };
}

async function findIn(folder: string, files: SlowFiles): Promise<PolkitRules> {
  const listed = await files.list(folder);
  if ('error' in listed) return { files: [], hidden: listed.error === 'ENOENT' ? [] : [folder] };
  const paths = listed.value.filter((name) => name.endsWith('.rules')).map((name) => `${folder}/${name}`);
  const texts = await Promise.all(paths.map((path) => files.readText(path)));
  const isAboutUnits = (_path: string, index: number) => {
    const text = texts[index];
    return text !== undefined && 'value' in text && text.value.includes(ACTION);
  };
  const isHidden = texts.some((text) => 'error' in text && text.error === 'EACCES');
  return { files: paths.filter(isAboutUnits), hidden: isHidden ? [folder] : [] };
}

/**
 * Whether a user other than root is let to restart units.
 *
 * Rules are programs, and only root may ask polkit about a unit without restarting it: a rule may allow or forbid.
 */
export function polkitVerdict({ files, hidden }: PolkitRules): Verdict {
  const [file] = files;
  if (file !== undefined) {
    return warn(
      `${file} has a rule about ${ACTION}; whether it lets this user restart the units of the policies is not known`,
      `Make it anew whenever policies change, as root: ${INSTALL}. Or try it as the user of fettle, with one of those units, which this restarts: systemctl --no-ask-password restart UNIT`,
    );
  }
  const mend = `As root: ${INSTALL}; or run the remediator as root`;
  if (hidden.length === 0) return fail(`no rule lets a user restart units, and a policy is to do so`, mend);
  return warn(
    `${hidden.join(', ')} may not be looked into: whether units may be restarted is not known`,
    mend,
  );
}
